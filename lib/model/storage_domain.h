/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A storage domain: shared storage that holds disks and the leases of a data centre. */
#pragma once

#include "model/kind.h"

enum vdc_storage_domain_status {
	VDC_STORAGE_DOMAIN_UNKNOWN = 1, /* no host reports it */
	VDC_STORAGE_DOMAIN_UNINITIALIZED,
	VDC_STORAGE_DOMAIN_UNATTACHED,
	VDC_STORAGE_DOMAIN_ACTIVE,
	VDC_STORAGE_DOMAIN_INACTIVE, /* all hosts lost it */
	VDC_STORAGE_DOMAIN_LOCKED,
	VDC_STORAGE_DOMAIN_MAINTENANCE,
	VDC_STORAGE_DOMAIN_PREPARING_FOR_MAINTENANCE,
	VDC_STORAGE_DOMAIN_DETACHING,
	VDC_STORAGE_DOMAIN_ACTIVATING,
	VDC_STORAGE_DOMAIN_MIXED,
};

enum vdc_storage_domain_type {
	VDC_STORAGE_DOMAIN_DATA = 1,
	VDC_STORAGE_DOMAIN_ISO,
	VDC_STORAGE_DOMAIN_EXPORT,
	VDC_STORAGE_DOMAIN_IMAGE,
	VDC_STORAGE_DOMAIN_VOLUME,
	VDC_STORAGE_DOMAIN_MANAGED_BLOCK_STORAGE,
	VDC_STORAGE_DOMAIN_UNMANAGED,
};

enum vdc_storage_type {
	VDC_STORAGE_NFS = 1,
	VDC_STORAGE_FCP,
	VDC_STORAGE_ISCSI,
	VDC_STORAGE_LOCALFS,
	VDC_STORAGE_POSIXFS,
	VDC_STORAGE_GLUSTERFS,
	VDC_STORAGE_GLANCE,
	VDC_STORAGE_CINDER,
	VDC_STORAGE_MANAGED_BLOCK_STORAGE,
};

enum vdc_storage_format {
	VDC_STORAGE_V1 = 1,
	VDC_STORAGE_V2,
	VDC_STORAGE_V3,
	VDC_STORAGE_V4,
	VDC_STORAGE_V5,
};

enum vdc_extend_transport {
	VDC_EXTEND_MAILBOX = 1,
	VDC_EXTEND_DATABASE,
};

/* By its own two limits below. */
enum vdc_storage_space {
	VDC_STORAGE_SPACE_OK = 1,
	VDC_STORAGE_SPACE_LOW,
	VDC_STORAGE_SPACE_CRITICAL,
};

struct vdc_storage_domain {
	char *id;
	char *name;
	char *description;
	char *comment;
	struct vdc_ref data_center;
	int64_t type; /* enum vdc_storage_domain_type */
	int64_t master;
	int64_t status; /* enum vdc_storage_domain_status */
	int64_t inactive_since;
	int64_t external_status; /* enum vdc_external_status */
	int64_t storage_type;	 /* enum vdc_storage_type */
	char *storage_address;
	char *storage_path;
	char *mount_options;
	char *vfs_type;
	char *mount_point;
	char *volume_group;
	int64_t storage_format; /* enum vdc_storage_format */
	int64_t block_size;
	int64_t alignment;
	int64_t io_timeout;
	int64_t available;
	int64_t used;
	int64_t committed;
	int64_t space; /* enum vdc_storage_space */
	int64_t warning_low_space_indicator;
	int64_t critical_space_action_blocker; /* GiB, as in the API */
	int64_t extend_chunk;
	int64_t extend_percent;
	int64_t extend_transport; /* enum vdc_extend_transport */
	int64_t thin_backend;
	int64_t backup;
};

extern const struct vdc_kind vdc_storage_domain_kind;
extern const struct vdc_enum vdc_storage_domain_status_values;
extern const struct vdc_enum vdc_storage_domain_type_values;
extern const struct vdc_enum vdc_storage_type_values;
extern const struct vdc_enum vdc_storage_format_values;
extern const struct vdc_enum vdc_storage_space_values;
extern const struct vdc_enum vdc_extend_transport_values;
