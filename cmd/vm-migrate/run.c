/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vm-migrate, and vm-migrate resume. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/words.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "store/store.h"
#include "vm_migrate.h"

int vm_migrate_run(struct vdc_call *call, struct vdc_err *err)
{
	struct vm_migrate_request request;
	char *job;
	int r = vm_migrate_read(call, &request, err);

	if (r)
		return r;
	if (vdc_given(call, "explain"))
		return vm_migrate_explain(call, &request, err);
	if (vdc_given(call, "dry-run"))
		return vm_migrate_preview(call, &request, err);
	if (!request.n)
		return 0;
	r = vdc_move_job(vdc_call_db(call), VM_MIGRATE_ACTION,
			 vm_migrate_write_options(&request, vdc_call_arena(call)), request.moves,
			 request.n, vdc_call_arena(call), &job, err);
	return r ? r : vm_migrate_do_job(call, job, &request, err);
}

static int read_job(struct vdc_call *call, const struct vdc_job *job,
		    struct vm_migrate_request *ret, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *to = vdc_line_value(job->plan, "to", arena);
	const char *cluster = vdc_line_value(job->plan, "cluster", arena);
	int r = vdc_moves_left(vdc_call_db(call), job->id, arena, &ret->moves, &ret->n, err);

	if (r)
		return r;
	ret->options = vdc_migrate_options();
	vm_migrate_read_options(job->plan, &ret->options);
	for (size_t i = 0; i < ret->n; i++) {
		ret->moves[i].to_id = to;
		ret->moves[i].cluster_id = cluster;
	}
	return 0;
}

/* An owner that was killed counts as alive for as long as its lease lasts. */
static int wait_for_owner(struct vdc_call *call, const char *job, struct vdc_err *err)
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

static int resume(struct vdc_call *call, const struct vdc_job *job, struct vdc_err *err)
{
	struct vm_migrate_request request;
	int r;

	if (!job->action || strcmp(job->action, VM_MIGRATE_ACTION) != 0)
		return vdc_err_set(err, -EINVAL, "job %s is none of vm-migrate: it is %s", job->id,
				   job->action);
	if (!vdc_job_is_open(job->status))
		return vdc_err_set(err, -EINVAL, "job %s is over: %s", job->id,
				   vdc_enum_word(&vdc_job_status_values, job->status));
	r = wait_for_owner(call, job->id, err);
	if (!r)
		r = read_job(call, job, &request, err);
	return r ? r : vm_migrate_do_job(call, job->id, &request, err);
}

static int add_job(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		   struct vdc_err *err vdc_unused)
{
	const struct vdc_job *job = object;

	if (job->action && strcmp(job->action, VM_MIGRATE_ACTION) == 0 &&
	    vdc_job_is_open(job->status))
		vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

static int find_jobs(struct vdc_call *call, struct vdc_buf *jobs, struct vdc_err *err)
{
	struct vdc_db *db = vdc_call_db(call);
	const char *const *ids;
	int n = vdc_call_operands(call, &ids), r = 0;

	if (!n)
		return vdc_store_each(db, &vdc_job_kind, VDC_WITH_LONG, vdc_call_arena(call),
				      add_job, jobs, err);
	for (int i = 0; i < n && !r; i++) {
		void *job;

		r = vdc_store_get(db, &vdc_job_kind, ids[i], VDC_WITH_LONG, vdc_call_arena(call),
				  &job, err);
		if (!r)
			vdc_buf_add(jobs, &job, sizeof(job));
	}
	return r;
}

int vm_migrate_resume(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	int r = find_jobs(call, &jobs, err), code = VDC_EXIT_OK;

	for (size_t i = 0; i < jobs.len / sizeof(void *) && r >= 0; i++) {
		r = resume(call, ((struct vdc_job *const *)(const void *)jobs.data)[i], err);
		code = r > code ? r : code;
	}
	return r < 0 ? r : code;
}
