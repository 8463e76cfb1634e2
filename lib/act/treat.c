/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/treat.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "act/sync.h"
#include "act/treat_part.h"
#include "base/setting.h"
#include "base/time.h"

#define LONGEST_SLEEP (2 * VDC_SECOND) /* then the database may know more */

struct vdc_treat_options vdc_treat_options(void)
{
	return (struct vdc_treat_options){
		.times = {
			.grace = vdc_sync_options().grace,
			/* To the first answer, and until the silence after it counts. */
			.look = 2 * vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
			.refresh = vdc_setting_number(VDC_SETTING_HOST_REFRESH),
			.delay = vdc_setting_number(VDC_SETTING_FENCE_DELAY),
			.soft = vdc_setting_number(VDC_SETTING_FENCE_SOFT_TIMEOUT),
			.kdump = vdc_setting_number(VDC_SETTING_FENCE_KDUMP_TIMEOUT),
			.comes_back = vdc_setting_number(VDC_SETTING_FENCE_RETURN_TIMEOUT),
			.repeat = vdc_setting_number(VDC_SETTING_FENCE_REPEAT),
			.repeat_most = vdc_setting_number(VDC_SETTING_FENCE_REPEAT_MOST),
		},
		.quiet = vdc_setting_number(VDC_SETTING_FENCE_QUIET_TIME),
		.stop_fd = -1,
	};
}

struct finding {
	const struct vdc_host *host;
	struct vdc_arena *arena;
	char *id;
};

static int find_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct finding *f = ctx;
	struct vdc_job *job;
	int r = vdc_job_open_about(db, VDC_TREAT_ACTION, f->host->id, NULL, f->arena, &f->id, err);

	if (r || f->id)
		return r;
	job = vdc_job_new(VDC_TREAT_ACTION, "", f->arena);
	job->description = vdc_arena_format(f->arena, "treatment of host %s, which does not answer",
					    f->host->name);
	vdc_job_about(job, &vdc_host_kind, f->host->id, f->host->name, f->arena);
	r = vdc_store_put(db, &vdc_job_kind, job, f->arena, err);
	f->id = job->id;
	return r;
}

int vdc_treat_find(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		   char **ret, struct vdc_err *err)
{
	struct finding finding = { .host = host, .arena = arena };
	int r = vdc_db_transaction(db, find_or_make, &finding, err);

	if (!r)
		*ret = finding.id;
	return r;
}

/* Shorter when somebody asks to stop. */
static void sleep_until(const struct treating *t, int64_t wake)
{
	struct pollfd fd = { .fd = t->options->stop_fd, .events = POLLIN };
	int64_t left = wake - vdc_time_now();

	if (left > LONGEST_SLEEP)
		left = LONGEST_SLEEP;
	if (left > 0)
		poll(&fd, 1, (int)(left / 1000 + 1));
}

/* One question and what follows from it. */
static int turn(struct treating *t, struct vdc_err *err)
{
	struct vdc_fence_decision decision;
	int r = vdc_job_check(t->lease, t->db, err);

	if (!r)
		r = treat_observe(t, err);
	if (r)
		return r;
	decision = vdc_fence_flow_next(&t->flow, &t->sight, &t->options->times, t->arena);
	if (decision.what != VDC_FENCE_DO_WAIT)
		return treat_do(t, &decision, err);
	r = treat_wait(t, &decision, err);
	if (!r)
		sleep_until(t, decision.wake);
	return r;
}

static int begin(struct treating *t, struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_job *job;
	void *found;
	int r = vdc_store_get(t->db, &vdc_job_kind, vdc_job_lease_id(t->lease), VDC_WITH_LONG,
			      arena, &found, err);

	if (r)
		return r;
	job = found;
	t->host_id = job->object_id ? job->object_id : "";
	t->host_name = job->object_name ? job->object_name : "?";
	t->flow = vdc_fence_flow_parse(job->state, vdc_time_now());
	t->arena = arena;
	r = vdc_virt_load(err);
	if (r)
		return r;
	if (!job->state)
		return treat_store(t, "it is looked at", err);
	treat_say(t, "its treatment goes on");
	return 0;
}

int vdc_treat(struct vdc_db *db, struct vdc_job_lease *lease,
	      const struct vdc_treat_options *options, struct vdc_arena *arena, char **ret,
	      struct vdc_err *err)
{
	struct treating t = {
		.db = db,
		.lease = lease,
		.options = options,
		.begun = vdc_time_now(),
	};
	int r = begin(&t, arena, err);

	*ret = NULL;
	while (!r && t.flow.phase != VDC_FENCE_PHASE_OVER && !treat_stops(&t)) {
		t.arena = vdc_arena_new();
		r = turn(&t, err);
		vdc_arena_free(t.arena);
	}
	if (r == -ECANCELED && treat_stops(&t))
		return 0;
	if (!r && t.flow.phase == VDC_FENCE_PHASE_OVER)
		*ret = vdc_arena_strdup(arena, t.flow.reason);
	return r;
}

/* As the database knows it: nobody looks at the host. */
static void take_for_look(struct treating *t)
{
	const struct vdc_host *host = t->sight.host;
	bool silent = host && host->failures != VDC_UNSET && host->failures > 0;

	t->sight.look = silent ? VDC_FENCE_LOOK_SILENT : VDC_FENCE_LOOK_ANSWERED;
	t->sight.looked = t->sight.now;
	t->sight.look_text = silent ? NULL : "it answered when it was last looked at";
}

int vdc_treat_explain(struct vdc_db *db, const char *host_id,
		      const struct vdc_treat_options *options, struct vdc_arena *arena,
		      struct vdc_fence_step *ret[VDC_FENCE_FORECAST_MOST], size_t *n,
		      struct vdc_err *err)
{
	struct treating t = {
		.db = db,
		.options = options,
		.host_id = host_id,
		.begun = vdc_time_now(),
		.arena = arena,
	};
	char *id = NULL;
	void *found = NULL;
	int r = treat_observe(&t, err);

	if (!r)
		r = vdc_job_open_about(db, VDC_TREAT_ACTION, host_id, NULL, arena, &id, err);
	if (!r && id)
		r = vdc_store_get(db, &vdc_job_kind, id, VDC_WITH_LONG, arena, &found, err);
	if (r)
		return r;
	t.flow = vdc_fence_flow_parse(found ? ((struct vdc_job *)found)->state : NULL, t.sight.now);
	take_for_look(&t);
	*n = vdc_fence_forecast(&t.flow, &t.sight, &options->times, ret, arena);
	for (size_t i = 0; i < *n; i++) {
		ret[i]->id = vdc_arena_strdup(arena, host_id);
		ret[i]->host = vdc_arena_strdup(arena, t.sight.host ? t.sight.host->name : "?");
	}
	return 0;
}
