/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host: a machine that runs virtual machines under libvirt. */
#pragma once

#include "model/kind.h"

/* oVirt's names; what each means stands in man vdc-utils(7). */
enum vdc_host_status {
	VDC_HOST_UNASSIGNED = 1,
	VDC_HOST_DOWN,
	VDC_HOST_MAINTENANCE,
	VDC_HOST_UP,
	VDC_HOST_NON_RESPONSIVE,
	VDC_HOST_ERROR,
	VDC_HOST_INSTALLING,
	VDC_HOST_INSTALL_FAILED,
	VDC_HOST_REBOOT,
	VDC_HOST_PREPARING_FOR_MAINTENANCE,
	VDC_HOST_NON_OPERATIONAL,
	VDC_HOST_PENDING_APPROVAL,
	VDC_HOST_INITIALIZING,
	VDC_HOST_CONNECTING,
	VDC_HOST_INSTALLING_OS,
	VDC_HOST_KDUMPING,
};

/* Why a host that answers may not run VMs (NonOperationalReason of ovirt-engine). */
enum vdc_host_reason {
	VDC_REASON_GENERAL = 1,
	VDC_REASON_CPU_TYPE,
	VDC_REASON_STORAGE_DOMAIN_UNREACHABLE,
	VDC_REASON_NETWORK_UNREACHABLE,
	VDC_REASON_VERSION,
	VDC_REASON_KVM_NOT_RUNNING,
	VDC_REASON_TIMEOUT_RECOVERING,
	VDC_REASON_VM_NETWORK_IS_BRIDGELESS,
	VDC_REASON_EMULATED_MACHINES_CLUSTER,
	VDC_REASON_UNTRUSTED,
	VDC_REASON_UNINITIALIZED,
	VDC_REASON_CLUSTER_VERSION,
	VDC_REASON_ARCHITECTURE,
	VDC_REASON_NETWORK_INTERFACE_IS_DOWN,
	VDC_REASON_RNG_SOURCES,
	VDC_REASON_EMULATED_MACHINES_LEVEL,
	VDC_REASON_MIXED_OS,
	VDC_REASON_HOST_FEATURES,
	VDC_REASON_LIBVIRT_SECRETS,
	VDC_REASON_HOSTED_ENGINE,
	VDC_REASON_FIPS,
	VDC_REASON_CPU_TYPE_LEVEL,
};

enum vdc_external_status {
	VDC_EXTERNAL_OK = 1,
	VDC_EXTERNAL_INFO,
	VDC_EXTERNAL_WARNING,
	VDC_EXTERNAL_ERROR,
	VDC_EXTERNAL_FAILURE,
};

enum vdc_spm_status {
	VDC_SPM_NONE = 1,
	VDC_SPM_CONTENDING,
	VDC_SPM_SPM,
};

enum vdc_power_status {
	VDC_POWER_ON = 1,
	VDC_POWER_OFF,
	VDC_POWER_UNKNOWN,
};

enum vdc_kdump_status {
	VDC_KDUMP_UNKNOWN = 1,
	VDC_KDUMP_DISABLED,
	VDC_KDUMP_ENABLED,
};

struct vdc_host {
	char *id;
	char *name;
	char *comment;
	struct vdc_ref cluster;
	char *address;		 /* name or address under which other hosts and we reach it */
	char *libvirt_uri;	 /* NULL: qemu+ssh://root@ADDRESS/system */
	char *rsh_address;	 /* NULL: ADDRESS */
	char *migration_address; /* NULL: its address in the migration network, else ADDRESS */
	char *ssh_fingerprint;
	char *type;
	int64_t status; /* enum vdc_host_status */
	char *status_detail;
	int64_t reason; /* enum vdc_host_reason */
	int64_t status_since;
	int64_t external_status; /* enum vdc_external_status */
	int64_t seen;
	int64_t failures;
	int64_t spm_priority;
	int64_t spm_status; /* enum vdc_spm_status */
	int64_t spm_id;	    /* also its host id in the lockspaces of the data centre */
	char *sanlock_name;
	int64_t pm_enabled;
	int64_t pm_automatic;
	int64_t pm_kdump_detection;
	char *pm_proxies;
	int64_t power_status; /* enum vdc_power_status */
	char *pm_problem;     /* NULL: none is known */
	int64_t pm_tested;
	int64_t proven_down; /* what it ran then is no more; see vdc_host_is_known_down */
	char *down_evidence;
	int64_t leases_freed; /* of what it held when it was proven down; see plan/dead_lease.h */
	int64_t kdump_status; /* enum vdc_kdump_status */
	char *agent_version;
	int64_t agent_major;
	int64_t agent_minor;
	int64_t agent_build;
	int64_t agent_revision;
	char *libvirt_version;
	char *qemu_version;
	char *kernel_version;
	char *os_type;
	char *os_version;
	int64_t os_major;
	int64_t os_minor;
	char *os_description;
	char *architecture;
	char *cpu_name;
	char *cpu_type;
	char *cpu_model;
	char *cpu_vendor;
	int64_t cpu_speed;
	int64_t cpu_count;
	int64_t cpu_sockets;
	int64_t cpu_cores;
	int64_t cpu_threads;
	char *cpu_features;
	char *cpu_models;
	char *cpu_xml;
	char *machine_types;
	char *packages;
	int64_t memory;
	int64_t max_scheduling_memory;
	int64_t numa_nodes;
	char *hardware_vendor;
	char *hardware_product;
	char *hardware_uuid;
	char *boot_id;
	int64_t boot_time;
	int64_t update_available;
	int64_t hosted_engine;
};

extern const struct vdc_kind vdc_host_kind;
extern const struct vdc_enum vdc_host_status_values;
extern const struct vdc_enum vdc_host_reason_values;
extern const struct vdc_enum vdc_external_status_values;
extern const struct vdc_enum vdc_spm_status_values;
extern const struct vdc_enum vdc_power_status_values;
extern const struct vdc_enum vdc_kdump_status_values;
