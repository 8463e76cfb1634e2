/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fence_treatment.h"

#include "model/fields.h"

const struct vdc_enum vdc_fence_do_values = {
	.name = "step of a treatment",
	VDC_WORD_LIST("wait", "look", "count", "soft", "non_responsive", "ask_lease", "kdump",
		      "ask_power", "off", "down", "free_leases", "on", "set_up", "give_up", "done",
		      "connecting"),
};

#define NOUN struct vdc_fence_step
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the host"),
	VDC_F_INT(number, VDC_REQUIRED | VDC_KEY, .help = "place in the order"),
	VDC_F_TEXT(host, VDC_REQUIRED, .path = "host/name", .help = "name of the host"),
	VDC_F_TIME(time, VDC_REQUIRED | VDC_LISTED, .help = "when, at the latest"),
	VDC_F_ENUM(action, vdc_fence_do_values, VDC_REQUIRED | VDC_LISTED, .help = "what is done"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why"),
};

const struct vdc_kind vdc_fence_step_kind =
	VDC_KIND("fence_step", "fence_steps", "fence-step", "what is done about a silent host");
