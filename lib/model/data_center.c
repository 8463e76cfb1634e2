/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/data_center.h"

#include "model/fields.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_data_center_status_values = {
	.name = "data centre status",
	VDC_WORD_LIST("uninitialized", "up", "maintenance", "not_operational", "problematic",
		      "contend"),
	VDC_ALIASES("non_responsive=problematic"),
};

#define NOUN struct vdc_data_center
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_UNIQUE_NAME(),
	VDC_F_DESCRIPTION(),
	VDC_F_COMMENT(),
	VDC_F_ENUM(status, vdc_data_center_status_values, VDC_REQUIRED | VDC_LISTED,
		   .older = "status/state", .preset = "uninitialized",
		   .help = "state of its storage pool"),
	VDC_F_LEVEL(version, VDC_LISTED,
		    .help = "compatibility level; at most that of its clusters"),
	VDC_F_ENUM(storage_format, vdc_storage_format_values, VDC_LISTED,
		   .help = "format of its storage domains: v1 to v5"),
	VDC_F_BOOL(local, VDC_REQUIRED, .preset = "false",
		   .help = "storage is local to its one host"),
	VDC_F_INT(master_version, VDC_OBSERVED,
		  .help = "grows each time another storage domain becomes the master"),
	VDC_F_BOOL(wait_lease, VDC_REQUIRED, .path = "spm/wait_lease", .preset = "false",
		   .help = "an election takes the expiry of a dead host's lease as proof"),
};

const struct vdc_kind vdc_data_center_kind =
	VDC_KIND("data_center", "data_centers", "data-center",
		 "clusters that share storage and one storage pool manager");
