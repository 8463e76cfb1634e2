/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/storage_volume.h"

#include "model/fields.h"

/* Before vdsm 4.40.33 the status repeated the legality. */
const struct vdc_enum vdc_storage_volume_status_values = {
	.name = "status of a volume",
	VDC_WORD_LIST("ok", "invalid", "removed"),
	VDC_ALIASES("illegal=ok"),
};

const struct vdc_enum vdc_storage_class_values = {
	.name = "class of a storage domain",
	VDC_WORD_LIST("data", "iso", "backup"),
};
