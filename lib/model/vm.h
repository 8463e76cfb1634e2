/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual machine. Its id is the UUID that libvirt knows it by. */
#pragma once

#include "model/kind.h"

enum vdc_vm_status {
	VDC_VM_UNASSIGNED = 1,
	VDC_VM_DOWN,
	VDC_VM_UP,
	VDC_VM_POWERING_UP,
	VDC_VM_PAUSED,
	VDC_VM_MIGRATING,
	VDC_VM_UNKNOWN, /* its host does not answer */
	VDC_VM_NOT_RESPONDING,
	VDC_VM_WAIT_FOR_LAUNCH,
	VDC_VM_REBOOT_IN_PROGRESS,
	VDC_VM_SAVING_STATE,
	VDC_VM_RESTORING_STATE,
	VDC_VM_SUSPENDED,
	VDC_VM_IMAGE_LOCKED,
	VDC_VM_IMAGE_ILLEGAL,
	VDC_VM_POWERING_DOWN,
};

enum vdc_vm_exit {
	VDC_VM_EXIT_NORMAL = 1,
	VDC_VM_EXIT_ERROR,
	VDC_VM_EXIT_UNKNOWN,
};

enum vdc_vm_type {
	VDC_VM_DESKTOP = 1,
	VDC_VM_SERVER,
	VDC_VM_HIGH_PERFORMANCE,
};

enum vdc_vm_affinity {
	VDC_VM_MIGRATABLE = 1,
	VDC_VM_USER_MIGRATABLE, /* only when somebody asks for it */
	VDC_VM_PINNED,
};

enum vdc_cpu_pinning_policy {
	VDC_PINNING_NONE = 1,
	VDC_PINNING_MANUAL,
	VDC_PINNING_RESIZE_AND_PIN_NUMA,
	VDC_PINNING_DEDICATED,
	VDC_PINNING_ISOLATE_THREADS,
};

/* What a drain of its host does to it (KubeVirt's evictionStrategy). */
enum vdc_eviction_strategy {
	VDC_EVICTION_LIVE_MIGRATE = 1,
	VDC_EVICTION_LIVE_MIGRATE_IF_POSSIBLE,
	VDC_EVICTION_NONE, /* it is shut down */
	VDC_EVICTION_EXTERNAL,
};

/* Whether it is started again (KubeVirt's runStrategy). */
enum vdc_run_strategy {
	VDC_RUN_ALWAYS = 1,
	VDC_RUN_RERUN_ON_FAILURE,
	VDC_RUN_MANUAL,
	VDC_RUN_HALTED,
	VDC_RUN_ONCE,
};

enum vdc_resume_behaviour {
	VDC_RESUME_AUTO_RESUME = 1,
	VDC_RESUME_LEAVE_PAUSED,
	VDC_RESUME_KILL,
};

struct vdc_vm {
	char *id;
	struct vdc_ref cluster;
	char *name;
	char *description;
	char *comment;
	struct vdc_ref host; /* where it runs */
	int64_t status;	     /* enum vdc_vm_status */
	char *status_detail;
	char *stop_reason;
	int64_t exit_status; /* enum vdc_vm_exit */
	int64_t start_time;
	int64_t stop_time;
	int64_t seen;
	int64_t lost_since;
	int64_t type; /* enum vdc_vm_type */
	char *origin;
	char *os_type;
	int64_t memory;
	int64_t memory_guaranteed;
	int64_t memory_max;
	int64_t vcpus;
	int64_t cpu_sockets;
	int64_t cpu_cores;
	int64_t cpu_threads;
	char *cpu_mode;
	char *custom_cpu_model;
	int64_t cpu_pinning_policy; /* enum vdc_cpu_pinning_policy */
	char *cpu_pinning;
	char *numa_pinning;
	char *host_devices;
	int64_t local_storage;
	int64_t affinity; /* enum vdc_vm_affinity */
	char *pinned_hosts;
	struct vdc_ref home_host;
	int64_t starts_with_home;
	int64_t eviction_strategy; /* enum vdc_eviction_strategy */
	int64_t run_strategy;	   /* enum vdc_run_strategy */
	int64_t high_availability;
	int64_t priority;
	struct vdc_ref lease_storage_domain;
	int64_t storage_error_resume_behaviour; /* enum vdc_resume_behaviour */
	int64_t migration_auto_converge;	/* enum vdc_inheritable, and the next three */
	int64_t migration_post_copy;
	int64_t migration_compressed;
	int64_t migration_encrypted;
	int64_t migration_downtime;
	int64_t bios_type; /* enum vdc_bios_type */
	char *display_type;
	char *custom_emulated_machine;
	char *machine_type;
	char *running_machine_type;
	char *running_qemu_version;
	struct vdc_level custom_compatibility_version;
	struct vdc_level running_level;
	int64_t next_run_configuration_exists;
	int64_t compatibility_mode;
	char *migrated_from_cluster;
	struct vdc_level migrated_from_level;
	int64_t migrated_at;
	struct vdc_level migration_barrier;
	int64_t stateless;
	int64_t delete_protected;
	int64_t has_illegal_images;
	char *domain_xml;
};

extern const struct vdc_kind vdc_vm_kind;
extern const struct vdc_enum vdc_vm_status_values;
extern const struct vdc_enum vdc_vm_exit_values;
extern const struct vdc_enum vdc_vm_type_values;
extern const struct vdc_enum vdc_vm_affinity_values;
extern const struct vdc_enum vdc_cpu_pinning_policy_values;
extern const struct vdc_enum vdc_eviction_strategy_values;
extern const struct vdc_enum vdc_run_strategy_values;
extern const struct vdc_enum vdc_resume_behaviour_values;
