/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a plan safe? It may have been written by hand. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "plan/upgrade_rows.h"
#include "plan/upgrade_state.h"

static const char *name_of(const struct upgrade_state *state, uint32_t host)
{
	return state->in->hosts[host].name;
}

static int send_away(struct upgrade_state *state, const struct vdc_upgrade_wave *wave,
		     struct vdc_err *err)
{
	uint32_t away = wave->n_hosts;

	for (uint32_t h = 0; h < state->in->n_hosts; h++)
		away += state->away[h] && (!state->in->hosts[h].selected || state->upgraded[h]);
	for (uint32_t i = 0; i < wave->n_hosts; i++) {
		uint32_t h = wave->hosts[i];

		if (!state->in->hosts[h].selected || state->upgraded[h])
			return vdc_err_set(
				err, -EPERM,
				"host %s is not to be upgraded, or it is twice in the plan",
				name_of(state, h));
		state->away[h] = true;
	}
	if (away > state->in->max_away && wave->n_hosts > 1)
		return vdc_err_set(err, -EPERM,
				   "%" PRIu32 " hosts are away with host %s, %" PRIu32 " may be",
				   away, name_of(state, wave->hosts[0]), state->in->max_away);
	return 0;
}

static bool stays(const struct upgrade_state *state, uint32_t host)
{
	return state->upgraded[host] || !state->in->hosts[host].selected;
}

static int arrive(struct upgrade_state *state, const struct vdc_upgrade_step *step,
		  struct vdc_err *err)
{
	const struct vdc_upgrade_input *in = state->in;
	const struct vdc_upgrade_vm *vm = &in->vms[step->vm];
	const char *to = name_of(state, step->to);
	int64_t limit = in->hosts[step->to].memory / 100 * in->ceiling;

	if (state->away[step->to])
		return vdc_err_set(err, -EPERM, "VM %s goes to host %s, which is away", vm->name,
				   to);
	if (stays(state, step->from) && !stays(state, step->to))
		return vdc_err_set(err, -EPERM, "VM %s goes back to the old host %s", vm->name, to);
	if (!upgrade_group_may_be_at(state, step->vm, step->to))
		return vdc_err_set(err, -EPERM,
				   "VM %s cannot run on host %s, or a VM is there from which its "
				   "affinity keeps it apart",
				   vm->name, to);
	if (state->used[step->to] + vm->memory > limit)
		return vdc_err_set(err, -EPERM,
				   "VM %s would fill host %s above the ceiling of %" PRId64 " %%",
				   vm->name, to, in->ceiling);
	state->used[step->to] += vm->memory;
	return 0;
}

static int leave(struct upgrade_state *state, const struct vdc_upgrade_step *step,
		 struct vdc_err *err)
{
	const struct vdc_upgrade_vm *vm = &state->in->vms[step->vm];

	if (state->where[step->vm] != step->from)
		return vdc_err_set(err, -EPERM, "VM %s is not on host %s at that moment", vm->name,
				   name_of(state, step->from));
	if (!state->away[step->from])
		return vdc_err_set(err, -EPERM, "VM %s leaves host %s, which does not go away",
				   vm->name, name_of(state, step->from));
	if (step->drain != vm->drain)
		return vdc_err_set(err, -EPERM,
				   "VM %s is to be moved, restarted or stopped as its "
				   "eviction strategy says, and not otherwise",
				   vm->name);
	state->where[step->vm] = step->drain == VDC_DRAIN_STOP ? (uint32_t)VDC_NO_HOST : step->to;
	state->steps[state->n_steps++] = *step;
	state->steps[state->n_steps - 1].to = state->where[step->vm];
	return step->drain == VDC_DRAIN_STOP ? 0 : arrive(state, step, err);
}

/* Those that left one host and belong together arrived at one. BEFORE: as the wave began. */
static int check_together(const struct upgrade_state *state, const struct upgrade_state *before,
			  struct vdc_err *err)
{
	for (uint32_t v = 0; v < state->in->n_vms && state->groups; v++) {
		uint32_t other = state->in->vms[v].drain == VDC_DRAIN_STOP
					 ? v
					 : upgrade_group_next(before, v);

		if (other != v && state->where[other] != state->where[v])
			return vdc_err_set(err, -EPERM,
					   "VMs %s and %s belong together and would be on two "
					   "hosts",
					   state->in->vms[v].name, state->in->vms[other].name);
	}
	return 0;
}

static int check_empty(const struct upgrade_state *state, struct vdc_err *err)
{
	for (uint32_t v = 0; v < state->in->n_vms; v++)
		if (state->where[v] != (uint32_t)VDC_NO_HOST && state->away[state->where[v]])
			return vdc_err_set(err, -EPERM, "VM %s stays on host %s, which goes away",
					   state->in->vms[v].name, name_of(state, state->where[v]));
	return 0;
}

static int replay_wave(struct upgrade_state *state, const struct vdc_upgrade_wave *wave,
		       struct vdc_err *err)
{
	size_t size = state->in->n_vms * sizeof(*state->where);
	vdc_autofree uint32_t *where = vdc_alloc(size + 1);
	struct upgrade_state before = *state;
	int r = send_away(state, wave, err);

	memcpy(where, state->where, size);
	before.where = where;
	if (r == 0 && wave->n_steps > state->in->n_vms)
		r = vdc_err_set(err, -EPERM, "the plan moves a VM twice in one wave");
	for (uint32_t i = 0; i < wave->n_steps && r == 0; i++)
		r = leave(state, &wave->steps[i], err);
	if (r == 0)
		r = check_empty(state, err);
	if (r == 0)
		r = check_together(state, &before, err);
	if (r == 0 && wave->reserve && !upgrade_state_reserve(state, NULL))
		r = vdc_err_set(err, -EPERM,
				"while host %s is away one more host cannot be spared, as the plan "
				"says it can",
				name_of(state, wave->hosts[0]));
	if (r == 0)
		upgrade_state_return(state, wave->hosts, wave->n_hosts);
	return r;
}

int vdc_plan_upgrade_replay(const struct vdc_upgrade_input *input,
			    const struct vdc_upgrade_plan *plan, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct upgrade_state *state = upgrade_state_new(input, arena);
	int r = 0;

	for (uint32_t w = 0; w < plan->n_waves && r == 0; w++)
		r = replay_wave(state, &plan->waves[w], err);
	return r;
}
