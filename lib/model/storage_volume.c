/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/storage_volume.h"

#include "model/fields.h"
#include "model/storage_domain.h"

/* Before vdsm 4.40.33 the status repeated the legality. */
const struct vdc_enum vdc_storage_volume_status_values = {
	.name = "status of a volume",
	VDC_WORD_LIST("ok", "invalid", "removed"),
	VDC_ALIASES("illegal=ok"),
};

const struct vdc_enum vdc_storage_file_problem_values = {
	.name = "problem of a file",
	VDC_WORD_LIST("stray", "owner", "mode", "lease_missing", "lease_of_other", "lease_alone"),
};

const struct vdc_enum vdc_storage_class_values = {
	.name = "class of a storage domain",
	VDC_WORD_LIST("data", "iso", "backup"),
};

int64_t vdc_storage_format_of(const char *version)
{
	if (!*version || version[1])
		return 0;
	if (*version == '0')
		return VDC_STORAGE_V1;
	return *version >= '2' && *version <= '5' ? *version - '0' : 0;
}

char vdc_storage_version_of(int64_t format)
{
	if (format == VDC_STORAGE_V1)
		return '0';
	return format >= VDC_STORAGE_V2 && format <= VDC_STORAGE_V5 ? (char)('0' + format) : '\0';
}
