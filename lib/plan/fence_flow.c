/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_flow.h"

#include "base/time.h"
#include "plan/fence_flow_part.h"

const struct vdc_enum vdc_fence_phase_values = {
	.name = "phase of a treatment",
	.words = (const char *const[]){ "", "grace", "lost", "held", "off", "down", "free", "on",
					"dump", "return", "pause", "over", NULL },
};

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static struct vdc_fence_decision decide(enum vdc_fence_do what, const char *reason)
{
	return (struct vdc_fence_decision){ .what = what, .reason = reason };
}

/* Everything that one question needs. */
struct question {
	const struct vdc_fence_flow *flow;
	const struct vdc_fence_sight *sight;
	const struct vdc_fence_times *times;
	struct vdc_arena *arena;
};

/* Looks go on meanwhile, but none that may still be under way at UNTIL. */
static struct vdc_fence_decision wait(const struct question *q, int64_t until, int64_t refresh,
				      const char *reason)
{
	const struct vdc_fence_sight *sight = q->sight;
	int64_t next = sight->looked + refresh;

	if (next <= sight->now && sight->now + q->times->look <= until)
		return decide(VDC_FENCE_DO_LOOK, reason);
	return (struct vdc_fence_decision){
		.what = VDC_FENCE_DO_WAIT,
		.reason = reason,
		.until = until,
		.wake = next <= sight->now ? until : earlier(until, next),
	};
}

static bool is_fresh(const struct question *q, int64_t when)
{
	return when && when <= q->sight->now &&
	       q->sight->now - when <= q->times->look + VDC_FENCE_FRESH;
}

/* Whoever switched it off has written down that it is off, and died before the treatment knew. The
 * device, which may not answer any more, need not be asked for that. */
static bool is_shot(const struct question *q)
{
	const struct vdc_host *host = q->sight->host;

	return q->flow->phase == VDC_FENCE_PHASE_OFF && host->status == VDC_HOST_DOWN &&
	       host->power_status == VDC_POWER_OFF && vdc_host_is_known_down(host) &&
	       host->proven_down >= q->flow->since;
}

/* Somebody works on it, or said that it is away: its silence is their matter. */
static bool is_others(const struct question *q)
{
	switch (q->sight->host->status) {
	case VDC_HOST_MAINTENANCE:
		return RULE(VDC_FENCE_RULE_MAINTENANCE, true);
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_PENDING_APPROVAL:
		return true;
	case VDC_HOST_DOWN: /* somebody said so, perhaps while it was being switched off */
		return !q->flow->proven && q->flow->phase != VDC_FENCE_PHASE_OFF;
	default:
		return false;
	}
}

static struct vdc_fence_decision give_up(const char *why)
{
	return decide(VDC_FENCE_DO_GIVE_UP, why);
}

static struct vdc_fence_decision soft(const struct question *q)
{
	if (!vdc_is_true(q->sight->cluster->fencing_enabled))
		return decide(VDC_FENCE_DO_NON_RESPONSIVE, "fencing is disabled in its cluster");
	return decide(VDC_FENCE_DO_SOFT, "it does not answer");
}

static struct vdc_fence_decision grace(const struct question *q)
{
	const struct vdc_fence_sight *sight = q->sight;
	const struct vdc_grace *grace = &q->times->grace;
	int64_t ends = vdc_host_grace_ends(sight->host, sight->vms, grace);
	char length[VDC_TIME_LEN + 1];

	if (sight->host->status == VDC_HOST_NON_RESPONSIVE)
		return soft(q);
	/* The attempts that are still due are made in the meantime. */
	if (sight->now <= ends && sight->host->failures <= grace->attempts &&
	    sight->looked + q->times->refresh <= sight->now)
		return decide(VDC_FENCE_DO_LOOK, "so few failed attempts are forgiven");
	if (sight->now <= ends)
		return wait(q, ends + 1, q->times->refresh,
			    vdc_arena_format(q->arena, "it may be silent for %s",
					     vdc_duration_format(
						     vdc_host_grace(sight->host, sight->vms, grace),
						     length)));
	if (sight->host->failures <= grace->attempts)
		return decide(VDC_FENCE_DO_LOOK, "so few failed attempts are forgiven");
	return soft(q);
}

