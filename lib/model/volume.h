/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume: one layer of a disk, a file or a logical volume on a storage domain. */
#pragma once

#include "model/kind.h"

/* The id of a base volume's parent on the storage. The model says: no parent. */
#define VDC_BLANK_UUID "00000000-0000-0000-0000-000000000000"

enum vdc_allocation {
	VDC_ALLOCATION_PREALLOCATED = 1,
	VDC_ALLOCATION_SPARSE,
};

enum vdc_voltype {
	VDC_VOLTYPE_LEAF = 1,
	VDC_VOLTYPE_INTERNAL,
	VDC_VOLTYPE_SHARED, /* of a template */
};

enum vdc_legality {
	VDC_LEGALITY_LEGAL = 1,
	VDC_LEGALITY_ILLEGAL,
	VDC_LEGALITY_FAKE,
};

struct vdc_volume {
	char *id;
	struct vdc_ref disk;
	char *image;
	struct vdc_ref storage_domain;
	char *copies;
	char *parent;
	char *snapshot;
	char *description;
	int64_t active;
	int64_t status; /* enum vdc_disk_status */
	int64_t capacity;
	int64_t size;
	int64_t actual_size;
	int64_t format;	      /* enum vdc_disk_format */
	int64_t allocation;   /* enum vdc_allocation */
	int64_t voltype;      /* enum vdc_voltype */
	int64_t legality;     /* enum vdc_legality */
	int64_t content_type; /* enum vdc_disk_content_type */
	int64_t qcow_compat;  /* enum vdc_qcow_version */
	int64_t sequence;
	int64_t generation;
	int64_t created;
	char *path;
};

extern const struct vdc_kind vdc_volume_kind;
extern const struct vdc_enum vdc_allocation_values;
extern const struct vdc_enum vdc_voltype_values;
extern const struct vdc_enum vdc_legality_values;
