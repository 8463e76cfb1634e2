/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster: hosts between which virtual machines move, and the rules for them. */
#pragma once

#include "model/kind.h"

enum vdc_on_error {
	VDC_ON_ERROR_MIGRATE = 1,
	VDC_ON_ERROR_DO_NOT_MIGRATE,
	VDC_ON_ERROR_MIGRATE_HIGHLY_AVAILABLE,
};

enum vdc_bios_type {
	VDC_BIOS_CLUSTER_DEFAULT = 1,
	VDC_BIOS_I440FX_SEA_BIOS,
	VDC_BIOS_Q35_SEA_BIOS,
	VDC_BIOS_Q35_OVMF,
	VDC_BIOS_Q35_SECURE_BOOT,
};

/* A switch that a VM or a cluster may leave to what is above it. */
enum vdc_inheritable {
	VDC_INHERIT = 1,
	VDC_INHERITABLE_NO,
	VDC_INHERITABLE_YES,
};

enum vdc_update_approval {
	VDC_APPROVAL_AUTOMATIC = 1,
	VDC_APPROVAL_MANUAL,
};

struct vdc_cluster {
	char *id;
	char *name;
	char *description;
	char *comment;
	struct vdc_ref data_center;
	struct vdc_level version;
	char *level_family;
	char *cpu_type;
	char *cpu_architecture;
	int64_t bios_type; /* enum vdc_bios_type */
	char *scheduling_policy;
	char *scheduling_properties;
	char *saved_scheduling_policy;
	char *saved_scheduling_properties;
	int64_t overcommit_percent;
	int64_t ha_reservation;
	int64_t virt_service;
	int64_t threads_as_cores;
	int64_t ballooning;
	int64_t ksm;
	struct vdc_ref migration_network;
	int64_t migration_bandwidth;
	int64_t migration_total_mbps;
	int64_t migration_timeout_per_gib;
	int64_t migration_stall_timeout;
	int64_t migrations_out;
	int64_t migrations_in;
	int64_t migration_auto_converge; /* enum vdc_inheritable, and the next three */
	int64_t migration_post_copy;
	int64_t migration_compressed;
	int64_t migration_encrypted;
	int64_t sriov_live_migration;
	int64_t on_error; /* enum vdc_on_error */
	int64_t fencing_enabled;
	int64_t skip_fencing_if_lease_alive;
	int64_t skip_fencing_if_connectivity_broken;
	int64_t connectivity_broken_threshold;
	int64_t max_fences_per_hour;
	int64_t update_approval; /* enum vdc_update_approval */
	char *update_channel;
	int64_t upgrade_in_progress;
	int64_t upgrade_percent_complete;
	char *upgrade_correlation_id;
};

extern const struct vdc_kind vdc_cluster_kind;
extern const struct vdc_enum vdc_on_error_values;
extern const struct vdc_enum vdc_bios_type_values;
extern const struct vdc_enum vdc_inheritable_values;
extern const struct vdc_enum vdc_update_approval_values;