static struct vdc_fence_decision ask_policy(const struct question *q)
{
	const struct vdc_fence_sight *sight = q->sight;
	const struct vdc_cluster *cluster = sight->cluster;
	const char *why = vdc_fence_forbidden(sight, q->arena);

	if (why)
		return give_up(why);
	if (vdc_is_true(cluster->skip_fencing_if_lease_alive)) {
		if (!q->flow->lease || !is_fresh(q, q->flow->lease_at))
			return decide(VDC_FENCE_DO_ASK_LEASE, "the policy of its cluster asks for "
							      "its storage lease");
		if (RULE(VDC_FENCE_RULE_LEASE, q->flow->lease == VDC_FENCE_LEASE_ALIVE))
			return give_up("it renews its storage lease, and the policy of its "
				       "cluster does not fence such hosts");
	}
	if (vdc_is_true(sight->host->pm_kdump_detection) &&
	    sight->host->kdump_status == VDC_KDUMP_ENABLED && !q->flow->dump_asked)
		return decide(VDC_FENCE_DO_KDUMP, "its kernel may be writing a dump");
	if (RULE(VDC_FENCE_RULE_COUNT, !is_fresh(q, sight->counted)))
		return decide(VDC_FENCE_DO_COUNT, "who else does not answer");
	return decide(VDC_FENCE_DO_OFF, "it does not answer");
}

/* The whole cluster is looked at in good time, so that the shot does not have to wait for it. */
static struct vdc_fence_decision delay(const struct question *q, int64_t until)
{
	const struct vdc_fence_sight *sight = q->sight;
	int64_t count_at = until - q->times->look - VDC_SECOND;
	struct vdc_fence_decision decision;

	if (sight->now >= count_at && !is_fresh(q, sight->counted))
		return decide(VDC_FENCE_DO_COUNT, "who else does not answer");
	decision = wait(q, sight->now < count_at ? count_at : until, q->times->refresh,
			"a non_responsive host gets some time before it is fenced");
	decision.until = until;
	return decision;
}

static struct vdc_fence_decision held(const struct question *q)
{
	const struct vdc_fence_sight *sight = q->sight;
	const struct vdc_host *host = sight->host;
	int64_t until =
		(host->status_since == VDC_UNSET ? 0 : host->status_since) + q->times->delay;
	const char *why = vdc_fence_unable(sight, q->arena);

	if (host->status != VDC_HOST_NON_RESPONSIVE)
		return decide(VDC_FENCE_DO_NON_RESPONSIVE, "it does not answer");
	if (why)
		return give_up(why);
	if (!q->flow->soft_tried)
		return decide(VDC_FENCE_DO_SOFT, "it does not answer");
	if (RULE(VDC_FENCE_RULE_DELAY, sight->now < until))
		return delay(q, until);
	if (RULE(VDC_FENCE_RULE_QUIET, sight->now < sight->quiet_until))
		return wait(q, sight->quiet_until, q->times->refresh,
			    "nobody is fenced so soon after monitoring began");
	return ask_policy(q);
}

static struct vdc_fence_decision come_back(const struct question *q)
{
	int64_t until = q->flow->since + q->times->comes_back;

	if (q->sight->now < until)
		return wait(q, until, q->times->refresh, "it was fenced and starts");
	return give_up("it was fenced and does not answer since");
}

static int64_t pause_of(const struct question *q)
{
	int64_t pause = q->times->repeat;

	for (int64_t i = 1; i < q->flow->rounds && pause < q->times->repeat_most; i++)
		pause *= 2;
	return earlier(pause, q->times->repeat_most);
}

static struct vdc_fence_decision rest(const struct question *q)
{
	int64_t until = q->flow->since + pause_of(q);

