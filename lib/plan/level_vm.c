/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_vm.h"

#include <errno.h>
#include <string.h>

#include "model/fields.h"
#include "plan/level_part.h"

const struct vdc_enum vdc_behind_values = {
	.name = "why a VM is behind",
	VDC_WORD_LIST("pending", "own_level", "pinned", "compatibility_mode", "machine_type"),
};

static int index_of(const struct vdc_level_family *family, struct vdc_level level)
{
	return level_is_set(level) ? vdc_family_level(family, level) : -1;
}

static bool level_has(const struct vdc_level_family *family, int level,
		      const struct vdc_cluster *cluster, const char *machine)
{
	return level >= 0 &&
	       vdc_level_has_machine(&family->levels[level], cluster->cpu_architecture, machine);
}

/* The level that it was started with; of a VM in compatibility mode, that of where it came from. */
static int noted_level(const struct vdc_level_family *family, const struct vdc_vm *vm)
{
	int level = level_vm_is_held(vm->status) ? index_of(family, vm->running_level) : -1;

	if (level < 0 && vdc_is_true(vm->compatibility_mode))
		level = index_of(family, vm->migrated_from_level);
	return level;
}

/* Levels share machine types: what was noted, then what is configured, decides between them. */
static int running_level(const struct vdc_level_family *family, const struct vdc_cluster *cluster,
			 const struct vdc_vm *vm, const struct vdc_vm_level *level)
{
	int noted = noted_level(family, vm), by_machine = -1;

	if (level->machine)
		by_machine =
			vdc_family_machine_level(family, cluster->cpu_architecture, level->machine);
	if (by_machine < 0)
		return noted >= 0 ? noted : level->configured;
	if (level_has(family, noted, cluster, level->machine))
		return noted;
	if (level_has(family, level->configured, cluster, level->machine))
		return level->configured;
	return by_machine;
}

static enum vdc_behind why_behind(const struct vdc_level_family *family,
				  const struct vdc_cluster *cluster, const struct vdc_vm *vm,
				  const struct vdc_vm_level *level)
{
	int wanted = index_of(family, cluster->version);
	bool late = level->running >= 0 && level->running < wanted;

	if (vdc_is_true(vm->compatibility_mode))
		return VDC_BEHIND_COMPATIBILITY;
	if (late && vm->custom_emulated_machine)
		return VDC_BEHIND_PINNED;
	if (level_is_set(vm->custom_compatibility_version) && level_is_set(cluster->version) &&
	    vdc_level_compare(vm->custom_compatibility_version, cluster->version) < 0)
		return VDC_BEHIND_OWN_LEVEL;
	if (vdc_is_true(vm->next_run_configuration_exists))
		return VDC_BEHIND_PENDING;
	if (!late)
		return VDC_BEHIND_NOT;
	return noted_level(family, vm) == level->running ? VDC_BEHIND_PENDING : VDC_BEHIND_MACHINE;
}

struct vdc_vm_level vdc_plan_vm_level(const struct vdc_level_family *family,
				      const struct vdc_cluster *cluster, const struct vdc_vm *vm)
{
	struct vdc_level own = vm->custom_compatibility_version;
	struct vdc_vm_level level = {
		.configured = index_of(family, level_is_set(own) ? own : cluster->version),
		.machine = vm->running_machine_type,
	};

	if (!level.machine)
		level.machine = vm->machine_type ? vm->machine_type : vm->custom_emulated_machine;
	level.running = running_level(family, cluster, vm, &level);
	level.behind = why_behind(family, cluster, vm, &level);
	return level;
}
