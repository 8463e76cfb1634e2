-- Columns of nouns follow lib/model; a reference is NAME_id. Times are microseconds, sizes bytes.

CREATE TABLE schema_version (
	version BIGINT NOT NULL PRIMARY KEY,
	applied BIGINT NOT NULL
);

CREATE TABLE settings (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

-- Who may confirm what cannot be undone. Without a hash: a login of the system, which PAM knows;
-- the row then only counts the wrong tries.
CREATE TABLE accounts (
	name TEXT NOT NULL PRIMARY KEY,
	hash TEXT,
	wrong_tries BIGINT NOT NULL DEFAULT 0,
	locked_until BIGINT,
	changed BIGINT
);

CREATE TABLE data_centers (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	description TEXT,
	comment TEXT,
	status TEXT NOT NULL,
	version TEXT,
	storage_format TEXT,
	local BIGINT NOT NULL CHECK (local IN (0, 1)),
	master_version BIGINT,
	wait_lease BIGINT NOT NULL CHECK (wait_lease IN (0, 1))
);

CREATE TABLE networks (
	id TEXT NOT NULL PRIMARY KEY,
	data_center_id TEXT NOT NULL
		REFERENCES data_centers (id) DEFERRABLE INITIALLY DEFERRED,
	name TEXT NOT NULL,
	description TEXT,
	comment TEXT,
	status TEXT,
	required BIGINT NOT NULL CHECK (required IN (0, 1)),
	usages TEXT,
	bridge TEXT,
	vlan BIGINT,
	mtu BIGINT,
	UNIQUE (data_center_id, name)
);

CREATE TABLE clusters (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	description TEXT,
	comment TEXT,
	data_center_id TEXT
		REFERENCES data_centers (id) DEFERRABLE INITIALLY DEFERRED,
	version TEXT,
	level_family TEXT,
	cpu_type TEXT,
	cpu_architecture TEXT,
	bios_type TEXT,
	scheduling_policy TEXT NOT NULL,
	scheduling_properties TEXT,
	saved_scheduling_policy TEXT,
	saved_scheduling_properties TEXT,
	overcommit_percent BIGINT NOT NULL,
	ha_reservation BIGINT NOT NULL CHECK (ha_reservation IN (0, 1)),
	threads_as_cores BIGINT NOT NULL CHECK (threads_as_cores IN (0, 1)),
	ballooning BIGINT CHECK (ballooning IN (0, 1)),
	ksm BIGINT CHECK (ksm IN (0, 1)),
	migration_network_id TEXT
		REFERENCES networks (id) DEFERRABLE INITIALLY DEFERRED,
	migration_bandwidth BIGINT NOT NULL,
	migration_total_mbps BIGINT,
	migration_timeout_per_gib BIGINT NOT NULL,
	migration_stall_timeout BIGINT NOT NULL,
	migrations_out BIGINT,
	migrations_in BIGINT,
	migration_auto_converge TEXT,
	migration_post_copy TEXT,
	migration_compressed TEXT,
	migration_encrypted TEXT,
	sriov_live_migration BIGINT NOT NULL CHECK (sriov_live_migration IN (0, 1)),
	on_error TEXT,
	fencing_enabled BIGINT NOT NULL CHECK (fencing_enabled IN (0, 1)),
	skip_fencing_if_lease_alive BIGINT NOT NULL CHECK (skip_fencing_if_lease_alive IN (0, 1)),
	skip_fencing_if_connectivity_broken BIGINT NOT NULL CHECK (skip_fencing_if_connectivity_broken IN (0, 1)),
	connectivity_broken_threshold BIGINT NOT NULL,
	max_fences_per_hour BIGINT,
	update_approval TEXT NOT NULL,
	update_channel TEXT NOT NULL,
	upgrade_in_progress BIGINT NOT NULL CHECK (upgrade_in_progress IN (0, 1)),
	upgrade_percent_complete BIGINT,
	upgrade_correlation_id TEXT
);
CREATE INDEX clusters_by_data_center ON clusters (data_center_id);
CREATE INDEX clusters_by_migration_network ON clusters (migration_network_id);

CREATE TABLE hosts (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	comment TEXT,
	cluster_id TEXT NOT NULL
		REFERENCES clusters (id) DEFERRABLE INITIALLY DEFERRED,
	address TEXT,
	libvirt_uri TEXT,
	rsh_address TEXT,
	migration_address TEXT,
	ssh_fingerprint TEXT,
	type TEXT,
	status TEXT NOT NULL,
	status_detail TEXT,
	reason TEXT,
	status_since BIGINT,
	external_status TEXT,
	seen BIGINT,
	failures BIGINT,
	spm_priority BIGINT NOT NULL,
	spm_status TEXT,
	spm_id BIGINT,
	sanlock_name TEXT,
	pm_enabled BIGINT NOT NULL CHECK (pm_enabled IN (0, 1)),
	pm_automatic BIGINT NOT NULL CHECK (pm_automatic IN (0, 1)),
	pm_kdump_detection BIGINT NOT NULL CHECK (pm_kdump_detection IN (0, 1)),
	pm_proxies TEXT,
	power_status TEXT,
	kdump_status TEXT,
	agent_version TEXT,
	agent_major BIGINT,
	agent_minor BIGINT,
	agent_build BIGINT,
	agent_revision BIGINT,
	libvirt_version TEXT,
	qemu_version TEXT,
	kernel_version TEXT,
	os_type TEXT,
	os_version TEXT,
	os_major BIGINT,
	os_minor BIGINT,
	os_description TEXT,
	architecture TEXT,
	cpu_name TEXT,
	cpu_type TEXT,
	cpu_model TEXT,
	cpu_vendor TEXT,
	cpu_speed BIGINT,
	cpu_count BIGINT,
	cpu_sockets BIGINT,
	cpu_cores BIGINT,
	cpu_threads BIGINT,
	cpu_features TEXT,
	cpu_models TEXT,
	cpu_xml TEXT,
	machine_types TEXT,
	packages TEXT,
	memory BIGINT,
	max_scheduling_memory BIGINT,
	numa_nodes BIGINT,
	hardware_vendor TEXT,
	hardware_product TEXT,
	hardware_uuid TEXT,
	boot_id TEXT,
	boot_time BIGINT,
	update_available BIGINT CHECK (update_available IN (0, 1)),
	hosted_engine BIGINT CHECK (hosted_engine IN (0, 1))
);
CREATE INDEX hosts_by_cluster ON hosts (cluster_id);

CREATE TABLE agents (
	id TEXT NOT NULL PRIMARY KEY,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	agent_order BIGINT NOT NULL,
	type TEXT NOT NULL,
	address TEXT,
	port BIGINT,
	username TEXT,
	password TEXT,
	plug TEXT,
	encrypt_options BIGINT CHECK (encrypt_options IN (0, 1)),
	options TEXT,
	raw_option TEXT
);
CREATE INDEX agents_by_host ON agents (host_id);

CREATE TABLE host_networks (
	id TEXT NOT NULL PRIMARY KEY,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	network_id TEXT NOT NULL
		REFERENCES networks (id) DEFERRABLE INITIALLY DEFERRED,
	status TEXT NOT NULL,
	bridge TEXT,
	address TEXT,
	mtu BIGINT,
	seen BIGINT,
	UNIQUE (host_id, network_id)
);
CREATE INDEX host_networks_by_network ON host_networks (network_id);