	if (q->sight->now < until)
		return wait(q, until, 5 * q->times->refresh, q->flow->reason);
	if (!is_fresh(q, q->sight->looked))
		return decide(VDC_FENCE_DO_LOOK, "nobody has looked lately");
	if (!q->flow->proven)
		return soft(q);
	/* It was to be switched on, and may be for all that is known: its leases are its own again. */
	return RULE(VDC_FENCE_RULE_FREE_ONCE, true)
		       ? decide(VDC_FENCE_DO_ON, "it is off")
		       : decide(VDC_FENCE_DO_FREE, "it is off, and holds what it held");
}

/* That it answers counts more than all that went before, but its VMs are set down whatever comes. */
static struct vdc_fence_decision looked_at(const struct question *q)
{
	const struct vdc_fence_sight *sight = q->sight;

	if (!sight->look ||
	    (!is_fresh(q, sight->looked) && q->flow->phase != VDC_FENCE_PHASE_PAUSE))
		return decide(VDC_FENCE_DO_LOOK, "nobody has looked lately");
	if (sight->look == VDC_FENCE_LOOK_ANSWERED)
		return q->flow->fenced
			       ? decide(VDC_FENCE_DO_SET_UP, "it answers again")
			       : decide(VDC_FENCE_DO_DONE,
					q->flow->soft_tried ? "it answers again, after soft fencing"
							    : sight->look_text ?: "it answers");
	if (RULE(VDC_FENCE_RULE_UNCLEAR, sight->look == VDC_FENCE_LOOK_UNCLEAR))
		return wait(q, sight->now + 5 * q->times->refresh, q->times->refresh,
			    sight->look_text ?: "what its look failed of says nothing about it");
	return (struct vdc_fence_decision){ 0 };
}

static struct vdc_fence_decision by_phase(const struct question *q)
{
	switch (q->flow->phase) {
	case VDC_FENCE_PHASE_LOST:
		return decide(VDC_FENCE_DO_NON_RESPONSIVE, "soft fencing did not bring it back");
	case VDC_FENCE_PHASE_HELD:
		return held(q);
	case VDC_FENCE_PHASE_OFF:
		return decide(VDC_FENCE_DO_ASK_POWER, "somebody died while switching it off");
	case VDC_FENCE_PHASE_ON:
		return decide(VDC_FENCE_DO_ON, "it is off");
	case VDC_FENCE_PHASE_DUMP:
		return decide(VDC_FENCE_DO_KDUMP, "its kernel writes a dump");
	case VDC_FENCE_PHASE_RETURN:
		return come_back(q);
	case VDC_FENCE_PHASE_PAUSE:
		return rest(q);
	default:
		return grace(q);
	}
}

struct vdc_fence_decision vdc_fence_flow_next(const struct vdc_fence_flow *flow,
					      const struct vdc_fence_sight *sight,
					      const struct vdc_fence_times *times,
					      struct vdc_arena *arena)
{
	const struct question q = { flow, sight, times, arena };
	struct vdc_fence_decision decision;

	if (flow->phase == VDC_FENCE_PHASE_OVER)
		return decide(VDC_FENCE_DO_DONE, flow->reason);
	if (!sight->host)
		return decide(VDC_FENCE_DO_DONE, "the inventory has it no more");
	if (flow->phase == VDC_FENCE_PHASE_DOWN || RULE(VDC_FENCE_RULE_OWN_SHOT, is_shot(&q)))
		return decide(VDC_FENCE_DO_DOWN,
			      flow->dumped ? "its kernel writes a dump" : "its power is off");
	if (is_others(&q))
		return decide(VDC_FENCE_DO_DONE,
			      vdc_arena_format(
				      arena, "its status is %s",
				      vdc_enum_word(&vdc_host_status_values, sight->host->status)));
	/* Its agents are asked for that, and not the host. */
	if (flow->phase == VDC_FENCE_PHASE_FREE)
		return decide(VDC_FENCE_DO_FREE, "its power is off, and it holds what it held");
	decision = looked_at(&q);
	return decision.what ? decision : by_phase(&q);
}
