/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that must be together, or apart. What belongs together by several groups is one clump. */
#include "plan/upgrade_state.h"

/* A list for each of many, as in struct upgrade_index. */
struct lists {
	uint32_t *first, *items;
};

struct upgrade_groups {
	uint32_t *clump;    /* per VM; alone it is one, too */
	struct lists vms;   /* of each clump */
	struct lists apart; /* groups of each VM that keep it away from others */
};

static uint32_t root_of(uint32_t *parent, uint32_t vm)
{
	while (parent[vm] != vm) {
		parent[vm] = parent[parent[vm]];
		vm = parent[vm];
	}
	return vm;
}

static void join(const struct vdc_upgrade_group *group, uint32_t *parent)
{
	for (uint32_t i = 1; i < group->n_vms; i++)
		parent[root_of(parent, group->vms[i])] = root_of(parent, group->vms[0]);
}

static struct lists new_lists(uint32_t n, uint32_t n_items, struct vdc_arena *arena)
{
	return (struct lists){
		.first = vdc_arena_alloc(arena, ((size_t)n + 2) * sizeof(uint32_t)),
		.items = vdc_arena_alloc(arena, ((size_t)n_items + 1) * sizeof(uint32_t)),
	};
}

/* FIRST holds the lengths, two further: it becomes where each list ends, one further. */
static void sum_up(struct lists *lists, uint32_t n)
{
	for (uint32_t i = 1; i <= n + 1; i++)
		lists->first[i] += lists->first[i - 1];
}

static void append(struct lists *lists, uint32_t list, uint32_t item)
{
	lists->items[lists->first[list + 1]++] = item;
}

static void find_clumps(struct upgrade_groups *groups, const struct vdc_upgrade_input *in,
			struct vdc_arena *arena)
{
	uint32_t n = in->n_vms;
	vdc_autofree uint32_t *parent = vdc_realloc(NULL, n + 1, sizeof(*parent));

	for (uint32_t v = 0; v < n; v++)
		parent[v] = v;
	for (uint32_t g = 0; g < in->n_groups; g++)
		if (in->groups[g].together)
			join(&in->groups[g], parent);
	groups->clump = vdc_arena_alloc(arena, ((size_t)n + 1) * sizeof(uint32_t));
	groups->vms = new_lists(n, n, arena);
	for (uint32_t v = 0; v < n; v++) {
		groups->clump[v] = root_of(parent, v);
		groups->vms.first[groups->clump[v] + 2]++;
	}
	sum_up(&groups->vms, n);
	for (uint32_t v = 0; v < n; v++)
		append(&groups->vms, groups->clump[v], v);
}

static void find_apart(struct upgrade_groups *groups, const struct vdc_upgrade_input *in,
		       struct vdc_arena *arena)
{
	uint32_t n_items = 0;

	for (uint32_t g = 0; g < in->n_groups; g++)
		n_items += in->groups[g].together ? 0 : in->groups[g].n_vms;
	groups->apart = new_lists(in->n_vms, n_items, arena);
	for (uint32_t g = 0; g < in->n_groups; g++)
		for (uint32_t i = 0; !in->groups[g].together && i < in->groups[g].n_vms; i++)
			groups->apart.first[in->groups[g].vms[i] + 2]++;
	sum_up(&groups->apart, in->n_vms);
	for (uint32_t g = 0; g < in->n_groups; g++)
		for (uint32_t i = 0; !in->groups[g].together && i < in->groups[g].n_vms; i++)
			append(&groups->apart, in->groups[g].vms[i], g);
}

struct upgrade_groups *upgrade_groups_new(const struct vdc_upgrade_input *in,
					  struct vdc_arena *arena)
{
	struct upgrade_groups *groups;

	if (!in->n_groups)
		return NULL;
	groups = vdc_arena_alloc(arena, sizeof(*groups));
	find_clumps(groups, in, arena);
	find_apart(groups, in, arena);
	return groups;
}

/* The VMs of its clump, VM itself among them. */
static const uint32_t *clump_of(const struct upgrade_state *state, const uint32_t *vm, uint32_t *n)
{
	const struct upgrade_groups *groups = state->groups;
	uint32_t first;

	*n = 1;
	if (!groups)
		return vm;
	first = groups->vms.first[groups->clump[*vm]];
	*n = groups->vms.first[groups->clump[*vm] + 1] - first;
	return &groups->vms.items[first];
}

/* It leaves with VM, and goes on running. */
static bool comes_along(const struct upgrade_state *state, uint32_t other, uint32_t vm)
{
	return other == vm || (state->where[other] == state->where[vm] &&
			       state->in->vms[other].drain != VDC_DRAIN_STOP);
}

int64_t upgrade_group_memory(const struct upgrade_state *state, uint32_t vm)
{
	int64_t memory = 0;
	uint32_t n;
	const uint32_t *clump = clump_of(state, &vm, &n);

	for (uint32_t i = 0; i < n; i++)
		if (comes_along(state, clump[i], vm))
			memory += state->in->vms[clump[i]].memory;
	return memory;
}

uint32_t upgrade_group_leads(const struct upgrade_state *state, uint32_t vm)
{
	uint32_t to = VDC_NO_HOST, n;
	const uint32_t *clump = clump_of(state, &vm, &n);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t host = state->where[clump[i]];

		if (host == VDC_NO_HOST || host == state->where[vm] || state->away[host])
			continue;
		if (to != VDC_NO_HOST && to != host)
			return VDC_NO_HOST; /* they are apart already: nothing can be kept */
		to = host;
	}
	return to;
}

bool upgrade_group_may_be_at(const struct upgrade_state *state, uint32_t vm, uint32_t host)
{
	const struct vdc_upgrade_input *in = state->in;
	const struct upgrade_groups *groups = state->groups;

	if (in->may_run && !in->may_run(in->ctx, vm, host, state->upgraded[host]))
		return false;
	for (uint32_t i = groups ? groups->apart.first[vm] : 0;
	     groups && i < groups->apart.first[vm + 1]; i++) {
		const struct vdc_upgrade_group *group = &in->groups[groups->apart.items[i]];

		for (uint32_t k = 0; k < group->n_vms; k++)
			if (group->vms[k] != vm && state->where[group->vms[k]] == host)
				return false;
	}
	return true;
}

uint32_t upgrade_group_next(const struct upgrade_state *state, uint32_t vm)
{
	uint32_t n;
	const uint32_t *clump = clump_of(state, &vm, &n);

	for (uint32_t i = 0; i < n; i++)
		if (clump[i] != vm && comes_along(state, clump[i], vm))
			return clump[i];
	return vm;
}

bool upgrade_group_may_run(const struct upgrade_state *state, uint32_t vm, uint32_t host)
{
	uint32_t n;
	const uint32_t *clump = clump_of(state, &vm, &n);

	for (uint32_t i = 0; i < n; i++)
		if (comes_along(state, clump[i], vm) &&
		    !upgrade_group_may_be_at(state, clump[i], host))
			return false;
	return true;
}
