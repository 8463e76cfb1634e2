/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The highest level that a cluster or a data centre is offered. Pure. */
#pragma once

#include "plan/level_check.h"

/* QUESTION's `to` is not looked at. -EPERM: none is offered, and why. */
int vdc_plan_level_offered(const struct vdc_level_question *question, struct vdc_arena *arena,
			   struct vdc_level *ret, struct vdc_err *err);
