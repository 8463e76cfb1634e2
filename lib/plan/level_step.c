/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What another level does to one VM (CompatibilityVersionUpdater of ovirt-engine), with two
 * differences. A VM that runs is given the new configuration as that of its next start; the level
 * that it runs at is noted as running_level, not as a level of its own that somebody would have to
 * clear. And a machine type keeps its chipset.
 */
#include <inttypes.h>
#include <string.h>

#include "base/words.h"
#include "plan/level_check_part.h"
#include "plan/level_vm.h"

bool level_case_has(const struct level_case *c, int level, const struct vdc_level_feature *feature)
{
	if (!feature || !(feature->levels & level_bit(level)))
		return false;
	return !feature->architectures || !c->architecture ||
	       vdc_words_have(feature->architectures, c->architecture);
}

static int64_t at_most(int64_t value, int64_t limit)
{
	return limit == VDC_UNSET || value <= limit ? value : limit;
}

/* Notes what VALUE becomes; values that nobody gave stay so. */
static void clamp(struct level_list *list, const char *what, int64_t value, int64_t limit,
		  int64_t *after)
{
	if (value == VDC_UNSET || at_most(value, limit) == value)
		return;
	*after = limit;
	level_list_add(list, "%s %" PRId64 " to %" PRId64, what, value, limit);
}

static int64_t or_one(int64_t value)
{
	return value > 0 ? value : 1;
}

struct topology {
	int64_t sockets, cores, threads;
};

/* Each number by its own limit; then sockets are given up for the sum, then cores, then threads. */
static struct topology fit_topology(const struct vdc_vm *vm, const struct vdc_level_limits *limits)
{
	struct topology t = {
		.sockets = at_most(or_one(vm->cpu_sockets), limits->sockets),
		.cores = at_most(or_one(vm->cpu_cores), limits->cores_per_socket),
		.threads = at_most(or_one(vm->cpu_threads), limits->threads_per_core),
	};
	int64_t most = limits->vcpus;

	if (most == VDC_UNSET || t.sockets * t.cores * t.threads <= most)
		return t;
	t.sockets = or_one(most / (t.cores * t.threads));
	if (t.sockets * t.cores * t.threads > most)
		t.cores = or_one(most / t.threads);
	if (t.cores * t.threads > most)
		t.threads = most;
	return t;
}

static void clamp_cpus(const struct vdc_vm *vm, const struct vdc_level_limits *limits,
		       struct vdc_vm *after, struct level_list *list)
{
	struct topology t = fit_topology(vm, limits);
	bool known = vm->cpu_sockets > 0 || vm->cpu_cores > 0 || vm->cpu_threads > 0;

	clamp(list, "sockets", vm->cpu_sockets, t.sockets, &after->cpu_sockets);
	clamp(list, "cores", vm->cpu_cores, t.cores, &after->cpu_cores);
	clamp(list, "threads", vm->cpu_threads, t.threads, &after->cpu_threads);
	clamp(list, "CPUs", vm->vcpus, known ? t.sockets * t.cores * t.threads : limits->vcpus,
	      &after->vcpus);
}

static void clamp_memory(const struct vdc_vm *vm, const struct vdc_level_limits *limits,
			 struct vdc_vm *after, struct level_list *list)
{
	clamp(list, "max memory", vm->memory_max, limits->memory, &after->memory_max);
	clamp(list, "memory", vm->memory, limits->memory, &after->memory);
	clamp(list, "guaranteed memory", vm->memory_guaranteed, limits->memory,
	      &after->memory_guaranteed);
}

static const char *clamped(const struct level_case *c, const struct vdc_vm *vm,
			   struct vdc_vm *after)
{
	struct level_list list = { .separator = ", " };

	clamp_cpus(vm, &c->limits, after, &list);
	clamp_memory(vm, &c->limits, after, &list);
	return level_list_text(&list, c->arena);
}

bool level_vm_has_uefi(const struct level_case *c, const struct vdc_vm *vm)
{
	int64_t bios = vm->bios_type;

	if (bios <= 0 || bios == VDC_BIOS_CLUSTER_DEFAULT)
		bios = c->cluster->bios_type;
	return bios == VDC_BIOS_Q35_OVMF || bios == VDC_BIOS_Q35_SECURE_BOOT;
}

static bool shows(const struct vdc_vm *vm, const char *display)
{
	return vm->display_type && vdc_word_equal(vm->display_type, display);
}

static void replace_display(const struct level_case *c, const struct vdc_vm *vm,
			    struct level_step *step)
{
	bool cirrus = shows(vm, "cirrus") && c->cirrus && !level_case_has(c, c->to, c->cirrus);
	bool bochs = shows(vm, "bochs") && c->bochs &&
		     (!level_case_has(c, c->to, c->bochs) || !level_vm_has_uefi(c, vm));

	if (!cirrus && !bochs)
		return;
	step->after.display_type = vdc_arena_strdup(c->arena, "vga");
	step->display = vdc_arena_format(c->arena, "display %s becomes vga", vm->display_type);
}

/*
 * False: the level has none of its chipset. What is newer than the level that we raise to stays, and
 * what is older than the one that we lower to.
 */
static bool change_machine(const struct level_case *c, const struct vdc_vm *vm,
			   struct vdc_vm *after)
{
	const struct level_machine_fact *fact;

	if (!vm->machine_type || vm->custom_emulated_machine)
		return true;
	fact = level_machine_fact(c, vm->machine_type);
	if (fact->level < 0 || fact->stays || (fact->level < c->to) != c->raises)
		return true;
	if (!fact->chipset)
		return false;
	fact->chipset->used = true;
	after->machine_type = vdc_arena_strdup(c->arena, fact->chipset->machine);
	return true;
}

static void refuse(const struct level_case *c, const struct vdc_vm *vm, struct level_step *step)
{
	struct vdc_level to = c->question->to;

	step->effect = VDC_LEVEL_REFUSED;
	step->after = *c->blank;
	step->after.custom_compatibility_version = c->version;
	step->clamped = step->display = NULL;
	step->refused =
		vdc_arena_format(c->arena, "level %d.%d has no machine type of the chipset of %s",
				 to.major, to.minor, vm->machine_type);
}

/* What it runs at stays until its next cold boot, however often the cluster is raised. */
static void hold(const struct level_case *c, const struct vdc_vm *vm, struct vdc_vm *after)
{
	int running = vdc_plan_vm_level(c->family, c->cluster, vm).running;

	after->next_run_configuration_exists = 1;
	if (level_is_set(vm->running_level))
		return;
	after->running_level = running >= 0 ? c->family->levels[running].level : c->version;
}

static bool keeps_its_own(const struct vdc_vm *vm, struct level_step *step)
{
	step->compatibility = vdc_is_true(vm->compatibility_mode);
	step->foreign = vm->origin && vdc_word_equal(vm->origin, "external");
	return step->compatibility || step->foreign ||
	       level_is_set(vm->custom_compatibility_version);
}

void level_step(const struct level_case *c, const struct vdc_vm *vm, struct level_step *ret)
{
	bool held = level_vm_is_held(vm->status);

	*ret = (struct level_step){ .effect = VDC_LEVEL_OWN, .after = *c->blank };
	if (keeps_its_own(vm, ret))
		return;
	ret->effect = held ? VDC_LEVEL_PENDING : VDC_LEVEL_NOW;
	ret->clamped = clamped(c, vm, &ret->after);
	replace_display(c, vm, ret);
	if (!change_machine(c, vm, &ret->after))
		refuse(c, vm, ret);
	else if (held)
		hold(c, vm, &ret->after);
}
