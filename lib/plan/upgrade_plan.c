/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_plan.h"

#include <errno.h>

#include "plan/upgrade_state.h"

static int check(const struct vdc_upgrade_input *in, uint32_t *selected, struct vdc_err *err)
{
	uint32_t present = 0, last = 0;

	*selected = 0;
	for (uint32_t h = 0; h < in->n_hosts; h++) {
		*selected += in->hosts[h].selected && !in->hosts[h].upgraded;
		present += !in->hosts[h].away;
		if (!in->hosts[h].away)
			last = h;
	}
	if (*selected == 0)
		return vdc_err_set(
			err, -EINVAL,
			"no host is to be upgraded: all that were chosen are new already");
	for (uint32_t v = 0; v < in->n_vms; v++)
		if (present < 2 && in->vms[v].drain != VDC_DRAIN_STOP)
			return vdc_err_set(err, -EPERM,
					   "host %s is alone: no other host can take VM %s; add a "
					   "host, or stop its VMs",
					   in->hosts[last].name, in->vms[v].name);
	return 0;
}

static void count(struct vdc_upgrade_plan *plan, const struct vdc_upgrade_wave *wave)
{
	for (uint32_t i = 0; i < wave->n_steps; i++)
		switch (wave->steps[i].drain) {
		case VDC_DRAIN_MOVE:
			plan->moves++;
			plan->second_moves += wave->steps[i].again;
			break;
		case VDC_DRAIN_RESTART:
			plan->restarts++;
			break;
		case VDC_DRAIN_STOP:
			plan->stops++;
			break;
		}
}

struct shape {
	uint32_t left;	/* hosts to upgrade */
	uint32_t spare; /* second moves besides those of the first wave */
};

static int make(const struct vdc_upgrade_input *input, struct shape shape, struct vdc_arena *arena,
		struct vdc_upgrade_plan *ret, struct vdc_err *err)
{
	struct vdc_upgrade_plan plan = { 0 };
	struct upgrade_state *state = upgrade_state_new(input, arena);
	struct vdc_upgrade_wave *waves = vdc_arena_alloc(arena, shape.left * sizeof(*waves));

	state->spare = shape.spare;
	while (shape.left > 0) {
		struct vdc_upgrade_wave *wave = &waves[plan.n_waves];
		int r = upgrade_wave_choose(state, wave, err);

		if (r)
			return r;
		wave->begin = plan.duration;
		upgrade_wave_time(state, wave);
		upgrade_state_return(state, wave->hosts, wave->n_hosts);
		count(&plan, wave);
		plan.duration = wave->end;
		plan.n_waves++;
		shape.left -= wave->n_hosts;
	}
	plan.waves = waves;
	plan.peak = state->peak;
	*ret = plan;
	return 0;
}

/* How many waves there are without second moves; the reserve, which costs most, is left out. */
static int count_waves(const struct vdc_upgrade_input *input, uint32_t left, uint32_t *ret,
		       struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_upgrade_input quick = *input;
	struct vdc_upgrade_plan plan;
	int r;

	quick.ha_reserve = 0;
	r = make(&quick, (struct shape){ .left = left }, arena, &plan, err);
	if (!r)
		*ret = plan.n_waves;
	return r;
}

int vdc_plan_upgrade(const struct vdc_upgrade_input *input, struct vdc_arena *arena,
		     struct vdc_upgrade_plan *ret, struct vdc_err *err)
{
	struct shape shape = { 0 };
	uint32_t waves;
	int r = check(input, &shape.left, err);

	if (!r)
		r = count_waves(input, shape.left, &waves, err);
	if (r)
		return r;
	if (waves > VDC_UPGRADE_WAVES_WANTED)
		shape.spare = input->n_vms / 100;
	return make(input, shape, arena, ret, err);
}
