/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a treatment writes into its job, and what it tells. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/treat_part.h"
#include "base/time.h"
#include "store/events.h"

#define SAY_AGAIN (60 * VDC_SECOND)

bool treat_stops(const struct treating *t)
{
	struct pollfd fd = { .fd = t->options->stop_fd, .events = POLLIN };

	return fd.fd >= 0 && poll(&fd, 1, 0) > 0;
}

static void tell(const struct treating *t, enum vdc_work_kind kind, const char *text)
{
	const struct vdc_work_news news = { .kind = kind, .host = t->host_name, .text = text };

	if (t->options->told)
		t->options->told(t->options->ctx, &news);
}

void treat_say(const struct treating *t, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell(t, VDC_WORK_NOTE, text);
}

int64_t treat_number(const struct treating *t, int64_t step)
{
	return t->flow.rounds * TREAT_ROUND + step;
}

struct vdc_job_step *treat_step(const struct treating *t, int64_t step, const char *action)
{
	struct vdc_job_step *ret = vdc_object_new(&vdc_job_step_kind, t->arena);

	ret->job.id = vdc_arena_strdup(t->arena, vdc_job_lease_id(t->lease));
	ret->number = treat_number(t, step);
	ret->action = vdc_arena_strdup(t->arena, action);
	ret->object_kind = vdc_arena_strdup(t->arena, vdc_host_kind.name);
	ret->object_id = vdc_arena_strdup(t->arena, t->host_id);
	ret->object_name = vdc_arena_strdup(t->arena, t->host_name);
	return ret;
}

int treat_store(struct treating *t, const char *message, struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, t->arena);

	job->state = vdc_fence_flow_text(&t->flow, t->arena);
	snprintf(t->said, sizeof(t->said), "%s", message ? message : "");
	job->message = vdc_arena_strdup(t->arena, t->said);
	t->stored_wait = false;
	return vdc_job_update(t->lease, t->db, job, t->arena, err);
}

/* The job says what is waited for, once; people are told now and then. */
int treat_wait(struct treating *t, const struct vdc_fence_decision *decision, struct vdc_err *err)
{
	const char *text = vdc_arena_format(t->arena, "waits: %s", decision->reason);
	bool same = t->stored_wait && strcmp(t->said, text) == 0;
	int64_t now = vdc_time_monotonic();
	char left[VDC_TIME_LEN + 1];
	int r = 0;

	if (!same)
		r = treat_store(t, text, err);
	t->stored_wait = true;
	if (r || (same && now - t->told < SAY_AGAIN))
		return r;
	t->told = now;
	tell(t, VDC_WORK_WAITS,
	     vdc_arena_format(
		     t->arena, "%s, for another %s", decision->reason,
		     vdc_duration_format((decision->until - t->sight.now) / VDC_SECOND * VDC_SECOND,
					 left)));
	return 0;
}

struct telling {
	struct treating *t;
	enum vdc_severity severity;
	const char *type, *text;
	struct vdc_job *job; /* to be written with it; NULL: none */
};

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct telling *telling = ctx;
	const struct treating *t = telling->t;
	int r = vdc_job_guard(t->lease, db, err);

	if (!r && telling->job)
		r = vdc_store_put(db, &vdc_job_kind, telling->job, t->arena, err);
	if (r || !telling->type)
		return r;
	return vdc_event_note(db, telling->severity, telling->type, &vdc_host_kind, t->sight.host,
			      err, "%s", telling->text);
}

int treat_tell_pause(struct treating *t, const char *why, struct vdc_err *err)
{
	struct telling telling = {
		.t = t,
		.severity = VDC_SEVERITY_ALERT,
		.type = "host_not_fenced",
		.text = vdc_arena_format(t->arena,
					 "host %s does not answer and is left alone for "
					 "now: %s",
					 t->host_name, why),
	};

	treat_say(t, "left alone for now: %s", why);
	return vdc_db_transaction(t->db, in_transaction, &telling, err);
}

/* A short silence is no news: that the host is up again was told by whoever read it. */
int treat_close(struct treating *t, struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, t->arena);
	bool worth = t->sight.host && (t->flow.soft_tried || t->flow.rounds || t->flow.fenced);
	struct telling telling = {
		.t = t,
		.severity = VDC_SEVERITY_NORMAL,
		.type = worth ? "host_treatment_ended" : NULL,
		.text = vdc_arena_format(t->arena, "treatment of host %s ended: %s", t->host_name,
					 t->flow.reason),
		.job = job,
	};

	job->id = vdc_arena_strdup(t->arena, vdc_job_lease_id(t->lease));
	job->action = vdc_arena_strdup(t->arena, VDC_TREAT_ACTION);
	job->status = VDC_JOB_FINISHED;
	job->state = vdc_fence_flow_text(&t->flow, t->arena);
	job->message = vdc_arena_strdup(t->arena, t->flow.reason);
	job->end_time = job->last_updated = vdc_time_now();
	job->exit_code = 0;
	job->percent = 100;
	treat_say(t, "its treatment ended: %s", t->flow.reason);
	return vdc_db_transaction(t->db, in_transaction, &telling, err);
}
