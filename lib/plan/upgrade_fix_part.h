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

/* A value for a field, and what it means. */
struct fix_change {
	const char *field;
	const char *value; /* NULL: none */
	const char *means;
	bool defines; /* libvirt has it, too */
	bool asks;
};

enum { FIXES_EACH = 4 }; /* most for one finding, besides hosts that are read anew */

/* Unless it is offered already. */
void fixing_add(struct fixing *fixing, const struct vdc_upgrade_fix *fix);

/* MEANS: other words than those of CHANGE; may be NULL. */
void fixing_change(struct fixing *fixing, const struct vdc_finding *finding,
		   const struct vdc_kind *kind, const void *object, const struct fix_change *change,
		   const char *means);

/* VM_MACHINE_REMOVED; upgrade_fix_machine.c. */
void fixing_machine(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm);

/* What can be done to the VM, the host or the storage itself. */
void fixing_way(struct fixing *fixing, const struct vdc_finding *finding);
