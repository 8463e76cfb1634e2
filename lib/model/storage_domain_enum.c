/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fields.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_storage_domain_status_values = {
	.name = "storage domain status",
	VDC_WORD_LIST("unknown", "uninitialized", "unattached", "active", "inactive", "locked",
		      "maintenance", "preparing_for_maintenance", "detaching", "activating",
		      "mixed"),
};

const struct vdc_enum vdc_storage_domain_type_values = {
	.name = "storage domain type",
	VDC_WORD_LIST("data", "iso", "export", "image", "volume", "managed_block_storage",
		      "unmanaged"),
	VDC_ALIASES("master=data", "import_export=export", "backup=export"),
};

const struct vdc_enum vdc_storage_type_values = {
	.name = "storage type",
	VDC_WORD_LIST("nfs", "fcp", "iscsi", "localfs", "posixfs", "glusterfs", "glance", "cinder",
		      "managed_block_storage"),
};

const struct vdc_enum vdc_storage_format_values = {
	.name = "storage format",
	VDC_WORD_LIST("v1", "v2", "v3", "v4", "v5"),
	VDC_ALIASES("1=v1", "2=v2", "3=v3", "4=v4", "5=v5"),
};

const struct vdc_enum vdc_storage_space_values = {
	.name = "space of a storage domain",
	VDC_WORD_LIST("ok", "low", "critical"),
};

const struct vdc_enum vdc_extend_transport_values = {
	.name = "transport of extension requests",
	VDC_WORD_LIST("mailbox", "database"),
};
