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
CREATE INDEX networks_by_name ON networks (name);

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

CREATE TABLE storage_domains (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	description TEXT,
	comment TEXT,
	data_center_id TEXT
		REFERENCES data_centers (id) DEFERRABLE INITIALLY DEFERRED,
	type TEXT NOT NULL,
	master BIGINT NOT NULL CHECK (master IN (0, 1)),
	status TEXT NOT NULL,
	inactive_since BIGINT,
	external_status TEXT,
	storage_type TEXT,
	storage_address TEXT,
	storage_path TEXT,
	mount_options TEXT,
	vfs_type TEXT,
	mount_point TEXT,
	volume_group TEXT,
	storage_format TEXT,
	block_size BIGINT NOT NULL,
	alignment BIGINT NOT NULL,
	io_timeout BIGINT NOT NULL,
	available BIGINT,
	used BIGINT,
	committed BIGINT,
	warning_low_space_indicator BIGINT NOT NULL,
	critical_space_action_blocker BIGINT NOT NULL,
	extend_chunk BIGINT NOT NULL,
	extend_percent BIGINT NOT NULL,
	extend_transport TEXT NOT NULL,
	thin_backend BIGINT CHECK (thin_backend IN (0, 1)),
	backup BIGINT NOT NULL CHECK (backup IN (0, 1))
);
CREATE INDEX storage_domains_by_data_center ON storage_domains (data_center_id);

CREATE TABLE vms (
	id TEXT NOT NULL PRIMARY KEY,
	cluster_id TEXT NOT NULL
		REFERENCES clusters (id) DEFERRABLE INITIALLY DEFERRED,
	name TEXT NOT NULL,
	description TEXT,
	comment TEXT,
	host_id TEXT
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	status TEXT NOT NULL,
	status_detail TEXT,
	stop_reason TEXT,
	exit_status TEXT,
	start_time BIGINT,
	stop_time BIGINT,
	seen BIGINT,
	lost_since BIGINT,
	type TEXT NOT NULL,
	origin TEXT,
	os_type TEXT,
	memory BIGINT,
	memory_guaranteed BIGINT,
	memory_max BIGINT,
	vcpus BIGINT,
	cpu_sockets BIGINT,
	cpu_cores BIGINT,
	cpu_threads BIGINT,
	cpu_mode TEXT,
	custom_cpu_model TEXT,
	cpu_pinning_policy TEXT,
	cpu_pinning TEXT,
	numa_pinning TEXT,
	host_devices TEXT,
	local_storage BIGINT CHECK (local_storage IN (0, 1)),
	affinity TEXT NOT NULL,
	pinned_hosts TEXT,
	home_host_id TEXT
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	eviction_strategy TEXT NOT NULL,
	run_strategy TEXT,
	high_availability BIGINT NOT NULL CHECK (high_availability IN (0, 1)),
	priority BIGINT NOT NULL,
	lease_storage_domain_id TEXT
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	storage_error_resume_behaviour TEXT,
	migration_auto_converge TEXT,
	migration_post_copy TEXT,
	migration_compressed TEXT,
	migration_encrypted TEXT,
	migration_downtime BIGINT,
	bios_type TEXT,
	display_type TEXT,
	custom_emulated_machine TEXT,
	machine_type TEXT,
	running_machine_type TEXT,
	running_qemu_version TEXT,
	custom_compatibility_version TEXT,
	running_level TEXT,
	next_run_configuration_exists BIGINT CHECK (next_run_configuration_exists IN (0, 1)),
	compatibility_mode BIGINT NOT NULL CHECK (compatibility_mode IN (0, 1)),
	migrated_from_cluster_id TEXT
		REFERENCES clusters (id) DEFERRABLE INITIALLY DEFERRED,
	migrated_from_level TEXT,
	migrated_at BIGINT,
	migration_barrier TEXT,
	stateless BIGINT CHECK (stateless IN (0, 1)),
	delete_protected BIGINT CHECK (delete_protected IN (0, 1)),
	has_illegal_images BIGINT CHECK (has_illegal_images IN (0, 1)),
	domain_xml TEXT,
	UNIQUE (cluster_id, name)
);
CREATE INDEX vms_by_name ON vms (name);
CREATE INDEX vms_by_host ON vms (host_id);
CREATE INDEX vms_by_home_host ON vms (home_host_id);
CREATE INDEX vms_by_lease_storage_domain ON vms (lease_storage_domain_id);
CREATE INDEX vms_by_migrated_from_cluster ON vms (migrated_from_cluster_id);

CREATE TABLE snapshots (
	id TEXT NOT NULL PRIMARY KEY,
	vm_id TEXT NOT NULL
		REFERENCES vms (id) DEFERRABLE INITIALLY DEFERRED,
	name TEXT,
	description TEXT,
	date BIGINT,
	type TEXT NOT NULL,
	status TEXT NOT NULL,
	memory BIGINT NOT NULL CHECK (memory IN (0, 1)),
	disks TEXT,
	parent TEXT
);
CREATE INDEX snapshots_by_vm ON snapshots (vm_id);
CREATE INDEX snapshots_by_name ON snapshots (name);

CREATE TABLE disks (
	id TEXT NOT NULL PRIMARY KEY,
	name TEXT,
	description TEXT,
	storage_domain_id TEXT
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	image_id TEXT,
	path TEXT,
	local BIGINT CHECK (local IN (0, 1)),
	provisioned_size BIGINT,
	actual_size BIGINT,
	total_size BIGINT,
	status TEXT NOT NULL,
	format TEXT,
	qcow_version TEXT,
	sparse BIGINT CHECK (sparse IN (0, 1)),
	shareable BIGINT NOT NULL CHECK (shareable IN (0, 1)),
	storage_type TEXT NOT NULL,
	content_type TEXT NOT NULL,
	backup TEXT,
	seen BIGINT,
	lost_since BIGINT
);
CREATE INDEX disks_by_name ON disks (name);
CREATE INDEX disks_by_storage_domain ON disks (storage_domain_id);

CREATE TABLE volumes (
	id TEXT NOT NULL PRIMARY KEY,
	disk_id TEXT
		REFERENCES disks (id) DEFERRABLE INITIALLY DEFERRED,
	image TEXT,
	storage_domain_id TEXT NOT NULL
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	copies TEXT,
	parent TEXT,
	snapshot_id TEXT
		REFERENCES snapshots (id) DEFERRABLE INITIALLY DEFERRED,
	description TEXT,
	active BIGINT CHECK (active IN (0, 1)),
	status TEXT NOT NULL,
	capacity BIGINT,
	size BIGINT,
	actual_size BIGINT,
	format TEXT,
	allocation TEXT,
	voltype TEXT,
	legality TEXT,
	content_type TEXT,
	qcow_compat TEXT,
	sequence BIGINT,
	generation BIGINT,
	created BIGINT,
	path TEXT
);
CREATE INDEX volumes_by_disk ON volumes (disk_id);
CREATE INDEX volumes_by_storage_domain ON volumes (storage_domain_id);
CREATE INDEX volumes_by_snapshot ON volumes (snapshot_id);
