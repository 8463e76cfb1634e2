/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a treatment decided is done, and what came of it stored. */
#include <errno.h>
#include <stdio.h>

#include "act/drain.h"
#include "act/fence_kdump.h"
#include "act/fence_lease.h"
#include "act/fence_soft.h"
#include "act/host_down.h"
#include "act/treat_part.h"
#include "base/time.h"

#define BUSY_PAUSE (5 * VDC_SECOND) /* while another job does the same */

struct doing {
	enum vdc_fence_outcome outcome;
	const char *text; /* what came of it */
	bool again;	  /* nothing did: it is asked anew */
};

static void stays_silent(struct treating *t, const char *why)
{
	t->sight.look = VDC_FENCE_LOOK_SILENT;
	t->sight.looked = vdc_time_now();
	if (why)
		snprintf(t->look_text, sizeof(t->look_text), "%s", why);
}

static int restart_daemons(struct treating *t, struct doing *doing, struct vdc_err *err)
{
	struct vdc_fence_soft_options options = vdc_fence_soft_options();
	struct vdc_fence_soft soft = {
		.host_id = t->host_id,
		.number = treat_number(t, TREAT_SOFT),
	};
	int r;

	options.reason = "it does not answer";
	options.told = t->options->told;
	options.ctx = t->options->ctx;
	options.stop_fd = t->options->stop_fd;
	r = vdc_fence_soft(t->db, t->lease, &options, &soft, 1, t->arena, err);
	if (r)
		return r;
	if (treat_stops(t))
		return -ECANCELED;
	doing->text = soft.reason;
	doing->again = soft.result == VDC_FENCE_SKIPPED && soft.code == -EBUSY;
	if (doing->again) {
		vdc_sleep(BUSY_PAUSE);
	} else if (soft.result == VDC_FENCE_SUCCESS || soft.code == -EPERM) {
		t->sight.look = 0;
		doing->outcome = VDC_FENCE_DID;
	} else {
		stays_silent(t, NULL);
	}
	return 0;
}

static int launch(struct treating *t, const char *job, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	char *owner = NULL;
	int r = job ? vdc_job_owner(t->db, job, t->arena, &owner, err) : 0;

	if (!r && job && !owner && vdc_ha_launch(job, &why))
		treat_say(t, "ha-restart does not start: %s", vdc_err_text(&why));
	return r;
}

/* Its VMs are unknown from now on, and those with a lease may start elsewhere. */
static int give_up_hope(struct treating *t, struct vdc_err *err)
{
	const struct vdc_apply_options options = {
		.grace = t->options->times.grace,
		.begun = t->begun,
		.gives_up = true,
	};
	struct vdc_claims claims = { 0 };
	struct vdc_err silence = { .code = -ETIMEDOUT };
	const struct vdc_apply_input input = {
		.host_id = t->host_id,
		.failure = &silence,
		.seen = VDC_UNSET,
		.claims = &claims,
	};
	struct vdc_applied applied;
	char *job = NULL;
	int r = vdc_job_check(t->lease, t->db, err);

	vdc_err_set(&silence, -ETIMEDOUT, "%s", t->look_text[0] ? t->look_text : "no answer");
	if (!r)
		r = vdc_apply(t->db, &options, &input, t->arena, &applied, err);
	if (!r && applied.news)
		treat_say(t, "%s", applied.news);
	if (!r)
		r = vdc_ha_enlist_leased(t->db, t->host_id, t->arena, &job, err);
	return r ? r : launch(t, job, err);
}

static int ask_lease(struct treating *t, struct vdc_err *err)
{
	static const enum vdc_fence_lease leases[] = {
		[VDC_LEASE_ALIVE] = VDC_FENCE_LEASE_ALIVE,
		[VDC_LEASE_LATE] = VDC_FENCE_LEASE_DEAD,
		[VDC_LEASE_EXPIRED] = VDC_FENCE_LEASE_DEAD,
		[VDC_LEASE_UNKNOWN] = VDC_FENCE_LEASE_UNKNOWN,
	};
	struct vdc_lease_look look;
	int r = vdc_lease_look(t->db, t->host_id, t->arena, &look, err);

	if (r)
		return r;
	treat_say(t, "its storage lease: %s", look.evidence);
	vdc_fence_flow_lease(&t->flow, leases[look.verdict], vdc_time_now());
	return 0;
}

