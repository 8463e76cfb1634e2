/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compat-level vm list: at which level VMs really run, and why they are behind */
#include <string.h>

#include "cli/list.h"
#include "compat.h"
#include "model/host.h"
#include "model/vm.h"
#include "plan/level_report.h"
#include "plan/level_vm.h"
#include "store/store.h"

struct listing {
	struct compat compat;
	struct vdc_level_state state;
	struct vdc_vm_count **counts; /* by cluster, as in the state */
	struct vdc_list *list;	      /* NULL: only counted */
	bool outdated, pending;
};

static struct vdc_level level_at(const struct vdc_level_family *family, int index)
{
	return index < 0 ? (struct vdc_level){ -1, -1 } : family->levels[index].level;
}

static struct vdc_vm_report *report(const struct listing *l, const struct vdc_cluster_offer *offer,
				    const struct vdc_vm *vm, const struct vdc_vm_level *level,
				    struct vdc_vm_report *r)
{
	r->id = vm->id;
	r->name = vm->name;
	r->cluster = compat_ref(&vdc_cluster_kind, offer->cluster);
	r->host = compat_ref(&vdc_host_kind,
			     vdc_world_find(l->compat.world, &vdc_host_kind, vm->host.id));
	r->status = vm->status;
	r->machine_type = (char *)(uintptr_t)level->machine;
	r->level = level_at(offer->family, level->configured);
	r->running_level = level_at(offer->family, level->running);
	r->behind = level->behind;
	r->pending = vdc_is_true(vm->next_run_configuration_exists);
	r->custom_emulated_machine = vm->custom_emulated_machine;
	r->custom_compatibility_version = vm->custom_compatibility_version;
	r->migrated_from_cluster = vm->migrated_from_cluster;
	return r;
}

static void count(struct vdc_vm_count *c, enum vdc_behind behind)
{
	int64_t *const numbers[] = {
		[VDC_BEHIND_NOT] = &c->current,
		[VDC_BEHIND_PENDING] = &c->pending,
		[VDC_BEHIND_OWN_LEVEL] = &c->own_level,
		[VDC_BEHIND_PINNED] = &c->pinned,
		[VDC_BEHIND_COMPATIBILITY] = &c->compatibility_mode,
		[VDC_BEHIND_MACHINE] = &c->machine_type,
	};

	c->vms++;
	(*numbers[behind])++;
}

static size_t index_of_cluster(const struct listing *l, const struct vdc_vm *vm)
{
	size_t i = 0;

	while (i < l->state.n_clusters &&
	       strcmp(l->state.clusters[i].cluster->id, vm->cluster.id) != 0)
		i++;
	return i;
}

static int take(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	struct listing *l = ctx;
	const struct vdc_vm *vm = object;
	size_t i = index_of_cluster(l, vm);
	const struct vdc_cluster_offer *offer = &l->state.clusters[i];
	struct vdc_vm_level level;
	struct vdc_vm_report row;

	(void)kind;
	if (i == l->state.n_clusters)
		return 0;
	level = vdc_plan_vm_level(offer->family, offer->cluster, vm);
	count(l->counts[i], level.behind);
	if (!l->list || (l->outdated && level.behind == VDC_BEHIND_NOT) ||
	    (l->pending && !vdc_is_true(vm->next_run_configuration_exists)))
		return 0;
	return vdc_list_add(l->list, report(l, offer, vm, &level, &row), err);
}

static void prepare_counts(struct listing *l)
{
	struct vdc_arena *arena = l->compat.arena;

	l->counts =
		vdc_arena_alloc(arena, (l->state.n_clusters + 1) * sizeof(struct vdc_vm_count *));
	for (size_t i = 0; i < l->state.n_clusters; i++) {
		const struct vdc_cluster *cluster = l->state.clusters[i].cluster;

		l->counts[i] = vdc_arena_alloc(arena, sizeof(struct vdc_vm_count));
		l->counts[i]->id = cluster->id;
		l->counts[i]->name = cluster->name;
		l->counts[i]->version = cluster->version;
	}
}

static int read_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct listing *l = ctx;
	int r = compat_read(db, &l->compat, err);

	if (!r)
		r = vdc_plan_level_state(l->compat.world, l->compat.catalogue, l->compat.arena,
					 &l->state, err);
	if (r)
		return r;
	prepare_counts(l);
	return vdc_store_each(db, &vdc_vm_kind, 0, NULL, take, l, err);
}

static int print_counts(struct listing *l, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(l->compat.call, &vdc_vm_count_kind, &list, err);

	for (size_t i = 0; i < l->state.n_clusters && !r; i++)
		r = vdc_list_add(list, l->counts[i], err);
	return r ? r : vdc_list_end(list, err);
}

int compat_vm_list(struct vdc_call *call, struct vdc_err *err)
{
	struct listing l = {
		.outdated = vdc_given(call, "outdated"),
		.pending = vdc_given(call, "pending"),
	};
	int r = compat_open(&l.compat, call, err);

	l.compat.kinds = vdc_level_world_kinds;
	if (!r && !vdc_given(call, "count"))
		r = vdc_list_new(call, &vdc_vm_report_kind, &l.list, err);
	if (!r)
		r = vdc_db_snapshot(vdc_call_db(call), read_all, &l, err);
	if (r)
		return r;
	return l.list ? vdc_list_end(l.list, err) : print_counts(&l, err);
}
