/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power of a host that is treated. */
#include <errno.h>
#include <stdio.h>

#include "act/fence_power.h"
#include "act/host_down.h"
#include "act/spm_free.h"
#include "act/spm_launch.h"
#include "act/treat_part.h"
#include "act/update.h"
#include "base/time.h"
#include "store/events.h"

#define HOUR (3600 * VDC_SECOND)

static int switch_power(struct treating *t, struct vdc_fence_wish *wish, struct vdc_err *err)
{
	struct vdc_fence_power_options options = vdc_fence_power_options();
	int r;

	options.reason = "it does not answer";
	options.told = t->options->told;
	options.ctx = t->options->ctx;
	r = vdc_fence_power(t->db, t->lease, &options, wish, 1, t->arena, err);
	if (!r && wish->evidence)
		snprintf(t->evidence, sizeof(t->evidence), "%s", wish->evidence);
	return r;
}

static void is_off(struct treating *t, enum vdc_fence_outcome *ret)
{
	t->proven_at = vdc_time_now();
	*ret = VDC_FENCE_DID;
}

int treat_ask_power(struct treating *t, enum vdc_fence_outcome *ret, struct vdc_err *err)
{
	struct vdc_fence_wish wish = {
		.host_id = t->host_id,
		.action = VDC_FENCE_STATUS,
		.number = treat_number(t, TREAT_ASK_POWER),
		.keep_status = true,
	};
	int r = switch_power(t, &wish, err);

	if (!r && wish.result == VDC_FENCE_SUCCESS && wish.power == VDC_POWER_OFF)
		is_off(t, ret);
	return r;
}

struct beginning {
	struct treating *t;
	struct vdc_job_step *step;
	struct vdc_job *job;
	bool too_many;
};

/* Two treatments at once cannot both take the last fence of an hour. */
static int begin_off(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct beginning *b = ctx;
	const struct treating *t = b->t;
	const struct vdc_cluster *cluster = t->sight.cluster;
	int64_t fences;
	int r = vdc_job_guard(t->lease, db, err);

	if (!r)
		r = vdc_job_count_steps(db, VDC_TREAT_ACTION, VDC_TREAT_STEP_OFF, cluster->id,
					b->step->start_time - HOUR, &fences, err);
	if (r)
		return r;
	b->too_many =
		cluster->max_fences_per_hour != VDC_UNSET && fences >= cluster->max_fences_per_hour;
	if (b->too_many)
		return 0;
	r = vdc_store_put(db, &vdc_job_step_kind, b->step, t->arena, err);
	return r ? r : vdc_store_put(db, &vdc_job_kind, b->job, t->arena, err);
}

static int begin(struct treating *t, struct beginning *b, struct vdc_err *err)
{
	struct vdc_fence_flow flow = t->flow;
	int r;

	vdc_fence_flow_begin_off(&flow, vdc_time_now());
	*b = (struct beginning){
		.t = t,
		.step = treat_step(t, TREAT_HARD_FENCE, VDC_TREAT_STEP_OFF),
		.job = vdc_object_new(&vdc_job_kind, t->arena),
	};
	b->step->status = VDC_JOB_STARTED;
	b->step->start_time = vdc_time_now();
	b->job->id = vdc_arena_strdup(t->arena, vdc_job_lease_id(t->lease));
	b->job->action = vdc_arena_strdup(t->arena, VDC_TREAT_ACTION);
	b->job->state = vdc_fence_flow_text(&flow, t->arena);
	b->job->message = vdc_arena_strdup(t->arena, "it is switched off");
	b->job->last_updated = vdc_time_now();
	r = vdc_db_transaction(t->db, begin_off, b, err);
	if (!r && !b->too_many)
		t->flow = flow;
	return r;
}

