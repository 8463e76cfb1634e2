/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A data centre: clusters that share storage domains, and one storage pool manager. */
#pragma once

#include "model/kind.h"

enum vdc_data_center_status {
	VDC_DATA_CENTER_UNINITIALIZED = 1,
	VDC_DATA_CENTER_UP,
	VDC_DATA_CENTER_MAINTENANCE,
	VDC_DATA_CENTER_NOT_OPERATIONAL,
	VDC_DATA_CENTER_PROBLEMATIC, /* NonResponsive inside the engine */
	VDC_DATA_CENTER_CONTEND,
};

struct vdc_data_center {
	char *id;
	char *name;
	char *description;
	char *comment;
	int64_t status; /* enum vdc_data_center_status */
	struct vdc_level version;
	int64_t storage_format; /* enum vdc_storage_format */
	int64_t local;
	int64_t master_version;
	int64_t wait_lease;
};

extern const struct vdc_kind vdc_data_center_kind;
extern const struct vdc_enum vdc_data_center_status_values;
