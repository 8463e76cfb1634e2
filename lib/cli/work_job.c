/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of a command: found, taken up after their owner died, closed. */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "cli/work.h"
#include "store/store.h"

struct finding {
	const char *action;
	struct vdc_buf *jobs;
};

static int add_job(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		   struct vdc_err *err vdc_unused)
{
	const struct vdc_job *job = object;
	struct finding *finding = ctx;

	if (job->action && strcmp(job->action, finding->action) == 0 &&
	    vdc_job_is_open(job->status))
		vdc_buf_add(finding->jobs, &object, sizeof(object));
	return 0;
}

int vdc_work_jobs(struct vdc_call *call, const char *action, struct vdc_buf *jobs,
		  struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(call);
	const char *const *ids;
	struct finding finding = { action, jobs };
	int n = vdc_call_operands(call, &ids), r = 0;

	if (!n)
		return vdc_store_each(db, &vdc_job_kind, VDC_WITH_LONG, vdc_call_arena(call),
				      add_job, &finding, err);
	for (int i = 0; i < n && !r; i++) {
		void *job;

		r = vdc_store_get(db, &vdc_job_kind, ids[i], VDC_WITH_LONG, vdc_call_arena(call),
				  &job, err);
		if (!r)
			vdc_buf_add(jobs, &job, sizeof(job));
	}
	return r;
}

/* An owner that was killed counts as alive for as long as its lease lasts. */
int vdc_work_await_owner(struct vdc_call *call, const char *job, struct vdc_err *err)
{
	struct vdc_progress *progress = vdc_progress_new(0);
	char *owner = NULL;
	struct vdc_wait wait;
	int r;

	vdc_wait_begin(&wait, progress, VDC_JOB_TTL + VDC_SECOND, "job %s to be free", job);
	while (!(r = vdc_job_owner(vdc_call_db(call), job, vdc_call_arena(call), &owner, err)) &&
	       owner)
		if (vdc_wait_pause(&wait, VDC_SECOND / 2, NULL)) {
			r = vdc_err_set(err, -EBUSY, "job %s is being done by %s", job, owner);
			break;
		}
	vdc_progress_free(progress);
	return r;
}

int vdc_work_take_up(struct vdc_call *call, const struct vdc_job *job, const char *action,
		     struct vdc_err *err)
{
	if (!job->action || strcmp(job->action, action) != 0)
		return vdc_err_set(err, -EINVAL, "job %s is none of %s: it is %s", job->id, action,
				   job->action);
	if (!vdc_job_is_open(job->status))
		return vdc_err_set(err, -EINVAL, "job %s is over: %s", job->id,
				   vdc_enum_word(&vdc_job_status_values, job->status));
	return vdc_work_await_owner(call, job->id, err);
}

int vdc_work_close_job(struct vdc_call *call, const struct vdc_job_lease *lease, int code,
		       struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = code == VDC_EXIT_OK ? VDC_JOB_FINISHED : VDC_JOB_FAILED;
	job->end_time = vdc_time_now();
	job->exit_code = code;
	job->percent = 100;
	return vdc_job_update(lease, vdc_call_db(call), job, arena, err);
}

enum vdc_exit vdc_work_exit(const enum vdc_exit *codes, size_t n)
{
	enum vdc_exit code = VDC_EXIT_OK;
	size_t good = 0;

	for (size_t i = 0; i < n; i++) {
		good += codes[i] == VDC_EXIT_OK;
		if (codes[i] != VDC_EXIT_OK)
			code = code == VDC_EXIT_OK || code == codes[i] ? codes[i]
								       : VDC_EXIT_FINDINGS;
	}
	return good && good < n ? VDC_EXIT_PARTLY : code;
}

int vdc_work_resume(struct vdc_call *call, const char *action,
		    int (*fn)(struct vdc_call *call, const struct vdc_job *job,
			      struct vdc_err *err),
		    struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	int r = vdc_work_jobs(call, action, &jobs, err), code = VDC_EXIT_OK;

	for (size_t i = 0; i < jobs.len / sizeof(void *) && r >= 0; i++) {
		r = fn(call, ((struct vdc_job *const *)(const void *)jobs.data)[i], err);
		code = r > code ? r : code;
	}
	return r < 0 ? r : code;
}
