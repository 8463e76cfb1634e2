/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "plan/vm_upgrade.h"

static bool equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Levels of one family can be compared; else what the machine type says has to do. */
static bool is_newer(const struct vdc_cluster *from, const struct vdc_cluster *to, int running,
		     int at)
{
	bool comparable = from->version.major >= 0 && to->version.major >= 0 &&
			  equal(from->level_family, to->level_family);

	if (comparable)
		return vdc_level_compare(from->version, to->version) < 0;
	return running >= 0 && at >= 0 && running < at;
}

static void forget(struct vdc_vm *vm)
{
	vm->compatibility_mode = 0;
	vm->migrated_from_cluster = NULL;
	vm->migrated_from_level = (struct vdc_level){ .major = -1 };
	vm->migrated_at = VDC_UNSET;
}

void vdc_plan_vm_moved(struct vdc_vm *vm, const struct vdc_cluster *from,
		       const struct vdc_cluster *to, bool live, int running, int at, int64_t now,
		       struct vdc_arena *arena)
{
	bool in_mode = vdc_is_true(vm->compatibility_mode);

	vm->cluster = (struct vdc_ref){ .id = vdc_arena_strdup(arena, to->id) };
	if (in_mode && (equal(vm->migrated_from_cluster, to->name) ||
			vdc_level_compare(to->version, vm->migrated_from_level) <= 0)) {
		forget(vm);
		return;
	}
	/* On its way through several clusters the oldest is the one that it is compatible with. */
	if (in_mode || !live || !is_newer(from, to, running, at))
		return;
	vm->compatibility_mode = 1;
	vm->migrated_from_cluster = vdc_arena_strdup(arena, from->name);
	vm->migrated_from_level = from->version;
	vm->migrated_at = now;
}

void vdc_plan_vm_entered(const struct vdc_catalogue *catalogue, struct vdc_vm *vm,
			 const struct vdc_cluster *from, const struct vdc_cluster *to,
			 const char *architecture, bool live, int64_t now, struct vdc_arena *arena)
{
	const struct vdc_level_family *family =
		catalogue ? vdc_catalogue_family(catalogue, to->level_family) : NULL;
	int running = -1, at = -1;

	if (family) {
		at = vdc_family_level(family, to->version);
		running = vdc_family_machine_level(family, architecture, vm->running_machine_type);
	}
	vdc_plan_vm_moved(vm, from, to, live, running, at, now, arena);
}
