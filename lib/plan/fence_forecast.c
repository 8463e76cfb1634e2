/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A treatment played to its end, or to the first pause. */
#include "plan/fence_flow.h"

/* Steps that are no news to whoever wants to know what will happen. */
static bool is_shown(enum vdc_fence_do what)
{
	return what != VDC_FENCE_DO_LOOK && what != VDC_FENCE_DO_COUNT;
}

struct play {
	struct vdc_fence_flow flow;
	struct vdc_fence_sight sight;
	struct vdc_host host;
	const struct vdc_fence_times *times;
};

static void look(struct play *play)
{
	if (play->sight.look != VDC_FENCE_LOOK_ANSWERED)
		play->sight.look = VDC_FENCE_LOOK_SILENT;
	play->sight.looked = play->sight.now;
}

/* As if the host were silent, and nothing but its power came to a good end. */
static void carry_out(struct play *play, const struct vdc_fence_decision *decision)
{
	enum vdc_fence_outcome outcome = VDC_FENCE_DID_NOT;
	int64_t *now = &play->sight.now;

	switch (decision->what) {
	case VDC_FENCE_DO_WAIT:
		*now = decision->until;
		look(play);
		return;
	case VDC_FENCE_DO_LOOK:
		look(play);
		play->host.failures++;
		return;
	case VDC_FENCE_DO_COUNT:
		look(play);
		play->sight.counted = *now;
		return;
	case VDC_FENCE_DO_ASK_LEASE:
		vdc_fence_flow_lease(&play->flow, VDC_FENCE_LEASE_DEAD, *now);
		return;
	case VDC_FENCE_DO_SOFT:
		*now += play->times->soft;
		look(play);
		break;
	case VDC_FENCE_DO_KDUMP:
		*now += play->times->kdump;
		look(play);
		break;
	case VDC_FENCE_DO_NON_RESPONSIVE:
		if (play->host.status != VDC_HOST_NON_RESPONSIVE)
			play->host.status_since = *now;
		play->host.status = VDC_HOST_NON_RESPONSIVE;
		break;
	default:
		outcome = VDC_FENCE_DID;
		break;
	}
	vdc_fence_flow_did(&play->flow, decision->what, outcome, *now, decision->reason);
}

static bool is_end(const struct play *play, const struct vdc_fence_decision *decision)
{
	return decision->what == VDC_FENCE_DO_DONE || decision->what == VDC_FENCE_DO_GIVE_UP ||
	       decision->what == VDC_FENCE_DO_SET_UP ||
	       (decision->what == VDC_FENCE_DO_WAIT && play->flow.phase == VDC_FENCE_PHASE_RETURN);
}

size_t vdc_fence_forecast(const struct vdc_fence_flow *flow, const struct vdc_fence_sight *sight,
			  const struct vdc_fence_times *times,
			  struct vdc_fence_step *ret[VDC_FENCE_FORECAST_MOST],
			  struct vdc_arena *arena)
{
	struct play play = { .flow = *flow, .sight = *sight, .times = times };
	size_t n = 0;

	if (sight->host) {
		play.host = *sight->host;
		play.sight.host = &play.host;
	}
	for (int i = 0; i < 64 && n < VDC_FENCE_FORECAST_MOST; i++) {
		struct vdc_fence_decision decision =
			vdc_fence_flow_next(&play.flow, &play.sight, times, arena);

		if (is_shown(decision.what)) {
			struct vdc_fence_step *step = vdc_object_new(&vdc_fence_step_kind, arena);

			step->number = (int64_t)n + 1;
			step->time = play.sight.now;
			step->action = decision.what;
			step->reason = vdc_arena_strdup(arena, decision.reason);
			ret[n++] = step;
		}
		if (is_end(&play, &decision))
			break;
		carry_out(&play, &decision);
	}
	return n;
}
