/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes that stand in the way; what is done to VMs and hosts is in upgrade_fix_way.c. */
#include <string.h>

#include "plan/drain.h"
#include "plan/upgrade_fix_part.h"

#define RUNS_ON "until it is started anew what runs stays as it is; the event keeps what it had"

static const struct fix_change cpu_pins = {
	.field = "cpu_pinning",
	.means = RUNS_ON,
	.defines = true,
};
static const struct fix_change cpu_policy = {
	.field = "cpu_pinning_policy",
	.value = "none",
	.means = RUNS_ON,
};
static const struct fix_change numa_pins = {
	.field = "numa_pinning",
	.means = RUNS_ON,
	.defines = true,
};
static const struct fix_change devices = {
	.field = "host_devices",
	.means = "from its next cold boot on its guest lacks them; the event keeps which they were",
	.defines = true,
	.asks = true,
};
static const struct fix_change migratable = {
	.field = "affinity",
	.value = "migratable",
	.means = "users and commands may move it from now on",
};
static const struct fix_change any_host = {
	.field = "pinned_hosts",
	.means = "it may run on every host of its cluster from now on",
};
static const struct fix_change moved = {
	.field = "eviction_strategy",
	.value = "live_migrate",
	.means = "it is moved, running, in place of being shut down",
};
static const struct fix_change if_possible = {
	.field = "eviction_strategy",
	.value = "live_migrate_if_possible",
};
static const struct fix_change virtual_functions = {
	.field = "sriov_live_migration",
	.value = "true",
	.means = "virtual machines lose their virtual functions for the time of a move",
};

void fixing_change(struct fixing *fixing, const struct vdc_finding *finding,
		   const struct vdc_kind *kind, const void *object, const struct fix_change *change,
		   const char *means)
{
	const char *name = vdc_object_name(kind, object);

	fixing_add(
		fixing,
		&(struct vdc_upgrade_fix){
			.finding = finding,
			.way = change->defines ? VDC_FIX_DEFINE : VDC_FIX_SET,
			.kind = kind,
			.object = object,
			.field = vdc_kind_field(kind, change->field),
			.value = change->value,
			.offer = change->value
					 ? vdc_arena_format(fixing->arena, "set %s of %s %s to %s",
							    change->field, kind->word, name,
							    change->value)
					 : vdc_arena_format(fixing->arena, "remove %s of %s %s",
							    change->field, kind->word, name),
			.means = means ?: change->means,
			.asks = change->asks,
		});
}

/* OBJECT as it is after the change. */
static void *changed(const struct fixing *fixing, const struct vdc_kind *kind, const void *object,
		     const struct fix_change *change)
{
	const struct vdc_field *field = vdc_kind_field(kind, change->field);
	void *copy = vdc_object_copy(kind, object, fixing->arena);

	if (change->value)
		vdc_value_parse(field, change->value, copy, fixing->arena, NULL);
	else
		*vdc_text_of(field, copy) = NULL;
	return copy;
}

static void free_cpus(struct fixing *fixing, const struct vdc_finding *finding,
		      const struct vdc_vm *vm)
{
	if (vm->cpu_pinning && *vm->cpu_pinning)
		fixing_change(fixing, finding, &vdc_vm_kind, vm, &cpu_pins, NULL);
	if (vm->cpu_pinning_policy != VDC_UNSET && vm->cpu_pinning_policy > VDC_PINNING_NONE)
		fixing_change(fixing, finding, &vdc_vm_kind, vm, &cpu_policy, NULL);
}

static void free_numa(struct fixing *fixing, const struct vdc_finding *finding,
		      const struct vdc_vm *vm)
{
	fixing_change(fixing, finding, &vdc_vm_kind, vm, &numa_pins, NULL);
}

static void free_devices(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_vm *vm)
{
	fixing_change(fixing, finding, &vdc_vm_kind, vm, &devices, NULL);
}

static void free_to_move(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_vm *vm)
{
	fixing_change(fixing, finding, &vdc_vm_kind, vm, &migratable, NULL);
}

static bool helps(const struct vdc_drain_verdict *verdict)
{
	return verdict->drain == VDC_DRAIN_MOVE;
}

