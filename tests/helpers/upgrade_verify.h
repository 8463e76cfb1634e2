/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Replays the plan of an upgrade step by step and recomputes all that it says of itself. It shares
 * nothing with the planner but the types.
 */
#pragma once

#include "plan/upgrade_plan.h"

/* NULL, or what is wrong, in ARENA. RESERVE: also look at every single loss (hosts squared). */
const char *upgrade_verify(const struct vdc_upgrade_input *in, const struct vdc_upgrade_plan *plan,
			   bool reserve, struct vdc_arena *arena);
