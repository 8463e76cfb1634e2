/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of a verb: made, carried out, closed. */
#include <errno.h>

#include "act/fence_note.h"
#include "base/log.h"
#include "fence.h"

static int make_job(struct vdc_call *call, const struct fence_job *what, const char **ret,
		    struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_job_new(what->action, NULL, arena);
	int r;

	if (what->n == 1)
		vdc_job_about(job, &vdc_host_kind, what->hosts[0]->id, what->hosts[0]->name, arena);
	job->description =
		what->n == 1
			? vdc_arena_format(arena, "%s of host %s", what->what, job->object_name)
			: vdc_arena_format(arena, "%s of %zu hosts", what->what, what->n);
	r = vdc_job_create(vdc_call_db(call), job, arena, err);
	if (!r)
		*ret = job->id;
	return r;
}

/* What was left behind by processes that died. */
static int bury(struct vdc_call *call, const struct fence_job *job, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < job->n && !r; i++) {
		const char *dead;

		r = vdc_fence_note_bury(vdc_call_db(call), job->action, job->step_action,
					job->hosts[i]->id, vdc_call_arena(call), &dead, err);
		if (!r && dead)
			vdc_log(VDC_LOG_WARNING,
				"host %s: job %s was left behind by a process that died",
				job->hosts[i]->name, dead);
	}
	return r;
}

int fence_busy(const struct vdc_call *call, int r)
{
	return r == -EBUSY && vdc_given(call, "quiet") ? (int)VDC_EXIT_BUSY : r;
}

int fence_do_job(struct vdc_call *call, const struct fence_job *job,
		 int (*fn)(void *ctx, struct vdc_job_lease *lease, struct vdc_work_watch *watch,
			   struct vdc_err *err),
		 void *ctx, struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(call);
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	const char *id;
	int code = 0, r = bury(call, job, err);

	if (!r)
		r = make_job(call, job, &id, err);
	if (r)
		return r;
	vdc_work_begin(&watch, 0);
	r = vdc_job_acquire(db, id, VDC_JOB_TTL, &lease, err);
	if (!r) {
		code = fn(ctx, lease, &watch, err);
		r = code < 0 ? code : vdc_work_close_job(call, lease, code, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : db);
	vdc_work_end(&watch);
	return r ? r : code;
}
