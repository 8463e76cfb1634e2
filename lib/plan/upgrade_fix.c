/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_fix.h"

#include <string.h>

#include "plan/drain.h"

struct fixing {
	const struct vdc_upgrade_question *question;
	struct vdc_arena *arena;
	struct vdc_upgrade_fixes ret;
};

/* A value for a field, and what it means. */
struct change {
	const char *field;
	const char *value; /* NULL: none */
	const char *means;
};

#define RUNS_ON "until it is started anew what runs stays as it is; the event keeps what it had"

static const struct change cpu_pins = { "cpu_pinning", NULL, RUNS_ON };
static const struct change cpu_policy = { "cpu_pinning_policy", "none", RUNS_ON };
static const struct change numa_pins = { "numa_pinning", NULL, RUNS_ON };
static const struct change migratable = { "affinity", "migratable",
					  "users and commands may move it from now on" };
static const struct change any_host = { "pinned_hosts", NULL,
					"it may run on every host of its cluster from now on" };
static const struct change moved = { "eviction_strategy", "live_migrate",
				     "it is moved, running, in place of being shut down" };
static const struct change if_possible = { "eviction_strategy", "live_migrate_if_possible", NULL };
static const struct change virtual_functions = {
	"sriov_live_migration", "true",
	"virtual machines lose their virtual functions for the time of a move"
};

static bool is_offered(const struct fixing *fixing, const void *object,
		       const struct vdc_field *field)
{
	for (size_t i = 0; i < fixing->ret.n; i++)
		if (fixing->ret.items[i].object == object && fixing->ret.items[i].field == field)
			return true;
	return false;
}

static void add(struct fixing *fixing, const struct vdc_finding *finding,
		const struct vdc_kind *kind, const void *object, const struct change *change,
		const char *means)
{
	const struct vdc_field *field = change ? vdc_kind_field(kind, change->field) : NULL;
	const char *name = vdc_object_name(kind, object), *offer;

	if (is_offered(fixing, object, field))
		return;
	if (!change)
		offer = vdc_arena_format(fixing->arena, "read %s %s anew", kind->word, name);
	else if (change->value)
		offer = vdc_arena_format(fixing->arena, "set %s of %s %s to %s", change->field,
					 kind->word, name, change->value);
	else
		offer = vdc_arena_format(fixing->arena, "remove %s of %s %s", change->field,
					 kind->word, name);
	fixing->ret.items[fixing->ret.n++] = (struct vdc_upgrade_fix){
		.finding = finding,
		.kind = kind,
		.object = object,
		.field = field,
		.value = change ? change->value : NULL,
		.offer = offer,
		.means = means ?: change->means,
	};
}

/* OBJECT as it is after the change. */
static void *changed(const struct fixing *fixing, const struct vdc_kind *kind, const void *object,
		     const struct change *change)
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
		add(fixing, finding, &vdc_vm_kind, vm, &cpu_pins, NULL);
	if (vm->cpu_pinning_policy != VDC_UNSET && vm->cpu_pinning_policy > VDC_PINNING_NONE)
		add(fixing, finding, &vdc_vm_kind, vm, &cpu_policy, NULL);
}

static void free_numa(struct fixing *fixing, const struct vdc_finding *finding,
		      const struct vdc_vm *vm)
{
	add(fixing, finding, &vdc_vm_kind, vm, &numa_pins, NULL);
}

static void free_to_move(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_vm *vm)
{
	add(fixing, finding, &vdc_vm_kind, vm, &migratable, NULL);
}

static bool helps(const struct vdc_drain_verdict *verdict)
{
	return verdict->drain == VDC_DRAIN_MOVE;
}