/* At its first message the VMs are known to be dead; the end is waited for when that is written. */
static int await_dump(struct treating *t, struct doing *doing, struct vdc_err *err)
{
	struct vdc_fence_kdump_options options = vdc_fence_kdump_options();
	bool last = t->flow.phase == VDC_FENCE_PHASE_DUMP;
	struct vdc_fence_kdump kdump = {
		.host_id = t->host_id,
		.number = treat_number(t, last ? TREAT_KDUMP_END : TREAT_KDUMP),
		.only_first = !last,
		.dumps_already = last,
	};
	int r;

	options.reason = "it does not answer";
	options.told = t->options->told;
	options.ctx = t->options->ctx;
	options.stop_fd = t->options->stop_fd;
	r = vdc_fence_kdump(t->db, t->lease, &options, &kdump, t->arena, err);
	if (r)
		return r;
	if (treat_stops(t))
		return -ECANCELED;
	if (kdump.result != VDC_KDUMP_NONE)
		doing->outcome = VDC_FENCE_DID;
	if (kdump.evidence)
		snprintf(t->evidence, sizeof(t->evidence), "%s", kdump.evidence);
	doing->text = kdump.reason ? kdump.reason : kdump.evidence;
	return 0;
}

static int set_up(struct treating *t, struct doing *doing, struct vdc_err *err)
{
	struct vdc_drain_options options = { .migrate = vdc_migrate_options() };
	struct vdc_activate_host host = {
		.id = t->host_id,
		.number = treat_number(t, TREAT_SET_UP),
	};
	int r;

	options.told = t->options->told;
	options.ctx = options.migrate.ctx = t->options->ctx;
	options.migrate.stop_fd = -1;
	r = vdc_activate_hosts(t->db, t->lease, &options, &host, 1, t->arena, err);
	if (r)
		return r;
	t->sight.look = 0;
	if (host.end != VDC_ACTIVATE_NO_ANSWER)
		doing->outcome = VDC_FENCE_DID;
	doing->text = host.end == VDC_ACTIVATE_UP ? "it was fenced, and is up again"
		      : host.end == VDC_ACTIVATE_UNFIT
			      ? vdc_arena_format(t->arena,
						 "it was fenced and answers again, but may not "
						 "run VMs: %s",
						 host.reason ? host.reason : "?")
			      : host.reason;
	return 0;
}

static int carry_out(struct treating *t, const struct vdc_fence_decision *decision,
		     struct doing *doing, struct vdc_err *err)
{
	switch (decision->what) {
	case VDC_FENCE_DO_LOOK:
		return treat_look(t, false, err);
	case VDC_FENCE_DO_COUNT:
		return treat_look(t, true, err);
	case VDC_FENCE_DO_SOFT:
		return restart_daemons(t, doing, err);
	case VDC_FENCE_DO_NON_RESPONSIVE:
		doing->outcome = VDC_FENCE_DID;
		return give_up_hope(t, err);
	case VDC_FENCE_DO_ASK_LEASE:
		return ask_lease(t, err);
	case VDC_FENCE_DO_KDUMP:
		return await_dump(t, doing, err);
	case VDC_FENCE_DO_ASK_POWER:
		return treat_ask_power(t, &doing->outcome, err);
	case VDC_FENCE_DO_OFF:
		return treat_off(t, &doing->outcome, &doing->text, err);
	case VDC_FENCE_DO_DOWN:
		doing->outcome = VDC_FENCE_DID;
		return treat_down(t, err);
	case VDC_FENCE_DO_FREE:
		return treat_free(t, &doing->outcome, &doing->text, err);
	case VDC_FENCE_DO_ON:
		return treat_on(t, &doing->outcome, &doing->text, err);
	case VDC_FENCE_DO_SET_UP:
		return set_up(t, doing, err);
	case VDC_FENCE_DO_GIVE_UP:
		return treat_tell_pause(t, decision->reason, err);
	default:
		return 0;
	}
}

static bool is_stored(enum vdc_fence_do what)
{
	return what != VDC_FENCE_DO_LOOK && what != VDC_FENCE_DO_COUNT;
}

int treat_do(struct treating *t, const struct vdc_fence_decision *decision, struct vdc_err *err)
{
	struct doing doing = { .outcome = VDC_FENCE_DID_NOT };
	enum vdc_fence_phase before = t->flow.phase;
	int r = carry_out(t, decision, &doing, err);

	if (r || doing.again)
		return r;
	vdc_fence_flow_did(&t->flow, decision->what, doing.outcome, vdc_time_now(),
			   doing.text ? doing.text : decision->reason);
	if (t->flow.phase == VDC_FENCE_PHASE_OVER)
		return treat_close(t, err);
	if (t->flow.phase == VDC_FENCE_PHASE_PAUSE && decision->what != VDC_FENCE_DO_GIVE_UP &&
	    before != VDC_FENCE_PHASE_PAUSE)
		r = treat_tell_pause(t, t->flow.reason, err);
	return r || !is_stored(decision->what) ? r : treat_store(t, doing.text, err);
}