int treat_off(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	      struct vdc_err *err)
{
	struct vdc_fence_wish wish = {
		.host_id = t->host_id,
		.action = VDC_FENCE_OFF,
		.number = treat_number(t, TREAT_OFF),
		.ha_vms = VDC_UNSET,
	};
	struct beginning b;
	int r = begin(t, &b, err);

	if (r || b.too_many) {
		*text = "others were fenced at the same moment, and more are not allowed in an "
			"hour";
		return r;
	}
	r = switch_power(t, &wish, err);
	if (r)
		return r;
	*text = wish.reason;
	t->launched = wish.ha_vms != VDC_UNSET;
	if (wish.result == VDC_FENCE_SUCCESS && wish.power == VDC_POWER_OFF)
		is_off(t, ret);
	t->was_manager = t->was_manager || wish.was_manager;
	return vdc_job_step_end(t->lease, t->db, b.step,
				*ret == VDC_FENCE_DID ? VDC_JOB_FINISHED : VDC_JOB_FAILED,
				wish.reason ? wish.reason : wish.evidence, t->arena, err);
}

/* It was, perhaps, done by whoever switched it off: then nothing changes. */
int treat_down(struct treating *t, struct vdc_err *err)
{
	const char *known = t->sight.host->down_evidence;
	struct vdc_host_down down = {
		.host_id = t->host_id,
		.status = t->flow.dumped ? VDC_HOST_KDUMPING : VDC_HOST_DOWN,
		.power_off = !t->flow.dumped,
		.evidence = t->evidence[0] ? t->evidence
			    : known	   ? known
					   : "its power is off",
	};
	char *owner = NULL;
	struct vdc_err why = { 0 };
	int r = vdc_host_down(t->db, t->lease, &down, t->arena, err);

	t->was_manager = t->was_manager || (!r && down.was_manager);
	if (!r && down.ha_job)
		r = vdc_job_owner(t->db, down.ha_job, t->arena, &owner, err);
	if (!r && down.ha_job && !owner && !t->launched && vdc_ha_launch(down.ha_job, &why))
		treat_say(t, "ha-restart does not start: %s", vdc_err_text(&why));
	return r;
}

/* Whether its lease is free or not: the election waits for it where it is not. */
static void elect(struct treating *t)
{
	struct vdc_err why = { 0 };

	if (t->was_manager && vdc_spm_launch_after(t->db, t->sight.host, t->arena, &why))
		treat_say(t, "no manager is elected: %s", vdc_err_text(&why));
	t->was_manager = false;
}

int treat_free(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	       struct vdc_err *err)
{
	struct vdc_spm_free free = {
		.host_id = t->host_id,
		.number = treat_number(t, TREAT_FREE),
		.reason = "it does not answer",
		.proven_at = t->proven_at,
		.told = t->options->told,
		.told_ctx = t->options->ctx,
	};
	int r = vdc_spm_free_leases(t->db, t->lease, &free, t->arena, err);

	if (r)
		return r;
	elect(t);
	*text = free.text;
	if (free.end == VDC_SPM_FREED || free.end == VDC_SPM_FREE_NOTHING)
		*ret = VDC_FENCE_DID;
	return 0;
}

/* From now on it may be silent for as long as a host that was told to reboot. */
static int write_reboot(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct treating *t = ctx;
	struct vdc_host *after;
	void *before;
	int r = vdc_job_guard(t->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, t->host_id, VDC_WITH_LONG, t->arena, &before,
				  err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_host_kind, before, t->arena);
	if (after->status != VDC_HOST_DOWN)
		return 0;
	after->status = VDC_HOST_REBOOT;
	after->status_since = vdc_time_now();
	after->status_detail = NULL;
	return vdc_update(db, &vdc_host_kind, before, after, t->arena, NULL, err);
}

int treat_on(struct treating *t, enum vdc_fence_outcome *ret, const char **text,
	     struct vdc_err *err)
{
	struct vdc_fence_wish wish = {
		.host_id = t->host_id,
		.action = VDC_FENCE_ON,
		.number = treat_number(t, TREAT_ON),
	};
	int r = switch_power(t, &wish, err);

	if (r)
		return r;
	*text = wish.reason;
	t->sight.look = 0;
	if (wish.result != VDC_FENCE_SUCCESS)
		return 0;
	*ret = VDC_FENCE_DID;
	return vdc_db_transaction(t->db, write_reboot, t, err);
}
