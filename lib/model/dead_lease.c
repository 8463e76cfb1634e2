/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/dead_lease.h"

#include "model/fields.h"

const struct vdc_enum vdc_dead_lease_result_values = {
	.name = "what became of the leases of a dead host",
	VDC_WORD_LIST("freed", "nothing", "away", "refused", "failed"),
};

#define NOUN struct vdc_dead_lease
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the storage domain"),
	VDC_F_TEXT(name, VDC_KEY | VDC_LISTED, .title = "DOMAIN",
		   .help = "name of the storage domain"),
	VDC_F_INT(host_id, VDC_REQUIRED | VDC_LISTED, .title = "HOSTID", VDC_RANGE(1, 2000),
		  .help = "number of the dead host in its lockspace"),
	VDC_F_TEXT(sanlock_name, VDC_REQUIRED, .help = "name under which that host renewed"),
	VDC_F_INT(generation, 0, VDC_RANGE(0, INT64_MAX),
		  .help = "how often its number had been taken, as the database has it"),
	VDC_F_INT(off_for, VDC_REQUIRED, VDC_RANGE(0, INT64_MAX),
		  .help = "microseconds since its power was proven off"),
	VDC_F_ENUM(result, vdc_dead_lease_result_values, VDC_OBSERVED | VDC_LISTED,
		   .help = "what came of it"),
	VDC_F_INT(freed, VDC_OBSERVED | VDC_LISTED, .title = "GENERATION",
		  .help = "how often its number had been taken when it got what is free now"),
	VDC_F_TEXT(message, VDC_OBSERVED | VDC_LISTED, .help = "why"),
};

const struct vdc_kind vdc_dead_lease_kind =
	VDC_KIND("dead_lease", "dead_leases", "dead-lease", "what a dead host held in a lockspace");