/* The first change after which it moves; if there is none, that which lets it be shut down. */
static void unblock(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm)
{
	static const struct change *const ways[] = { &migratable, &any_host };
	const struct vdc_cluster *cluster = fixing->question->snapshot->cluster;
	const struct vdc_cluster *with =
		changed(fixing, &vdc_cluster_kind, cluster, &virtual_functions);
	struct vdc_drain_verdict verdict;

	for (size_t i = 0; i < VDC_COUNT(ways); i++) {
		verdict = vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, ways[i]), cluster,
					 fixing->arena);
		if (helps(&verdict)) {
			add(fixing, finding, &vdc_vm_kind, vm, ways[i], NULL);
			return;
		}
	}
	verdict = vdc_plan_drain(vm, with, fixing->arena);
	if (helps(&verdict)) {
		add(fixing, finding, &vdc_cluster_kind, cluster, &virtual_functions, NULL);
		return;
	}
	verdict = vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, &if_possible), cluster,
				 fixing->arena);
	if (verdict.drain)
		add(fixing, finding, &vdc_vm_kind, vm, &if_possible,
		    verdict.reason ?: "it is moved as every other one");
}

static void keep_running(struct fixing *fixing, const struct vdc_finding *finding,
			 const struct vdc_vm *vm)
{
	struct vdc_drain_verdict verdict =
		vdc_plan_drain(changed(fixing, &vdc_vm_kind, vm, &moved),
			       fixing->question->snapshot->cluster, fixing->arena);

	if (helps(&verdict))
		add(fixing, finding, &vdc_vm_kind, vm, &moved, NULL);
}

/* Findings about VMs by their codes. */
static const struct {
	const char *code;
	void (*fix)(struct fixing *fixing, const struct vdc_finding *finding,
		    const struct vdc_vm *vm);
} remedies[] = {
	{ "VM_CPU_PINNED", free_cpus },		 { "VM_NUMA_PINNED", free_numa },
	{ "VM_NOT_MIGRATABLE", free_to_move },	 { "VM_BLOCKS_DRAIN", unblock },
	{ "VM_STOPPED_BY_DRAIN", keep_running },
};

static void fix_vm(struct fixing *fixing, const struct vdc_finding *finding)
{
	const struct vdc_vm *vm =
		vdc_world_find(fixing->question->world, &vdc_vm_kind, finding->object_id);

	for (size_t i = 0; vm && i < VDC_COUNT(remedies); i++)
		if (strcmp(finding->code, remedies[i].code) == 0)
			remedies[i].fix(fixing, finding, vm);
}

/* What is not known of a host may be known once somebody looks. */
static void fix_host(struct fixing *fixing, const struct vdc_finding *finding)
{
	static const char *const codes[] = { "HOST_OS_UNREADABLE", "HOST_NON_RESPONSIVE" };
	const struct vdc_host *host =
		vdc_world_find(fixing->question->world, &vdc_host_kind, finding->object_id);

	for (size_t i = 0; host && i < VDC_COUNT(codes); i++)
		if (strcmp(finding->code, codes[i]) == 0)
			add(fixing, finding, &vdc_host_kind, host, NULL,
			    "what is known of it changes, and its status with it");
}

static void fix_cluster(struct fixing *fixing, const struct vdc_finding *finding)
{
	const struct vdc_upgrade_snapshot *s = fixing->question->snapshot;

	if (strcmp(finding->code, "CPU_UNKNOWN") != 0)
		return;
	for (uint32_t h = 0; h < s->input.n_hosts; h++)
		if (!s->input.hosts[h].away &&
		    vdc_placement_cpu_used(s->placement, s->hosts[h]) == VDC_UNSET)
			add(fixing, finding, &vdc_host_kind, s->hosts[h], NULL,
			    "its load is measured");
}

struct vdc_upgrade_fixes vdc_plan_upgrade_fixes(const struct vdc_upgrade_question *question,
						const struct vdc_findings *findings)
{
	size_t most = findings->n * 2 + question->snapshot->input.n_hosts;
	struct fixing fixing = {
		.question = question,
		.arena = findings->arena,
		.ret.items = vdc_arena_alloc(findings->arena, most * sizeof(*fixing.ret.items)),
	};

	for (size_t i = 0; i < findings->n; i++) {
		fix_vm(&fixing, findings->items[i]);
		fix_host(&fixing, findings->items[i]);
		fix_cluster(&fixing, findings->items[i]);
	}
	return fixing.ret;
}
