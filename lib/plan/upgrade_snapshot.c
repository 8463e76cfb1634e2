/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_snapshot.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/similar.h"
#include "plan/drain.h"
#include "plan/placement_kin.h"
#include "plan/vm_status.h"

#define SECOND INT64_C(1000000)

const struct vdc_upgrade_choice vdc_upgrade_choice_default = {
	.max_away = VDC_UNSET,
	.away_percent = 10,
	.ceiling = 90,
	.ha_reserve = 1,
	.host_time = 600 * SECOND,
	.stop_time = 60 * SECOND,
};

/* What the planner's questions are answered from. */
struct known {
	struct vdc_place_kin *kin;
	const bool *loses_machine;
};

struct builder {
	struct vdc_world *world;
	const struct vdc_catalogue *catalogue;
	const struct vdc_upgrade_choice *choice;
	struct vdc_arena *arena;
	struct vdc_upgrade_snapshot *ret;
	struct vdc_upgrade_host *hosts;
	struct vdc_upgrade_vm *vms;
	struct vdc_map *numbers; /* id of a host -> number + 1 */
};

static bool may_run(const void *ctx, uint32_t vm, uint32_t host, bool upgraded)
{
	const struct known *known = ctx;

	return !(upgraded && known->loses_machine[vm]) && vdc_place_kin_fits(known->kin, vm, host);
}

static bool takes_vms(const struct vdc_host *host)
{
	return host->status == VDC_HOST_UP;
}

static bool named(const struct vdc_upgrade_choice *choice, const struct vdc_host *host)
{
	for (size_t i = 0; i < choice->n_hosts; i++)
		if (strcmp(choice->hosts[i], host->name) == 0 ||
		    strcmp(choice->hosts[i], host->id) == 0)
			return true;
	return false;
}

static bool is_selected(const struct vdc_upgrade_choice *choice, const struct vdc_host *host)
{
	if (choice->n_hosts > 0)
		return named(choice, host);
	return choice->all || vdc_is_true(host->update_available);
}

static unsigned slots_of(const struct vdc_cluster *cluster, const struct vdc_host *host)
{
	int64_t cores = host->cpu_count, slots = cluster->migrations_out;

	if (slots == VDC_UNSET)
		slots = cores != VDC_UNSET && cores < 2 ? cores : 2;
	if (cluster->migrations_in != VDC_UNSET && cluster->migrations_in < slots)
		slots = cluster->migrations_in;
	return slots < 1 ? 1 : (unsigned)slots;
}

static void add_host(struct builder *b, const struct vdc_host *host)
{
	uint32_t n = b->ret->input.n_hosts++;
	int64_t memory = host->memory == VDC_UNSET ? 0 : host->memory;

	b->ret->hosts[n] = host;
	b->hosts[n] = (struct vdc_upgrade_host){
		.id = host->id,
		.name = host->name,
		.memory = memory / 100 * b->ret->cluster->overcommit_percent,
		.slots = slots_of(b->ret->cluster, host),
		.selected = is_selected(b->choice, host),
		.away = !takes_vms(host),
		.spm = host->spm_status == VDC_SPM_SPM,
	};
	*vdc_map_add(b->numbers, host->id, strlen(host->id)) = n + 1;
}

static bool in_cluster(const struct builder *b, const struct vdc_ref *cluster)
{
	return cluster->id && strcmp(cluster->id, b->ret->cluster->id) == 0;
}

static void add_hosts(struct builder *b)
{
	void *const *all;
	size_t n = vdc_world_all(b->world, &vdc_host_kind, &all);

	b->hosts = vdc_arena_alloc(b->arena, n * sizeof(*b->hosts));
	b->ret->hosts = vdc_arena_alloc(b->arena, n * sizeof(struct vdc_host *));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];

		if (in_cluster(b, &host->cluster))
			add_host(b, host);
	}
	b->ret->input.hosts = b->hosts;
}

static void add_blocker(struct builder *b, const struct vdc_vm *vm, const struct vdc_host *host,
			const char *reason)
{
	b->ret->blockers[b->ret->n_blockers++] =
		(struct vdc_upgrade_blocker){ .vm = vm, .host = host, .reason = reason };
}

static void add_vm(struct builder *b, const struct vdc_vm *vm, uint32_t host)
{
	struct vdc_drain_verdict verdict = vdc_plan_drain(vm, b->ret->cluster, b->arena);
	bool leaves = b->hosts[host].selected;
	uint32_t n;

	if (leaves && !verdict.drain)
		add_blocker(b, vm, b->ret->hosts[host], verdict.reason);
	/* It counts where it is even if it stays or is in the way: as one that is shut down. */
	n = b->ret->input.n_vms++;
	b->ret->vms[n] = vm;
	b->vms[n] = (struct vdc_upgrade_vm){
		.id = vm->id,
		.name = vm->name,
		.host = host,
		.drain = verdict.drain ? verdict.drain : VDC_DRAIN_STOP,
		.memory = vm->memory == VDC_UNSET ? 0 : vm->memory,
		.cpu = vm->vcpus == VDC_UNSET ? 1 : vm->vcpus,
	};
}

