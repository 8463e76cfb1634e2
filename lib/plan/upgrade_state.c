/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_state.h"

#include <stdlib.h>
#include <string.h>

struct sized {
	int64_t memory;
	uint32_t vm;
};

static int larger_first(const void *left, const void *right)
{
	const struct sized *a = left, *b = right;

	if (a->memory != b->memory)
		return a->memory > b->memory ? -1 : 1;
	return (a->vm > b->vm) - (a->vm < b->vm);
}

static void sort_by_size(struct upgrade_state *state)
{
	uint32_t n = state->in->n_vms;
	struct sized *sized = vdc_realloc(NULL, n + 1, sizeof(*sized));

	for (uint32_t v = 0; v < n; v++)
		sized[v] = (struct sized){ .memory = state->in->vms[v].memory, .vm = v };
	qsort(sized, n, sizeof(*sized), larger_first);
	for (uint32_t i = 0; i < n; i++)
		state->by_size[i] = sized[i].vm;
	free(sized);
}

struct upgrade_state *upgrade_state_new(const struct vdc_upgrade_input *in, struct vdc_arena *arena)
{
	struct upgrade_state *state = vdc_arena_alloc(arena, sizeof(*state));
	size_t hosts = in->n_hosts, vms = in->n_vms;

	*state = (struct upgrade_state){
		.in = in,
		.arena = arena,
		.by_size = vdc_arena_alloc(arena, vms * sizeof(*state->by_size)),
		.where = vdc_arena_alloc(arena, vms * sizeof(*state->where)),
		.moved = vdc_arena_alloc(arena, vms * sizeof(*state->moved)),
		.used = vdc_arena_alloc(arena, hosts * sizeof(*state->used)),
		.peak = vdc_arena_alloc(arena, hosts * sizeof(*state->peak)),
		.away = vdc_arena_alloc(arena, hosts * sizeof(*state->away)),
		.upgraded = vdc_arena_alloc(arena, hosts * sizeof(*state->upgraded)),
		.room = vdc_fit_tree_new(in->n_hosts, arena),
		.later = vdc_fit_tree_new(in->n_hosts, arena),
		.steps = vdc_arena_alloc(arena, vms * sizeof(*state->steps)),
	};
	for (uint32_t v = 0; v < in->n_vms; v++) {
		state->where[v] = in->vms[v].host;
		state->used[in->vms[v].host] += in->vms[v].memory;
	}
	for (uint32_t h = 0; h < in->n_hosts; h++) {
		state->peak[h] = state->used[h];
		state->away[h] = in->hosts[h].away;
		state->upgraded[h] = in->hosts[h].upgraded;
	}
	sort_by_size(state);
	state->index = upgrade_index_new(state, arena);
	upgrade_index_sort(state, &state->index);
	state->groups = upgrade_groups_new(in, arena);
	return state;
}

struct upgrade_index upgrade_index_new(const struct upgrade_state *state, struct vdc_arena *arena)
{
	const struct vdc_upgrade_input *in = state->in;

	return (struct upgrade_index){
		.first = vdc_arena_alloc(arena, ((size_t)in->n_hosts + 2) * sizeof(uint32_t)),
		.vms = vdc_arena_alloc(arena, (size_t)in->n_vms * sizeof(uint32_t)),
	};
}

void upgrade_index_sort(const struct upgrade_state *state, struct upgrade_index *index)
{
	uint32_t hosts = state->in->n_hosts, vms = state->in->n_vms;
	uint32_t *next = index->first + 1; /* ends as first, one further */

	memset(index->first, 0, ((size_t)hosts + 2) * sizeof(*index->first));
	for (uint32_t v = 0; v < vms; v++)
		if (state->where[v] != VDC_NO_HOST)
			next[state->where[v] + 1]++;
	for (uint32_t h = 1; h <= hosts; h++)
		next[h] += next[h - 1];
	for (uint32_t i = 0; i < vms; i++) {
		uint32_t v = state->by_size[i];

		if (state->where[v] != VDC_NO_HOST)
			index->vms[next[state->where[v]]++] = v;
	}
}

static bool stays(const struct upgrade_state *state, uint32_t host)
{
	return state->upgraded[host] || !state->in->hosts[host].selected;
}

static int64_t room_of(const struct upgrade_state *state, uint32_t host)
{
	int64_t limit = state->in->hosts[host].memory / 100 * state->in->ceiling;

	return limit - state->used[host];
}

static void tell_room(struct upgrade_state *state, uint32_t host)
{
	bool here = !state->away[host], stay = stays(state, host);
	bool later = here && !stay && state->reach == UPGRADE_TO_ANY;

	vdc_fit_tree_set(state->room, host, here && stay ? room_of(state, host) : -1);
	vdc_fit_tree_set(state->later, host, later ? room_of(state, host) : -1);
}

