/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unit of a scheduling policy and what becomes of it while a cluster's hosts change their major
 * version. It is not stored: plan/upgrade_units.h has them all. */
#pragma once

#include "model/kind.h"

enum vdc_policy_unit_use {
	VDC_UNIT_KEPT = 1,
	VDC_UNIT_DISABLED,
	VDC_UNIT_MANDATORY,
};

struct vdc_policy_unit {
	char *id;	/* its name in ovirt-engine */
	int64_t use;	/* enum vdc_policy_unit_use */
	int64_t active; /* boolean: in that cluster, now */
	char *uuid;	/* NULL: it has no fixed one */
	char *note;
};

extern const struct vdc_kind vdc_policy_unit_kind;
extern const struct vdc_enum vdc_policy_unit_use_values;
