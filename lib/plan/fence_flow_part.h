/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/fence_*.c. */
#pragma once

#include "plan/fence_flow.h"

/* The rules that keep a host from being shot, or from being left for dead. A test takes each of them away, and wants that to be
 * found out. */
enum vdc_fence_rule {
	VDC_FENCE_RULE_MAINTENANCE = 1,
	VDC_FENCE_RULE_QUIET,
	VDC_FENCE_RULE_DELAY,
	VDC_FENCE_RULE_UNCLEAR,
	VDC_FENCE_RULE_COUNT,
	VDC_FENCE_RULE_STORM,
	VDC_FENCE_RULE_HOUR,
	VDC_FENCE_RULE_ENABLED,
	VDC_FENCE_RULE_LEASE,
	VDC_FENCE_RULE_PROOF,
	VDC_FENCE_RULE_FREE,
	VDC_FENCE_RULE_FREE_ONCE,
	VDC_FENCE_RULE_OWN_SHOT,
	VDC_FENCE_N_RULES,
};

#ifndef RULE
#define RULE(rule, holds) (holds)
#endif

/* What stands in the way for ever: no power management; fencing disabled. NULL: nothing. */
const char *vdc_fence_unable(const struct vdc_fence_sight *sight, struct vdc_arena *arena);

/* The first line of TEXT, may be NULL, as far as it fits. */
void vdc_fence_flow_explain(struct vdc_fence_flow *flow, const char *text);
