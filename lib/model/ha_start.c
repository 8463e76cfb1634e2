/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/ha_start.h"

#include "model/fields.h"

static const struct vdc_enum state_values = {
	.name = "state of a start elsewhere",
	VDC_WORD_LIST("started", "starting", "ready", "waiting", "retrying", "refused", "dropped"),
};

#define NOUN struct vdc_ha_start
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the VM"),
	VDC_F_TEXT(vm, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "vm/name",
		   .help = "name of the VM"),
	VDC_F_INT(priority, VDC_LISTED, .help = "higher ones come first"),
	VDC_F_ENUM(state, state_values, VDC_REQUIRED | VDC_LISTED, .help = "how far it is"),
	VDC_F_TEXT(from, VDC_LISTED, .path = "from/name", .help = "host that failed"),
	VDC_F_TEXT(to, VDC_LISTED, .path = "to/name", .help = "host where it starts, or runs"),
	VDC_F_BOOL(lease, 0, .help = "a storage lease keeps it from running twice"),
	VDC_F_INT(failures, 0, .help = "tries that came to nothing"),
	VDC_F_TIME(next, 0, .help = "when it is tried again"),
	VDC_F_UUID(job, 0, .path = "job@id", .help = "job that does it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why, or what it waits for"),
};

const struct vdc_kind vdc_ha_start_kind = VDC_KIND(
	"ha_start", "ha_starts", "ha-start", "a VM whose host failed, and its start elsewhere");
