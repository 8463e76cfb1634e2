/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A treatment played to its end, or to the first pause. */
#include <inttypes.h>

#include "plan/fence_flow_part.h"

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
	struct vdc_fence_step **steps;
	size_t n;
	struct vdc_arena *arena;
};

static void show(struct play *play, enum vdc_fence_do what, const char *reason)
{
	struct vdc_fence_step *step;

	if (play->n == VDC_FENCE_FORECAST_MOST)
		return;
	step = vdc_object_new(&vdc_fence_step_kind, play->arena);
	step->number = (int64_t)play->n + 1;
	step->time = play->sight.now;
	step->action = what;
	step->reason = vdc_arena_strdup(play->arena, reason);
	play->steps[play->n++] = step;
}

/* Its last answer was now, and the look that finds it silent ends as late as it can. A host that starts is
 * silent by right for some time. */
static void fall_silent(struct play *play)
{
	struct vdc_fence_sight *sight = &play->sight;
	const struct vdc_grace *grace = &play->times->grace;
	int64_t from = sight->now;
	struct vdc_host_look look = {
		.failure = "it does not answer",
		.vms = sight->vms,
		.treatment = VDC_HOST_TREATED,
	};
	struct vdc_host_verdict verdict;

	if (play->host.status == VDC_HOST_REBOOT && play->host.status_since != VDC_UNSET &&
	    play->host.status_since + grace->reboot > from)
		from = play->host.status_since + grace->reboot;
	look.now = from + play->times->refresh + play->times->look;
	verdict = vdc_host_judge(&play->host, &look, grace);
	if (verdict.status != VDC_HOST_CONNECTING &&
	    verdict.status != VDC_HOST_PREPARING_FOR_MAINTENANCE)
		return;
	play->host.seen = sight->now;
	play->host.failures = verdict.failures;
	sight->now = look.now;
	sight->look = VDC_FENCE_LOOK_SILENT;
	sight->looked = look.now;
	sight->lost += play->host.status != VDC_HOST_CONNECTING;
	if (verdict.status == VDC_HOST_PREPARING_FOR_MAINTENANCE)
		return;
	play->host.status = VDC_HOST_CONNECTING;
	play->host.status_since = look.now;
	show(play, VDC_FENCE_DO_CONNECTING,
	     "it answers; if it fell silent now, a look would find that by then");
}

static const char *limit_text(const char *before, int64_t limit, const char *after,
			      struct vdc_arena *arena)
{
	return limit == VDC_UNSET
		       ? ""
		       : vdc_arena_format(arena, "%s%" PRId64 "%s", before, limit, after);
}

/* The questions that are answered in its disfavour, with what they count. */
static const char *answers(const struct play *play)
{
	const struct vdc_fence_sight *sight = &play->sight;
	const struct vdc_cluster *cluster = sight->cluster;
	bool storm = vdc_is_true(cluster->skip_fencing_if_connectivity_broken);

	return vdc_arena_format(
		play->arena,
		"nothing speaks against it: fencing is enabled, it has power management; of %" PRId64
		" hosts of cluster %s %" PRId64 " would not answer%s; %" PRId64
		" fenced within an hour%s",
		sight->hosts, cluster->name, sight->lost,
		storm ? limit_text(", more than ", cluster->connectivity_broken_threshold,
				   " % would be too many", play->arena)
		      : "",
		sight->fences,
		limit_text(", ", cluster->max_fences_per_hour, " are allowed", play->arena));
}

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
	struct play play = {
		.flow = *flow,
		.sight = *sight,
		.times = times,
		.steps = ret,
		.arena = arena,
	};

	if (sight->host) {
		play.host = *sight->host;
		play.sight.host = &play.host;
	}
	if (sight->host && sight->look == VDC_FENCE_LOOK_ANSWERED &&
	    flow->phase == VDC_FENCE_PHASE_GRACE)
		fall_silent(&play);
	for (int i = 0; i < 64 && play.n < VDC_FENCE_FORECAST_MOST; i++) {
		struct vdc_fence_decision decision =
			vdc_fence_flow_next(&play.flow, &play.sight, times, arena);

		if (decision.what == VDC_FENCE_DO_OFF)
			show(&play, VDC_FENCE_DO_COUNT, answers(&play));
		if (is_shown(decision.what))
			show(&play, decision.what, decision.reason);
		if (is_end(&play, &decision))
			break;
		carry_out(&play, &decision);
	}
	return play.n;
}
