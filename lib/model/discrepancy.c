/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/discrepancy.h"

#include <stdio.h>

#include "model/fields.h"
#include "model/storage_domain.h"

#define NOUN struct vdc_discrepancy
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "code, domain and volume"),
	VDC_F_TEXT(code, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "stable name of what it is"),
	VDC_F_ENUM(severity, vdc_finding_severity_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "how bad it is"),
	VDC_F_REF(storage_domain, vdc_storage_domain_kind, VDC_LISTED, .title = "DOMAIN",
		  .help = "storage domain that it was found on"),
	VDC_F_TEXT(disk, 0, .help = "name of the disk in the database"),
	VDC_F_UUID(image, 0, .help = "id of the disk on the storage"),
	VDC_F_UUID(volume, VDC_LISTED, .help = "layer of the disk that it is about"),
	VDC_F_TEXT(attribute, 0, .help = "what differs"),
	VDC_F_TEXT(storage, 0, .help = "what the storage says"),
	VDC_F_TEXT(database, 0, .help = "what the database says"),
	VDC_F_BOOL(in_flight, VDC_REQUIRED, .preset = "false",
		   .help = "work on the disk goes on, or ended a moment ago"),
	VDC_F_BOOL(confirmed, 0, .help = "still there when everything was read again"),
	VDC_F_TEXT(text, VDC_REQUIRED | VDC_LISTED, .title = "FINDING", .help = "what is wrong"),
	VDC_F_TEXT(advice, 0, .help = "what to do or to look at"),
};

const struct vdc_kind vdc_discrepancy_kind = VDC_KIND("discrepancy", "discrepancies", "discrepancy",
						      "where storage and database do not agree");

void vdc_discrepancy_say(struct vdc_discrepancy *found, struct vdc_arena *arena, const char *fmt,
			 va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	found->text = vdc_arena_strdup(arena, text);
}
