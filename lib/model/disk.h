/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk of virtual machines: a chain of volumes, a LUN, or a file that only one host has. */
#pragma once

#include "model/kind.h"

enum vdc_disk_status {
	VDC_DISK_OK = 1,
	VDC_DISK_LOCKED,
	VDC_DISK_ILLEGAL,
};

enum vdc_disk_format {
	VDC_DISK_COW = 1, /* qcow2 */
	VDC_DISK_RAW,
};

enum vdc_qcow_version {
	VDC_QCOW2_V2 = 1, /* compat 0.10 */
	VDC_QCOW2_V3,	  /* compat 1.1 */
};

enum vdc_disk_storage_type {
	VDC_DISK_IMAGE = 1,
	VDC_DISK_LUN,
	VDC_DISK_CINDER,
	VDC_DISK_MANAGED_BLOCK_STORAGE,
};

enum vdc_disk_content_type {
	VDC_CONTENT_DATA = 1,
	VDC_CONTENT_OVF_STORE,
	VDC_CONTENT_MEMORY_DUMP_VOLUME,
	VDC_CONTENT_MEMORY_METADATA_VOLUME,
	VDC_CONTENT_ISO,
	VDC_CONTENT_HOSTED_ENGINE,
	VDC_CONTENT_HOSTED_ENGINE_SANLOCK,
	VDC_CONTENT_HOSTED_ENGINE_METADATA,
	VDC_CONTENT_HOSTED_ENGINE_CONFIGURATION,
	VDC_CONTENT_BACKUP_SCRATCH,
};

enum vdc_disk_backup {
	VDC_BACKUP_NONE = 1,
	VDC_BACKUP_INCREMENTAL,
};

struct vdc_disk {
	char *id;
	char *name;
	char *description;
	struct vdc_ref storage_domain;
	char *image_id;
	char *path;
	int64_t local;
	int64_t provisioned_size;
	int64_t actual_size;
	int64_t total_size;
	int64_t status;	      /* enum vdc_disk_status */
	int64_t format;	      /* enum vdc_disk_format */
	int64_t qcow_version; /* enum vdc_qcow_version */
	int64_t sparse;
	int64_t shareable;
	int64_t storage_type; /* enum vdc_disk_storage_type */
	int64_t content_type; /* enum vdc_disk_content_type */
	int64_t backup;	      /* enum vdc_disk_backup */
	int64_t seen;
	int64_t lost_since;
};

extern const struct vdc_kind vdc_disk_kind;
extern const struct vdc_enum vdc_disk_status_values;
extern const struct vdc_enum vdc_disk_format_values;
extern const struct vdc_enum vdc_qcow_version_values;
extern const struct vdc_enum vdc_disk_storage_type_values;
extern const struct vdc_enum vdc_disk_content_type_values;
extern const struct vdc_enum vdc_disk_backup_values;
