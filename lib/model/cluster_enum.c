/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cluster.h"
#include "model/fields.h"

const struct vdc_enum vdc_on_error_values = {
	.name = "action for a failed host",
	VDC_WORD_LIST("migrate", "do_not_migrate", "migrate_highly_available"),
};

const struct vdc_enum vdc_bios_type_values = {
	.name = "BIOS type",
	VDC_WORD_LIST("cluster_default", "i440fx_sea_bios", "q35_sea_bios", "q35_ovmf",
		      "q35_secure_boot"),
};

const struct vdc_enum vdc_inheritable_values = {
	.name = "inheritable switch",
	VDC_WORD_LIST("inherit", "false", "true"),
	VDC_ALIASES("no=false", "yes=true", "off=false", "on=true", "0=false", "1=true"),
};

const struct vdc_enum vdc_update_approval_values = {
	.name = "approval of updates",
	VDC_WORD_LIST("automatic", "manual"),
};
