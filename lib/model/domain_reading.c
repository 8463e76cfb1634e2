/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain_reading.h"

#include "model/fields.h"
#include "model/storage_domain.h"

#define NOUN struct vdc_domain_reading
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the storage domain"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .title = "DOMAIN",
		   .help = "name of the storage domain"),
	VDC_F_TEXT(path, 0, .help = "where its file system is mounted"),
	VDC_F_TEXT(volume_group, 0, .path = "volume_group@id", .help = "of a block domain"),
	VDC_F_ENUM(storage_format, vdc_storage_format_values, 0,
		   .help = "format of its metadata: v1 to v5"),
	VDC_F_INT(latency, VDC_OBSERVED | VDC_LISTED, .help = "microseconds that the reading took"),
	VDC_F_BYTES(available, VDC_OBSERVED | VDC_LISTED, .help = "free space"),
	VDC_F_BYTES(used, VDC_OBSERVED | VDC_LISTED, .help = "space in use"),
	VDC_F_TEXT(problem, VDC_OBSERVED | VDC_LISTED, .help = "why it was not read"),
};

const struct vdc_kind vdc_domain_reading_kind =
	VDC_KIND("domain_reading", "domain_readings", "domain-reading",
		 "what a host read of a storage domain");
