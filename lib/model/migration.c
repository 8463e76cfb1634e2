/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/migration.h"

#include "model/fields.h"

const struct vdc_enum vdc_move_end_values = {
	.name = "result of a migration",
	VDC_WORD_LIST("done", "stayed", "refused", "busy", "skipped", "stopped", "unknown",
		      "planned"),
};

#define NOUN struct vdc_migration
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the VM"),
	VDC_F_TEXT(vm, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "vm/name",
		   .help = "name of the VM"),
	VDC_F_TEXT(from, VDC_LISTED, .path = "from/name", .help = "host that it ran on"),
	VDC_F_TEXT(to, VDC_LISTED, .path = "to/name", .help = "host that it moves to"),
	VDC_F_ENUM(result, vdc_move_end_values, VDC_LISTED, .help = "what became of it"),
	VDC_F_INT(took, VDC_LISTED, .title = "MS", .help = "how long it took, in milliseconds"),
	VDC_F_INT(downtime, VDC_LISTED, .title = "PAUSE",
		  .help = "how long the VM stood still, in milliseconds"),
	VDC_F_UUID(job, 0, .path = "job@id", .help = "job that did it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why"),
};

const struct vdc_kind vdc_migration_kind =
	VDC_KIND("migration", "migrations", "migration", "the move of a running VM");
