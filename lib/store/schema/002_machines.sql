-- Storage, virtual machines and their parts.

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

CREATE TABLE domain_reaches (
	id TEXT NOT NULL PRIMARY KEY,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	storage_domain_id TEXT NOT NULL
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	status TEXT NOT NULL,
	since BIGINT,
	checked BIGINT,
	seen BIGINT,
	latency BIGINT,
	detail TEXT,
	lockspace_generation BIGINT,
	UNIQUE (host_id, storage_domain_id)
);
CREATE INDEX domain_reaches_by_storage_domain ON domain_reaches (storage_domain_id);

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
	migrated_from_cluster TEXT,
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
CREATE INDEX vms_by_status ON vms (status);

CREATE TABLE nics (
	id TEXT NOT NULL PRIMARY KEY,
	vm_id TEXT NOT NULL
		REFERENCES vms (id) DEFERRABLE INITIALLY DEFERRED,
	name TEXT NOT NULL,
	network_id TEXT
		REFERENCES networks (id) DEFERRABLE INITIALLY DEFERRED,
	source TEXT,
	mac TEXT,
	interface TEXT,
	pci_address TEXT,
	pass_through BIGINT NOT NULL CHECK (pass_through IN (0, 1)),
	plugged BIGINT NOT NULL CHECK (plugged IN (0, 1)),
	linked BIGINT NOT NULL CHECK (linked IN (0, 1)),
	UNIQUE (vm_id, name)
);
CREATE INDEX nics_by_network ON nics (network_id);

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
CREATE INDEX disks_by_path ON disks (path);
CREATE INDEX disks_by_storage_domain ON disks (storage_domain_id);

CREATE TABLE disk_attachments (
	id TEXT NOT NULL PRIMARY KEY,
	vm_id TEXT NOT NULL
		REFERENCES vms (id) DEFERRABLE INITIALLY DEFERRED,
	disk_id TEXT NOT NULL
		REFERENCES disks (id) DEFERRABLE INITIALLY DEFERRED,
	target TEXT,
	interface TEXT,
	bootable BIGINT NOT NULL CHECK (bootable IN (0, 1)),
	active BIGINT NOT NULL CHECK (active IN (0, 1)),
	read_only BIGINT NOT NULL CHECK (read_only IN (0, 1)),
	logical_name TEXT,
	UNIQUE (vm_id, disk_id)
);
CREATE INDEX disk_attachments_by_disk ON disk_attachments (disk_id);

CREATE TABLE volumes (
	id TEXT NOT NULL PRIMARY KEY,
	disk_id TEXT
		REFERENCES disks (id) DEFERRABLE INITIALLY DEFERRED,
	image TEXT,
	storage_domain_id TEXT NOT NULL
		REFERENCES storage_domains (id) DEFERRABLE INITIALLY DEFERRED,
	copies TEXT,
	parent TEXT,
	snapshot TEXT,
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

CREATE TABLE affinity_groups (
	id TEXT NOT NULL PRIMARY KEY,
	cluster_id TEXT NOT NULL
		REFERENCES clusters (id) DEFERRABLE INITIALLY DEFERRED,
	name TEXT NOT NULL,
	description TEXT,
	vms_enabled BIGINT NOT NULL CHECK (vms_enabled IN (0, 1)),
	vms_positive BIGINT NOT NULL CHECK (vms_positive IN (0, 1)),
	vms_enforcing BIGINT NOT NULL CHECK (vms_enforcing IN (0, 1)),
	hosts_enabled BIGINT NOT NULL CHECK (hosts_enabled IN (0, 1)),
	hosts_positive BIGINT NOT NULL CHECK (hosts_positive IN (0, 1)),
	hosts_enforcing BIGINT NOT NULL CHECK (hosts_enforcing IN (0, 1)),
	UNIQUE (cluster_id, name)
);

CREATE TABLE affinity_vms (
	id TEXT NOT NULL PRIMARY KEY,
	affinity_group_id TEXT NOT NULL
		REFERENCES affinity_groups (id) DEFERRABLE INITIALLY DEFERRED,
	vm_id TEXT NOT NULL
		REFERENCES vms (id) DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (affinity_group_id, vm_id)
);
CREATE INDEX affinity_vms_by_vm ON affinity_vms (vm_id);

CREATE TABLE affinity_hosts (
	id TEXT NOT NULL PRIMARY KEY,
	affinity_group_id TEXT NOT NULL
		REFERENCES affinity_groups (id) DEFERRABLE INITIALLY DEFERRED,
	host_id TEXT NOT NULL
		REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED,
	UNIQUE (affinity_group_id, host_id)
);
CREATE INDEX affinity_hosts_by_host ON affinity_hosts (host_id);

-- CPU is in thousandths of one CPU, memory in bytes.
CREATE TABLE host_samples (
	host_id TEXT NOT NULL
		REFERENCES hosts (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
	time BIGINT NOT NULL,
	cpu BIGINT,
	memory_used BIGINT,
	memory_free BIGINT,
	swap_used BIGINT,
	vms BIGINT,
	PRIMARY KEY (host_id, time)
);

CREATE TABLE vm_samples (
	vm_id TEXT NOT NULL
		REFERENCES vms (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
	time BIGINT NOT NULL,
	cpu BIGINT,
	memory_used BIGINT,
	dirty_rate BIGINT,
	PRIMARY KEY (vm_id, time)
);
