/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Could the cluster lose one more host? First fit, the largest VM first, for each host in turn. */
#include <stdlib.h>

#include "plan/upgrade_state.h"

struct undo {
	uint32_t host;
	int64_t room;
};

struct reserve {
	const struct upgrade_state *state;
	struct vdc_arena *arena;
	struct upgrade_index index;
	struct vdc_fit_tree *room; /* of all memory: an emergency knows no ceiling */
	uint32_t *fullest; /* hosts in use, the fullest first; only where several are lost */
	uint32_t n_fullest;
	struct undo *undo;
	uint32_t n_undo;
};

static void take(struct reserve *r, uint32_t host, int64_t room)
{
	r->undo[r->n_undo++] =
		(struct undo){ .host = host, .room = vdc_fit_tree_room(r->room, host) };
	vdc_fit_tree_set(r->room, host, room);
}

static void undo_all(struct reserve *r)
{
	while (r->n_undo > 0) {
		r->n_undo--;
		vdc_fit_tree_set(r->room, r->undo[r->n_undo].host, r->undo[r->n_undo].room);
	}
}

static bool place(struct reserve *r, uint32_t vm)
{
	const struct vdc_upgrade_input *in = r->state->in;
	int64_t memory = in->vms[vm].memory;

	for (uint32_t h = 0;; h++) {
		h = vdc_fit_tree_first(r->room, h, memory);
		if (h == UINT32_MAX)
			return false;
		if (in->may_run && !in->may_run(in->ctx, vm, h, r->state->upgraded[h]))
			continue;
		take(r, h, vdc_fit_tree_room(r->room, h) - memory);
		return true;
	}
}

static bool place_all_of(struct reserve *r, uint32_t host)
{
	for (uint32_t i = r->index.first[host]; i < r->index.first[host + 1]; i++)
		if (!place(r, r->index.vms[i]))
			return false;
	return true;
}

/* HOST is lost, and with it the fullest ALSO others. */
static bool survives(struct reserve *r, uint32_t host, uint32_t also)
{
	uint32_t n = 0; /* so many of the fullest are looked at */
	bool good;

	take(r, host, -1);
	for (; n < r->n_fullest && also > 0; n++)
		if (r->fullest[n] != host) {
			take(r, r->fullest[n], -1);
			also--;
		}
	good = place_all_of(r, host);
	for (uint32_t i = 0; good && i < n; i++)
		if (r->fullest[i] != host)
			good = place_all_of(r, r->fullest[i]);
	undo_all(r);
	return good;
}

struct filled {
	int64_t used;
	uint32_t host;
};

static int fuller_first(const void *left, const void *right)
{
	const struct filled *a = left, *b = right;

	if (a->used != b->used)
		return a->used > b->used ? -1 : 1;
	return (a->host > b->host) - (a->host < b->host);
}

static void sort_fullest(struct reserve *r)
{
	const struct upgrade_state *state = r->state;
	uint32_t n = 0;
	struct filled *filled = vdc_arena_alloc(r->arena, state->in->n_hosts * sizeof(*filled));

	for (uint32_t h = 0; h < state->in->n_hosts; h++)
		if (!state->away[h])
			filled[n++] = (struct filled){ .used = state->used[h], .host = h };
	qsort(filled, n, sizeof(*filled), fuller_first);
	r->fullest = vdc_arena_alloc(r->arena, n * sizeof(*r->fullest));
	for (uint32_t i = 0; i < n; i++)
		r->fullest[i] = filled[i].host;
	r->n_fullest = n;
}

static void prepare(struct reserve *r)
{
	const struct upgrade_state *state = r->state;

	r->index = upgrade_index_new(state, r->arena);
	upgrade_index_sort(state, &r->index);
	r->room = vdc_fit_tree_new(state->in->n_hosts, r->arena);
	for (uint32_t h = 0; h < state->in->n_hosts; h++)
		if (!state->away[h])
			vdc_fit_tree_set(r->room, h, state->in->hosts[h].memory - state->used[h]);
	r->undo = vdc_arena_alloc(r->arena, ((size_t)state->in->n_vms + state->in->n_hosts) *
						    sizeof(*r->undo));
	if (state->in->ha_reserve > 1)
		sort_fullest(r);
}

bool upgrade_state_reserve(const struct upgrade_state *state, uint32_t *lost)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct reserve r = { .state = state, .arena = arena };

	if (state->in->ha_reserve == 0)
		return true;
	prepare(&r);
	for (uint32_t h = 0; h < state->in->n_hosts; h++)
		if (!state->away[h] && !survives(&r, h, state->in->ha_reserve - 1)) {
			if (lost)
				*lost = h;
			return false;
		}
	return true;
}

bool vdc_plan_reserve(const struct vdc_upgrade_input *input, uint32_t *lost)
{
	vdc_autoarena *arena = vdc_arena_new();

	return upgrade_state_reserve(upgrade_state_new(input, arena), lost);
}
