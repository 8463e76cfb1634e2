/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/affinity_repair.h"

#include <stdlib.h>
#include <string.h>

#include "plan/affinity_repair_part.h"

static struct place_vm *member(const struct affinity_repair *r, size_t i)
{
	return &r->placement->vms[r->group->vms[i]];
}

/* The first VM whose host its group does not allow. */
static const struct place_vm *misplaced(const struct affinity_repair *r)
{
	for (size_t i = 0; i < r->group->n_vms; i++) {
		const struct place_vm *vm = member(r, i);

		if (vm->host >= 0 && place_is_off_limits(r->group, vm->host))
			return vm;
	}
	return NULL;
}

/* The first VM that is not where one before it is. */
static const struct place_vm *astray(const struct affinity_repair *r)
{
	ptrdiff_t first = -1;

	for (size_t i = 0; i < r->group->n_vms; i++) {
		const struct place_vm *vm = member(r, i);

		if (vm->host >= 0 && first >= 0 && vm->host != first)
			return vm;
		first = first < 0 ? vm->host : first;
	}
	return NULL;
}

/* One that it is with and should not. */
static const struct place_vm *met_by(const struct affinity_repair *r, const struct place_vm *vm)
{
	return vm->host < 0 ? NULL : place_met_at(r->placement, r->group, vm, vm->host);
}

static const struct place_vm *crowded(const struct affinity_repair *r)
{
	for (size_t i = 0; i < r->group->n_vms; i++)
		if (met_by(r, member(r, i)))
			return member(r, i);
	return NULL;
}

static bool any_host(const struct affinity_repair *r vdc_unused,
		     const struct affinity_clump *clump vdc_unused, ptrdiff_t host vdc_unused)
{
	return true;
}

static bool host_of_group(const struct affinity_repair *r,
			  const struct affinity_clump *clump vdc_unused, ptrdiff_t host)
{
	return !place_is_off_limits(r->group, host);
}

static bool in_clump(const struct affinity_repair *r, const struct affinity_clump *clump,
		     const struct place_vm *vm)
{
	for (size_t i = 0; i < clump->n; i++)
		if (&r->placement->vms[clump->vms[i]] == vm)
			return true;
	return false;
}

static bool host_without_others(const struct affinity_repair *r, const struct affinity_clump *clump,
				ptrdiff_t host)
{
	for (size_t i = 0; i < r->group->n_vms; i++)
		if (member(r, i)->host == host && !in_clump(r, clump, member(r, i)))
			return false;
	return true;
}

static void fix_hosts(struct affinity_repair *r)
{
	for (size_t i = 0; i < r->group->n_vms; i++) {
		const struct place_vm *vm = member(r, i);
		struct affinity_clump clump;

		if (vm->host < 0 || !place_is_off_limits(r->group, vm->host))
			continue;
		clump = affinity_clump_of(r, r->group->vms[i]);
		affinity_settle(r, &clump, host_of_group);
	}
}

static void fix_together(struct affinity_repair *r)
{
	struct affinity_clump clump;

	if (!astray(r))
		return;
	clump = affinity_clump_of_group(r);
	affinity_settle(r, &clump, any_host);
}

/* Those that nobody has to follow go first: the other one can stay then. */
static void fix_apart(struct affinity_repair *r)
{
	for (int alone = 1; alone >= 0; alone--)
		for (size_t i = 0; i < r->group->n_vms; i++) {
			struct affinity_clump clump;

			if (!met_by(r, member(r, i)))
				continue;
			clump = affinity_clump_of(r, r->group->vms[i]);
			if (!alone || clump.n == 1)
				affinity_settle(r, &clump, host_without_others);
		}
}

static void fix(struct affinity_repair *r, bool must)
{
	bool together = vdc_is_true(r->group->group->vms_positive);

	if (place_binds_hosts(r->group, must))
		fix_hosts(r);
	if (place_binds_vms(r->group, must))
		(together ? fix_together : fix_apart)(r);
}

static void leave(struct affinity_repair *r, bool must, const char *reason)
{
	const struct vdc_affinity_left left = { r->group->group, must, reason };

	vdc_buf_add(&r->left, &left, sizeof(left));
}

static const char *host_name(const struct affinity_repair *r, const struct place_vm *vm)
{
	return r->placement->hosts[vm->host].host->name;
}

