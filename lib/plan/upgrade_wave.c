/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which hosts go away next. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "plan/upgrade_state.h"

/* Hosts that are tried after one that did not fit: a fuller one can have smaller VMs. */
enum { MISFITS_MAX = 16 };

struct candidate {
	uint32_t host;
	int64_t to_place; /* bytes of VMs that need another host */
	int64_t used;	  /* bytes when the wave began */
	bool spm;
};

struct wave {
	struct upgrade_state *state;
	struct candidate *candidates; /* the emptiest first */
	uint32_t n_candidates;
	uint32_t most; /* hosts that may be away besides those that are */
	uint32_t *hosts, *first_step;
	uint32_t n;
	uint32_t misfit, stuck; /* the emptiest host that did not fit, and its VM in the way */
};

static int emptier_first(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->to_place != b->to_place)
		return a->to_place < b->to_place ? -1 : 1;
	if (a->spm != b->spm)
		return a->spm ? 1 : -1;
	return (a->host > b->host) - (a->host < b->host);
}

/* What of it has to find another place. */
static int64_t to_be_placed(const struct upgrade_state *state, uint32_t host)
{
	int64_t sum = 0;

	for (uint32_t i = state->index.first[host]; i < state->index.first[host + 1]; i++) {
		const struct vdc_upgrade_vm *vm = &state->in->vms[state->index.vms[i]];

		if (vm->drain != VDC_DRAIN_STOP)
			sum += vm->memory;
	}
	return sum;
}

static void gather(struct wave *w)
{
	struct upgrade_state *state = w->state;
	const struct vdc_upgrade_input *in = state->in;
	uint32_t away = 0;

	for (uint32_t h = 0; h < in->n_hosts; h++) {
		bool turn = in->hosts[h].selected && !state->upgraded[h];

		away += state->away[h] && !turn;
		if (turn)
			w->candidates[w->n_candidates++] = (struct candidate){
				.host = h,
				.to_place = to_be_placed(state, h),
				.used = state->used[h],
				.spm = in->hosts[h].spm,
			};
	}
	qsort(w->candidates, w->n_candidates, sizeof(*w->candidates), emptier_first);
	w->most = in->max_away > away ? in->max_away - away : 1;
}

static bool add(struct wave *w, uint32_t host)
{
	uint32_t step = w->state->n_steps, stuck;

	if (!upgrade_state_drain(w->state, host, &stuck)) {
		if (w->misfit == VDC_NO_HOST) {
			w->misfit = host;
			w->stuck = stuck;
		}
		return false;
	}
	w->first_step[w->n] = step;
	w->hosts[w->n++] = host;
	return true;
}

static void shrink(struct wave *w, uint32_t n)
{
	while (w->n > n) {
		w->n--;
		upgrade_state_undrain(w->state, w->hosts[w->n], w->first_step[w->n]);
	}
}

static void fill(struct wave *w, uint32_t most)
{
	uint32_t misfits = 0;

	for (uint32_t i = 0; i < w->n_candidates && w->n < most; i++)
		if (!add(w, w->candidates[i].host) && (w->n > 0 && ++misfits > MISFITS_MAX))
			break;
}

/* Steps from FIRST on whose VM will have to move again. */
static uint32_t to_move_again(const struct upgrade_state *state, uint32_t first)
{
	uint32_t n = 0;

	for (uint32_t i = first; i < state->n_steps; i++) {
		uint32_t to = state->steps[i].to;

		n += to != VDC_NO_HOST && state->in->hosts[to].selected && !state->upgraded[to];
	}
	return n;
}

/*
 * While few hosts are new, waves grow by what these can take. A few more VMs on old hosts, which will
 * move a second time, save several waves.
 */
static void fill_with_second_moves(struct wave *w)
{
	struct upgrade_state *state = w->state;

	upgrade_state_reach(state, UPGRADE_TO_ANY);
	for (uint32_t i = 0; i < w->n_candidates && w->n < w->most; i++) {
		uint32_t again, host = w->candidates[i].host, step = state->n_steps;

		if (state->away[host] || state->used[host] != w->candidates[i].used)
			continue; /* chosen already, or it has just taken VMs in */
		if (!add(w, host))
			return;
		again = to_move_again(state, step);
		if (again > state->spare) {
			shrink(w, w->n - 1);
			return;
		}
		state->spare -= again;
	}
}

/*
 * As many as the reserve allows: halves until it is kept, then closes in from above. With one host
 * it may still fail; then one it is.
 */
static bool keep_reserve(struct wave *w)
{
	uint32_t good = 0, bad;

	if (upgrade_state_reserve(w->state, NULL))
		return true;
	bad = w->n;
	while (bad > 1 && bad - good > (good / 8 > 0 ? good / 8 : 1)) {
		uint32_t n = good + (bad - good) / 2;

		shrink(w, 0);
		fill(w, n);
		if (upgrade_state_reserve(w->state, NULL))
			good = n;
		else
			bad = n;
	}
	shrink(w, 0);
	fill(w, good > 0 ? good : 1);
	return good > 0;
}

static enum vdc_upgrade_bound bound_of(const struct wave *w, bool alone)
{
	if (alone)
		return VDC_BOUND_ALONE;
	if (w->n == w->n_candidates)
		return VDC_BOUND_LAST;
	return w->n == w->most ? VDC_BOUND_LIMIT : VDC_BOUND_ROOM;
}

static int refuse(const struct wave *w, struct vdc_err *err)
{
	const struct vdc_upgrade_input *in = w->state->in;
	const struct vdc_upgrade_vm *vm = &in->vms[w->stuck];
	int64_t memory = upgrade_group_memory(w->state, w->stuck);

	return vdc_err_set(
		err, -ENOSPC,
		"host %s cannot be drained: no other host has %" PRId64
		" MiB below the ceiling of %" PRId64
		" %% for VM %s%s and may run it; stop VMs, add a host, or raise the ceiling",
		in->hosts[w->misfit].name, memory >> 20, in->ceiling, vm->name,
		memory > vm->memory ? " and those that must be with it" : "");
}

int upgrade_wave_choose(struct upgrade_state *state, struct vdc_upgrade_wave *wave,
			struct vdc_err *err)
{
	size_t hosts = state->in->n_hosts;
	struct wave w = {
		.state = state,
		.candidates = vdc_arena_alloc(state->arena, hosts * sizeof(*w.candidates)),
		.hosts = vdc_arena_alloc(state->arena, hosts * sizeof(*w.hosts)),
		.first_step = vdc_arena_alloc(state->arena, hosts * sizeof(*w.first_step)),
		.misfit = VDC_NO_HOST,
	};
	uint32_t wanted;
	bool alone;

	gather(&w);
	upgrade_state_reach(state, UPGRADE_TO_STAYING);
	fill(&w, w.most);
	alone = w.n == 0;
	if (alone) {
		upgrade_state_reach(state, UPGRADE_TO_ANY);
		w.misfit = VDC_NO_HOST;
		fill(&w, 1);
	} else if (state->spare > 0) {
		fill_with_second_moves(&w);
	}
	if (w.n == 0)
		return refuse(&w, err);
	wanted = w.n;
	wave->reserve = keep_reserve(&w);
	wave->bound = w.n < wanted ? VDC_BOUND_RESERVE : bound_of(&w, alone);
	wave->hosts = w.hosts;
	wave->n_hosts = w.n;
	return 0;
}