void upgrade_state_reach(struct upgrade_state *state, enum upgrade_reach reach)
{
	state->reach = reach;
	for (uint32_t h = 0; h < state->in->n_hosts; h++)
		tell_room(state, h);
}

/* The emptiest host that may run it: an even load leaves room for the reserve. */
static uint32_t place_in(struct upgrade_state *state, struct vdc_fit_tree *room, uint32_t vm)
{
	int64_t memory = upgrade_group_memory(state, vm);
	vdc_autofree uint32_t *refused = NULL;
	uint32_t found = VDC_NO_HOST, n = 0;

	for (;;) {
		uint32_t host = vdc_fit_tree_most(room);

		if (vdc_fit_tree_room(room, host) < memory)
			break;
		if (upgrade_group_may_run(state, vm, host)) {
			found = host;
			break;
		}
		if (!refused)
			refused = vdc_realloc(NULL, state->in->n_hosts, sizeof(*refused));
		refused[n++] = host;
		vdc_fit_tree_set(room, host, -1);
	}
	while (n > 0)
		tell_room(state, refused[--n]);
	return found;
}

static uint32_t follow(const struct upgrade_state *state, uint32_t vm, uint32_t host)
{
	int64_t memory = upgrade_group_memory(state, vm);
	bool has_room = vdc_fit_tree_room(state->room, host) >= memory ||
			vdc_fit_tree_room(state->later, host) >= memory;

	return has_room && upgrade_group_may_run(state, vm, host) ? host : VDC_NO_HOST;
}

static uint32_t place_for(struct upgrade_state *state, uint32_t vm)
{
	uint32_t host = upgrade_group_leads(state, vm);

	if (host != VDC_NO_HOST)
		return follow(state, vm, host);
	host = place_in(state, state->room, vm);
	if (host == VDC_NO_HOST && state->reach == UPGRADE_TO_ANY)
		host = place_in(state, state->later, vm);
	return host;
}

static void give(struct upgrade_state *state, uint32_t host, int64_t memory)
{
	state->used[host] += memory;
	tell_room(state, host);
}

static void leave(struct upgrade_state *state, uint32_t vm, uint32_t to)
{
	const struct vdc_upgrade_vm *v = &state->in->vms[vm];

	state->steps[state->n_steps++] = (struct vdc_upgrade_step){
		.vm = vm,
		.drain = v->drain,
		.from = state->where[vm],
		.to = to,
		.again = state->moved[vm],
	};
	state->where[vm] = to;
	if (to != VDC_NO_HOST)
		give(state, to, v->memory);
}

static void leave_together(struct upgrade_state *state, uint32_t vm, uint32_t to)
{
	uint32_t next;

	while ((next = upgrade_group_next(state, vm)) != vm)
		leave(state, next, to);
	leave(state, vm, to);
}

bool upgrade_state_drain(struct upgrade_state *state, uint32_t host, uint32_t *stuck)
{
	uint32_t step = state->n_steps;

	state->away[host] = true;
	tell_room(state, host);
	for (uint32_t i = state->index.first[host]; i < state->index.first[host + 1]; i++) {
		uint32_t vm = state->index.vms[i], to;

		if (state->where[vm] != host)
			continue; /* it has left with another one */
		if (state->in->vms[vm].drain == VDC_DRAIN_STOP) {
			leave(state, vm, VDC_NO_HOST);
			continue;
		}
		to = place_for(state, vm);
		if (to == VDC_NO_HOST) {
			*stuck = vm;
			upgrade_state_undrain(state, host, step);
			return false;
		}
		leave_together(state, vm, to);
	}
	return true;
}

void upgrade_state_undrain(struct upgrade_state *state, uint32_t host, uint32_t step)
{
	while (state->n_steps > step) {
		const struct vdc_upgrade_step *s = &state->steps[--state->n_steps];

		state->where[s->vm] = host;
		if (s->to != VDC_NO_HOST)
			give(state, s->to, -state->in->vms[s->vm].memory);
	}
	state->away[host] = state->in->hosts[host].away;
	tell_room(state, host);
}

void upgrade_state_return(struct upgrade_state *state, const uint32_t *hosts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		state->used[hosts[i]] = 0;
		state->away[hosts[i]] = false;
		state->upgraded[hosts[i]] = true;
	}
	for (uint32_t i = 0; i < state->n_steps; i++) {
		const struct vdc_upgrade_step *s = &state->steps[i];

		if (s->to == VDC_NO_HOST) {
			state->where[s->vm] = s->from;
			state->used[s->from] += state->in->vms[s->vm].memory;
		} else {
			state->moved[s->vm] = true;
			if (state->used[s->to] > state->peak[s->to])
				state->peak[s->to] = state->used[s->to];
		}
	}
	state->n_steps = 0;
	upgrade_index_sort(state, &state->index);
}
