/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/upgrade_fix*.c. */
#pragma once

#include "plan/upgrade_fix.h"

struct fixing {
	const struct vdc_upgrade_question *question;
	struct vdc_arena *arena;
	struct vdc_upgrade_fixes ret;
	const struct vdc_upgrade_fix *first; /* that helps with the present finding */
};

enum { FIXES_EACH = 4 }; /* most for one finding, besides hosts that are read anew */

/* Unless it is offered already. */
void fixing_add(struct fixing *fixing, const struct vdc_upgrade_fix *fix);

/* What can be done to the VM, the host or the storage itself. */
void fixing_way(struct fixing *fixing, const struct vdc_finding *finding);
