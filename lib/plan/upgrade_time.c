/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When each VM of a wave leaves: the least CPU first, as many at once as the hosts allow. */
#include <stdlib.h>

#include "plan/upgrade_state.h"

/* What a migration costs besides its memory. */
static const int64_t START_OF_MOVE = 1000000;

struct order {
	int64_t cpu;
	uint32_t step;
};

static int least_cpu_first(const void *left, const void *right)
{
	const struct order *a = left, *b = right;

	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	return (a->step > b->step) - (a->step < b->step);
}

static int earlier_first(const void *left, const void *right)
{
	const struct vdc_upgrade_step *a = left, *b = right;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return (a->vm > b->vm) - (a->vm < b->vm);
}

/* Per host, when each of its slots is free again. */
struct slots {
	const struct vdc_upgrade_host *hosts;
	uint32_t *first;
	int64_t *out, *in;
};

static int64_t *earliest(const struct slots *slots, int64_t *times, uint32_t host)
{
	int64_t *best = &times[slots->first[host]];

	for (unsigned i = 1; i < slots->hosts[host].slots; i++)
		if (times[slots->first[host] + i] < *best)
			best = &times[slots->first[host] + i];
	return best;
}

static struct slots slots_new(const struct vdc_upgrade_input *in, int64_t begin)
{
	struct slots slots = {
		.hosts = in->hosts,
		.first = vdc_realloc(NULL, (size_t)in->n_hosts + 1, sizeof(*slots.first)),
	};
	uint32_t n = 0;

	for (uint32_t h = 0; h < in->n_hosts; h++) {
		slots.first[h] = n;
		n += in->hosts[h].slots;
	}
	slots.out = vdc_realloc(NULL, (size_t)n + 1, sizeof(*slots.out));
	slots.in = vdc_realloc(NULL, (size_t)n + 1, sizeof(*slots.in));
	for (uint32_t i = 0; i < n; i++)
		slots.out[i] = slots.in[i] = begin;
	return slots;
}

static void slots_free(struct slots *slots)
{
	free(slots->first);
	free(slots->out);
	free(slots->in);
}

static int64_t move_time(const struct vdc_upgrade_input *in, int64_t memory)
{
	return START_OF_MOVE + (int64_t)((double)memory / (double)in->bandwidth * 1000000.0);
}

static void set_times(const struct vdc_upgrade_input *in, const struct slots *slots, int64_t begin,
		      struct vdc_upgrade_step *step)
{
	int64_t *out, *into;

	if (step->drain != VDC_DRAIN_MOVE) {
		step->begin = begin;
		step->end = begin + in->stop_time;
		return;
	}
	out = earliest(slots, slots->out, step->from);
	into = earliest(slots, slots->in, step->to);
	step->begin = *out > *into ? *out : *into;
	step->end = step->begin + move_time(in, in->vms[step->vm].memory);
	*out = *into = step->end;
}

static void copy_by_cpu(const struct upgrade_state *state, struct vdc_upgrade_step *steps)
{
	vdc_autofree struct order *order =
		vdc_realloc(NULL, (size_t)state->n_steps + 1, sizeof(*order));

	for (uint32_t i = 0; i < state->n_steps; i++)
		order[i] =
			(struct order){ .cpu = state->in->vms[state->steps[i].vm].cpu, .step = i };
	qsort(order, state->n_steps, sizeof(*order), least_cpu_first);
	for (uint32_t i = 0; i < state->n_steps; i++)
		steps[i] = state->steps[order[i].step];
}

void upgrade_wave_time(const struct upgrade_state *state, struct vdc_upgrade_wave *wave)
{
	const struct vdc_upgrade_input *in = state->in;
	struct vdc_upgrade_step *steps =
		vdc_arena_alloc(state->arena, state->n_steps * sizeof(*steps));
	struct slots slots = slots_new(in, wave->begin);

	copy_by_cpu(state, steps);
	wave->drained = wave->begin;
	for (uint32_t i = 0; i < state->n_steps; i++) {
		set_times(in, &slots, wave->begin, &steps[i]);
		if (steps[i].end > wave->drained)
			wave->drained = steps[i].end;
	}
	slots_free(&slots);
	qsort(steps, state->n_steps, sizeof(*steps), earlier_first);
	wave->steps = steps;
	wave->n_steps = state->n_steps;
	wave->end = wave->drained + in->host_time;
}
