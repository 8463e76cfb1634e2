/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What compat-level prints: objects as they are in the inventory, with what was worked out of their
 * levels. Nothing of this is stored. The documents use the API's words (`supported_versions`); what
 * the API has no word for has an element of its own.
 */
#pragma once

#include "model/kind.h"

struct vdc_host_report {
	char *id;
	char *name;
	struct vdc_ref cluster;
	int64_t status;	     /* enum vdc_host_status */
	char *agent_version; /* <version>, as the inventory has it */
	int64_t agent_major, agent_minor, agent_build, agent_revision;
	char *libvirt_version, *qemu_version;
	char *level_family;
	struct vdc_level level; /* the highest that it runs */
	char *levels;		/* all of them */
	char *reason;		/* why not more */
};

struct vdc_cluster_report {
	char *id;
	char *name;
	struct vdc_ref data_center;
	struct vdc_level version;
	char *supported_versions;
	char *level_family;
	struct vdc_ref least_host;
	char *reason;
};

struct vdc_data_center_report {
	char *id;
	char *name;
	struct vdc_level version;
	char *supported_versions;
	char *level_family;
	char *reason;
};

/* Any of them as a row of one table. */
struct vdc_level_row {
	char *id;
	char *kind;
	char *name;
	struct vdc_level level;
	char *family;
	char *supported; /* host: the levels that it runs; else supported_versions */
	char *reason;
};

/* vm list */
struct vdc_vm_report {
	char *id;
	char *name;
	struct vdc_ref cluster;
	struct vdc_ref host;
	int64_t status;		/* enum vdc_vm_status */
	char *machine_type;	/* that it runs with, else that of its definition */
	struct vdc_level level; /* as configured */
	struct vdc_level running_level;
	int64_t behind; /* enum vdc_behind; VDC_UNSET where it is not */
	int64_t pending;
	char *custom_emulated_machine;
	struct vdc_level custom_compatibility_version;
	char *migrated_from_cluster;
};

/* vm list --count */
struct vdc_vm_count {
	char *id;
	char *name;
	struct vdc_level version;
	int64_t vms, current, compatibility_mode, pinned, own_level, pending, machine_type;
};

/* raise, lower: what happens to a VM */
struct vdc_vm_change {
	char *id;
	char *name;
	struct vdc_ref cluster;
	int64_t effect;		/* enum vdc_vm_level_effect */
	struct vdc_level level; /* that it has from then on */
	char *machine_type;
	char *text;
};

/* features */
struct vdc_feature_report {
	char *id;
	int64_t type; /* enum vdc_feature_type */
	char *name;
	struct vdc_level since;
	int64_t state; /* enum vdc_feature_state */
	char *architectures;
	char *value;
	char *title;
};

enum vdc_feature_type {
	VDC_FEATURE = 1,
	VDC_FEATURE_LIMIT,
	VDC_FEATURE_MACHINE_TYPE,
	VDC_FEATURE_STORAGE_FORMAT,
};

enum vdc_feature_state {
	VDC_FEATURE_NEW = 1, /* the level before does not have it */
	VDC_FEATURE_KEPT,
	VDC_FEATURE_CHANGED,
	VDC_FEATURE_GONE,
	VDC_FEATURE_OPEN, /* at the level of a cluster */
	VDC_FEATURE_CLOSED,
};

extern const struct vdc_kind vdc_host_report_kind;
extern const struct vdc_kind vdc_cluster_report_kind;
extern const struct vdc_kind vdc_data_center_report_kind;
extern const struct vdc_kind vdc_level_row_kind;
extern const struct vdc_kind vdc_vm_report_kind;
extern const struct vdc_kind vdc_vm_count_kind;
extern const struct vdc_kind vdc_vm_change_kind;
extern const struct vdc_kind vdc_feature_report_kind;

/* Those of documents, for the schemas; ends with NULL. */
extern const struct vdc_kind *const vdc_level_report_kinds[];