/* The first change after which it moves; if there is none, that which lets it be shut down. */
static void unblock(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm)
{
	static const struct fix_change *const ways[] = { &migratable, &any_host };
	const struct vdc_cluster *cluster = fixing->question->snapshot->cluster;
	const struct vdc_cluster *with =
		changed(fixing, &vdc_cluster_kind, cluster, &virtual_functions);
	struct vdc_drain_verdict verdict;

	for (size_t i = 0; i < VDC_COUNT(ways); i++) {
		verdict = vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, ways[i]), cluster,
					 fixing->arena);
		if (helps(&verdict)) {
			fixing_change(fixing, finding, &vdc_vm_kind, vm, ways[i], NULL);
			return;
		}
	}
	verdict = vdc_plan_drain(vm, with, fixing->arena);
	if (helps(&verdict)) {
		fixing_change(fixing, finding, &vdc_cluster_kind, cluster, &virtual_functions,
			      NULL);
		return;
	}
	verdict = vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, &if_possible), cluster,
				 fixing->arena);
	if (verdict.drain)
		fixing_change(fixing, finding, &vdc_vm_kind, vm, &if_possible,
			      verdict.reason ?: "it is moved as every other one");
}

static void keep_running(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_vm *vm)
{
	struct vdc_drain_verdict verdict =
		vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, &moved),
			       fixing->question->snapshot->cluster, fixing->arena);

	if (helps(&verdict))
		fixing_change(fixing, finding, &vdc_vm_kind, vm, &moved, NULL);
}

/* Findings about VMs by their codes. */
static const struct {
	const char *code;
	void (*fix)(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm);
} remedies[] = {
	{ "VM_CPU_PINNED", free_cpus },		 { "VM_NUMA_PINNED", free_numa },
	{ "VM_NOT_MIGRATABLE", free_to_move },	 { "VM_BLOCKS_DRAIN", unblock },
	{ "VM_STOPPED_BY_DRAIN", keep_running }, { "VM_MACHINE_REMOVED", fixing_machine },
	{ "VM_PCI_PASSTHROUGH", free_devices },
};

static void fix_vm(struct fixing *fixing, const struct vdc_finding *finding)
{
	const struct vdc_vm *vm =
		vdc_world_find(fixing->question->world, &vdc_vm_kind, finding->object_id);

	for (size_t i = 0; vm && i < VDC_COUNT(remedies); i++)
		if (strcmp(finding->code, remedies[i].code) == 0)
			remedies[i].fix(fixing, finding, vm);
}

static const struct vdc_upgrade_fix *find_offered(const struct fixing *fixing,
						  const struct vdc_upgrade_fix *fix)
{
	for (size_t i = 0; i < fixing->ret.n; i++) {
		const struct vdc_upgrade_fix *other = &fixing->ret.items[i];

		if (other->object == fix->object && other->way == fix->way &&
		    other->field == fix->field)
			return other;
	}
	return NULL;
}

void fixing_add(struct fixing *fixing, const struct vdc_upgrade_fix *fix)
{
	const struct vdc_upgrade_fix *offered = find_offered(fixing, fix);

	if (!offered) {
		fixing->ret.items[fixing->ret.n] = *fix;
		offered = &fixing->ret.items[fixing->ret.n++];
	}
	fixing->first = fixing->first ?: offered;
}

bool vdc_upgrade_fix_is_moot(const struct vdc_upgrade_fixes *fixes,
			     const struct vdc_upgrade_fix *fix)
{
	if (fix->instead_of && fix->instead_of->done)
		return true;
	for (size_t i = 0; fix->instead_of && i < fixes->n; i++) {
		const struct vdc_upgrade_fix *other = &fixes->items[i];

		if (other->done && other->instead_of && other->object == fix->object)
			return true;
	}
	return false;
}

struct vdc_upgrade_fixes vdc_plan_upgrade_fixes(const struct vdc_upgrade_question *question,
						const struct vdc_findings *findings)
{
	size_t most = findings->n * FIXES_EACH + question->snapshot->input.n_hosts;
	struct fixing fixing = {
		.question = question,
		.arena = findings->arena,
		.ret.items = vdc_arena_alloc(findings->arena, most * sizeof(*fixing.ret.items)),
	};

	for (size_t i = 0; i < findings->n; i++) {
		fixing.first = NULL;
		fix_vm(&fixing, findings->items[i]);
		fixing_way(&fixing, findings->items[i]);
	}
	return fixing.ret;
}