static void judge(struct affinity_repair *r, bool must)
{
	bool together = vdc_is_true(r->group->group->vms_positive);
	const struct place_vm *vm = place_binds_hosts(r->group, must) ? misplaced(r) : NULL;

	if (vm)
		leave(r, must,
		      vdc_arena_format(r->arena,
				       "VM %s is on host %s, and no host that the group allows "
				       "can take it",
				       vm->vm->name, host_name(r, vm)));
	vm = !place_binds_vms(r->group, must) ? NULL : together ? astray(r) : crowded(r);
	if (vm && together)
		leave(r, must,
		      vdc_arena_format(r->arena,
				       "VM %s is on host %s, others are not, and no host can take "
				       "them all",
				       vm->vm->name, host_name(r, vm)));
	else if (vm)
		leave(r, must,
		      vdc_arena_format(r->arena,
				       "VMs %s and %s are on host %s, and no other host can take "
				       "one of them",
				       vm->vm->name, met_by(r, vm)->vm->name, host_name(r, vm)));
}

static int by_name(const void *left, const void *right)
{
	const struct vdc_affinity_group *a = (*(const struct place_group *const *)left)->group;
	const struct vdc_affinity_group *b = (*(const struct place_group *const *)right)->group;
	int order = strcmp(a->name ?: "", b->name ?: "");

	return order ? order : strcmp(a->id, b->id);
}

static const struct place_group **sort_groups(const struct affinity_repair *r, size_t *n)
{
	const struct place_group **groups =
		vdc_alloc((r->placement->n_groups + 1) * sizeof(*groups));

	*n = 0;
	for (size_t i = 0; i < r->placement->n_groups; i++) {
		const char *cluster = r->placement->groups[i].group->cluster.id;

		if (cluster && strcmp(cluster, r->cluster->cluster->id) == 0)
			groups[(*n)++] = &r->placement->groups[i];
	}
	qsort(groups, *n, sizeof(struct place_group *), by_name);
	return groups;
}

static void go_through(struct affinity_repair *r)
{
	size_t n;
	vdc_autofree const struct place_group **groups = sort_groups(r, &n);

	for (size_t pass = 0; pass < 4; pass++)
		for (size_t i = 0; i < n; i++) {
			r->group = groups[i];
			(pass < 2 ? fix : judge)(r, pass % 2 == 0);
		}
}

static const void *keep(struct vdc_buf *items, struct vdc_arena *arena)
{
	void *kept = vdc_arena_alloc(arena, items->len + 1);

	if (items->len)
		memcpy(kept, items->data, items->len);
	vdc_buf_free(items);
	return kept;
}

void vdc_plan_affinity_repair(struct vdc_placement *placement, const char *cluster_id,
			      bool accept_unknown, bool any_load, struct vdc_arena *arena,
			      struct vdc_affinity_repair *ret)
{
	struct affinity_repair r = {
		.placement = placement,
		.cluster = place_cluster_of(placement, cluster_id),
		.accept_unknown = accept_unknown,
		.any_load = any_load,
		.arena = arena,
	};

	*ret = (struct vdc_affinity_repair){ 0 };
	if (!r.cluster || r.cluster->upgrade || !placement->n_groups)
		return;
	r.scratch = vdc_alloc((placement->n_vms + 1) * sizeof(*r.scratch));
	r.in_clump = vdc_alloc(placement->n_vms + 1);
	go_through(&r);
	free(r.scratch);
	free(r.in_clump);
	ret->n_moves = r.moves.len / sizeof(*ret->moves);
	ret->n_left = r.left.len / sizeof(*ret->left);
	ret->moves = keep(&r.moves, arena);
	ret->left = keep(&r.left, arena);
}

static bool waits_for_any(const struct vdc_affinity_move *move,
			  const struct vdc_affinity_move *before, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (before[i].from == move->to || before[i].vm == move->vm)
			return true;
	return false;
}

size_t vdc_affinity_repair_batch(const struct vdc_affinity_repair *repair, size_t first)
{
	size_t n = 1;

	while (first + n < repair->n_moves &&
	       !waits_for_any(&repair->moves[first + n], &repair->moves[first], n))
		n++;
	return n;
}
