/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot of a virtual machine. */
#pragma once

#include "model/kind.h"

enum vdc_snapshot_type {
	VDC_SNAPSHOT_REGULAR = 1,
	VDC_SNAPSHOT_ACTIVE, /* what the VM writes now */
	VDC_SNAPSHOT_STATELESS,
	VDC_SNAPSHOT_PREVIEW,
	VDC_SNAPSHOT_NEXT_RUN, /* configuration that waits for a cold boot */
	VDC_SNAPSHOT_BACKUP,   /* a backup that somebody made outside */
};

enum vdc_snapshot_status {
	VDC_SNAPSHOT_OK = 1,
	VDC_SNAPSHOT_LOCKED,
	VDC_SNAPSHOT_IN_PREVIEW,
};

struct vdc_snapshot {
	char *id;
	struct vdc_ref vm;
	char *name;
	char *description;
	int64_t date;
	int64_t type;	/* enum vdc_snapshot_type */
	int64_t status; /* enum vdc_snapshot_status */
	int64_t memory;
	char *disks;
	char *parent;
};

extern const struct vdc_kind vdc_snapshot_kind;
extern const struct vdc_enum vdc_snapshot_type_values;
extern const struct vdc_enum vdc_snapshot_status_values;
