/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/policy_unit.h"

#include "model/fields.h"

const struct vdc_enum vdc_policy_unit_use_values = {
	.name = "use",
	VDC_WORD_LIST("kept", "disabled", "mandatory"),
};

#define NOUN struct vdc_policy_unit
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED | VDC_LISTED, .path = "@id", .title = "UNIT",
		   .help = "name of the unit in ovirt-engine"),
	VDC_F_ENUM(use, vdc_policy_unit_use_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "what the policy does with it: kept, disabled, mandatory"),
	VDC_F_BOOL(active, VDC_LISTED, .help = "the cluster has the policy, and the unit acts"),
	VDC_F_UUID(uuid, VDC_LISTED, .help = "its UUID, where it has a fixed one"),
	VDC_F_TEXT(note, VDC_LISTED, .help = "why"),
};

const struct vdc_kind vdc_policy_unit_kind = VDC_KIND(
	"policy_unit", "policy_units", "policy-unit", "a unit of the in-cluster upgrade policy");
