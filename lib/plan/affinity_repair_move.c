/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moving VMs that must be together to where a rule wants them. */
#include <stdlib.h>
#include <string.h>

#include "plan/affinity_repair_part.h"
#include "plan/drain.h"

struct candidate {
	const struct place_host *host;
	size_t moves; /* VMs of the clump that are elsewhere */
	int64_t filled;
};

static bool runs(const struct place_vm *vm)
{
	return vm->host >= 0;
}

static bool must_be_together(const struct place_group *group)
{
	return place_binds_vms(group, true) && vdc_is_true(group->group->vms_positive);
}

static void join(struct affinity_repair *r, struct affinity_clump *clump, size_t vm)
{
	if (r->in_clump[vm] || !runs(&r->placement->vms[vm]))
		return;
	r->in_clump[vm] = true;
	clump->vms[clump->n++] = vm;
}

static void join_group(struct affinity_repair *r, struct affinity_clump *clump,
		       const struct place_group *group)
{
	for (size_t i = 0; i < group->n_vms; i++)
		join(r, clump, group->vms[i]);
}

/* The first VMs are in it; others follow as far as the rules reach. */
static void close_clump(struct affinity_repair *r, struct affinity_clump *clump)
{
	for (size_t i = 0; i < clump->n; i++) {
		const struct place_vm *vm = &r->placement->vms[clump->vms[i]];

		for (size_t g = 0; g < vm->n_groups; g++)
			if (must_be_together(&r->placement->groups[vm->groups[g]]))
				join_group(r, clump, &r->placement->groups[vm->groups[g]]);
	}
	for (size_t i = 0; i < clump->n; i++)
		r->in_clump[clump->vms[i]] = false;
}

struct affinity_clump affinity_clump_of(struct affinity_repair *r, size_t vm)
{
	struct affinity_clump clump = { .vms = r->scratch };

	join(r, &clump, vm);
	close_clump(r, &clump);
	return clump;
}

struct affinity_clump affinity_clump_of_group(struct affinity_repair *r)
{
	struct affinity_clump clump = { .vms = r->scratch };

	join_group(r, &clump, r->group);
	close_clump(r, &clump);
	return clump;
}

static int better(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->moves != b->moves)
		return a->moves < b->moves ? -1 : 1;
	if (a->filled != b->filled)
		return a->filled < b->filled ? -1 : 1;
	return strcmp(a->host->host->name, b->host->host->name);
}

static int64_t filled(const struct place_host *host)
{
	int64_t limit = place_memory_limit(host, 0);

	return limit == VDC_UNSET || limit < 100 ? 100 : host->memory / (limit / 100);
}

static size_t elsewhere(const struct affinity_repair *r, const struct affinity_clump *clump,
			ptrdiff_t host)
{
	size_t n = 0;

	for (size_t i = 0; i < clump->n; i++)
		n += r->placement->vms[clump->vms[i]].host != host;
	return n;
}

static struct candidate *rank_hosts(struct affinity_repair *r, const struct affinity_clump *clump,
				    affinity_allows_fn *allows, size_t *n)
{
	struct candidate *all = vdc_alloc((r->cluster->n_hosts + 1) * sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < r->cluster->n_hosts; i++) {
		ptrdiff_t host = (ptrdiff_t)r->cluster->hosts[i];

		if (allows(r, clump, host))
			all[(*n)++] = (struct candidate){
				.host = &r->placement->hosts[host],
				.moves = elsewhere(r, clump, host),
				.filled = filled(&r->placement->hosts[host]),
			};
	}
	qsort(all, *n, sizeof(*all), better);
	return all;
}

static struct vdc_place_query query_of(const struct affinity_repair *r, const struct place_vm *vm)
{
	return (struct vdc_place_query){
		.vm = vm->vm,
		.accept_unknown = r->accept_unknown,
		.any_load = r->any_load,
	};
}

static void add_move(struct affinity_repair *r, const struct place_vm *vm,
		     const struct place_host *to)
{
	const struct vdc_affinity_move move = {
		.vm = vm->vm,
		.from = r->placement->hosts[vm->host].host,
		.to = to->host,
		.group = r->group->group,
	};

	vdc_buf_add(&r->moves, &move, sizeof(move));
}

/* All but the first BEGIN moves. */
static void take_back(struct affinity_repair *r, size_t begin)
{
	const struct vdc_affinity_move *moves = (const void *)r->moves.data;

	for (size_t i = r->moves.len / sizeof(*moves); i > begin; i--)
		vdc_placement_put(r->placement, moves[i - 1].vm, moves[i - 1].from);
	r->moves.len = begin * sizeof(*moves);
}

/* The whole clump to that host, or nothing. */
static bool move_to(struct affinity_repair *r, const struct affinity_clump *clump,
		    const struct place_host *to)
{
	size_t begin = r->moves.len / sizeof(struct vdc_affinity_move);
	bool good = true;

	for (size_t i = 0; i < clump->n; i++)
		vdc_placement_leaves(r->placement, r->placement->vms[clump->vms[i]].vm->id);
	for (size_t i = 0; i < clump->n && good; i++) {
		struct place_vm *vm = &r->placement->vms[clump->vms[i]];
		struct vdc_place_query query = query_of(r, vm);

		if (vm->host ==
		    to - r->placement->hosts) { /* it stays, if it may be there at all */
			good = !vdc_place_never(r->placement, &query, to->host, NULL, NULL);
			continue;
		}
		good = !vdc_plan_unmovable(vm->vm, r->cluster->cluster, r->arena) &&
		       !vdc_place_refuses(r->placement, &query, to->host, NULL, NULL);
		if (good) {
			add_move(r, vm, to);
			vdc_placement_put(r->placement, vm->vm, to->host);
		}
	}
	for (size_t i = 0; i < clump->n; i++)
		r->placement->vms[clump->vms[i]].leaves = false;
	if (!good)
		take_back(r, begin);
	return good;
}

bool affinity_settle(struct affinity_repair *r, const struct affinity_clump *clump,
		     affinity_allows_fn *allows)
{
	size_t n;
	vdc_autofree struct candidate *hosts = rank_hosts(r, clump, allows, &n);

	for (size_t i = 0; i < n; i++)
		if (move_to(r, clump, hosts[i].host))
			return true;
	return false;
}