static void add_vms(struct builder *b)
{
	void *const *all;
	size_t n = vdc_world_all(b->world, &vdc_vm_kind, &all);

	b->vms = vdc_arena_alloc(b->arena, n * sizeof(*b->vms));
	b->ret->vms = vdc_arena_alloc(b->arena, n * sizeof(struct vdc_vm *));
	b->ret->blockers = vdc_arena_alloc(b->arena, n * sizeof(*b->ret->blockers));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = all[i];
		const uint64_t *host;

		if (!vm->host.id || !vdc_vm_is_active(vm->status))
			continue;
		host = vdc_map_find(b->numbers, vm->host.id, strlen(vm->host.id));
		if (host)
			add_vm(b, vm, (uint32_t)(*host - 1));
	}
	b->ret->input.vms = b->vms;
}

static bool is_removed(const struct vdc_level_family *family, const struct vdc_vm *vm,
		       const char *architecture, uint64_t qemu)
{
	const char *machine = vm->running_machine_type ?: vm->machine_type;

	return family && machine && vdc_family_removal(family, architecture, machine, qemu);
}

static const bool *find_removed(const struct builder *b)
{
	const struct vdc_level_family *family =
		vdc_catalogue_family(b->catalogue, b->ret->cluster->level_family);
	bool *removed = vdc_arena_alloc(b->arena, b->ret->input.n_vms * sizeof(*removed));

	for (uint32_t v = 0; v < b->ret->input.n_vms; v++)
		removed[v] =
			is_removed(family, b->ret->vms[v],
				   b->ret->hosts[b->vms[v].host]->architecture, b->choice->qemu);
	return removed;
}

static void connect_filters(struct builder *b)
{
	struct known *known = vdc_arena_alloc(b->arena, sizeof(*known));
	struct vdc_placement *placement = vdc_placement_new(
		&(struct vdc_placement_input){
			.world = b->world,
			.catalogue = b->catalogue,
			.samples = b->choice->samples,
			.n_samples = b->choice->n_samples,
			.now = b->choice->now,
		},
		b->arena);

	known->loses_machine = b->ret->loses_machine = find_removed(b);
	known->kin = vdc_place_kin_new(placement, b->ret->vms, b->ret->input.n_vms, b->ret->hosts,
				       b->ret->input.n_hosts, b->choice->accept_unknown, b->arena);
	b->ret->placement = placement;
	if (!b->choice->os_major)
		vdc_upgrade_snapshot_groups(b->ret, b->arena);
	b->ret->input.may_run = may_run;
	b->ret->input.ctx = known;
}

static uint32_t max_away(const struct builder *b)
{
	int64_t n = b->choice->max_away;

	if (n == VDC_UNSET)
		n = b->ret->input.n_hosts * b->choice->away_percent / 100;
	return n < 1 ? 1 : (uint32_t)n;
}

static void add_limits(struct builder *b)
{
	struct vdc_upgrade_input *in = &b->ret->input;

	in->max_away = max_away(b);
	in->ceiling = b->choice->ceiling;
	in->ha_reserve = (uint32_t)b->choice->ha_reserve;
	in->bandwidth = b->ret->cluster->migration_bandwidth;
	in->host_time = b->choice->host_time;
	in->stop_time = b->choice->stop_time;
}

static int check_names(const struct builder *b, struct vdc_err *err)
{
	for (size_t i = 0; i < b->choice->n_hosts; i++) {
		const char *name = b->choice->hosts[i];
		struct vdc_similar similar = { .word = name };
		char hint[VDC_SIMILAR_HINT];
		uint32_t h = 0;

		while (h < b->ret->input.n_hosts && strcmp(b->hosts[h].name, name) != 0 &&
		       strcmp(b->hosts[h].id, name) != 0)
			vdc_similar_try(&similar, b->hosts[h++].name);
		if (h == b->ret->input.n_hosts)
			return vdc_err_set(err, -ENOENT, "cluster %s has no host %s%s",
					   b->ret->cluster->name, name,
					   vdc_similar_hint(&similar, hint));
	}
	return 0;
}

int vdc_upgrade_snapshot(struct vdc_world *world, const struct vdc_catalogue *catalogue,
			 const struct vdc_upgrade_choice *choice, struct vdc_arena *arena,
			 struct vdc_upgrade_snapshot *ret, struct vdc_err *err)
{
	struct vdc_upgrade_snapshot snapshot = { 0 };
	struct builder b = {
		.world = world,
		.catalogue = catalogue,
		.choice = choice,
		.arena = arena,
		.ret = &snapshot,
	};
	int r;

	snapshot.cluster = vdc_world_find(world, &vdc_cluster_kind, choice->cluster_id);
	if (!snapshot.cluster)
		return vdc_err_set(err, -ENOENT, "there is no cluster %s", choice->cluster_id);
	b.numbers = vdc_map_new();
	add_hosts(&b);
	r = check_names(&b, err);
	if (!r) {
		add_vms(&b);
		add_limits(&b);
		connect_filters(&b);
		snapshot.fingerprint = vdc_upgrade_fingerprint(&snapshot, arena);
		*ret = snapshot;
	}
	vdc_map_free(b.numbers);
	return r;
}

void vdc_upgrade_snapshot_free(struct vdc_upgrade_snapshot *snapshot)
{
	vdc_placement_free(snapshot->placement);
	snapshot->placement = NULL;
}
