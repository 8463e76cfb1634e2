/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cluster after cluster, and then the level. */
#include "act/data_center_upgrade.h"

#include <string.h>

#include "act/data_center_part.h"
#include "act/level.h"
#include "act/upgrade_job.h"

int data_center_begin_step(struct data_center_run *run, struct vdc_job_step *step,
			   struct vdc_err *err)
{
	int r = vdc_job_step_begin(run->lease, run->db, step, run->arena, err);

	if (!r)
		run->control->step(run->control->ctx, step);
	return r;
}

static int note_percent(struct data_center_run *run, struct vdc_err *err)
{
	struct vdc_job *part = vdc_object_new(&vdc_job_kind, run->arena);
	size_t ended = 0;

	for (size_t i = 0; i < run->n_steps; i++)
		ended += run->steps[i]->status == VDC_JOB_FINISHED ||
			 run->steps[i]->status == VDC_JOB_SKIPPED;
	part->action = run->job->action;
	part->status = run->job->status;
	part->percent = (int64_t)(100 * ended / run->n_steps);
	return vdc_job_update(run->lease, run->db, part, run->arena, err);
}

int data_center_end_step(struct data_center_run *run, struct vdc_job_step *step,
			 enum vdc_job_status status, const char *message, struct vdc_err *err)
{
	int r = vdc_job_step_end(run->lease, run->db, step, status, message, run->arena, err);

	if (r)
		return r;
	run->control->step(run->control->ctx, step);
	return note_percent(run, err);
}

int data_center_poll(struct data_center_run *run, struct vdc_err *err)
{
	const struct vdc_upgrade_control *control = &run->control->cluster;
	int64_t request;
	int r = upgrade_take_request(run->db, run->lease, run->arena, &request, err);

	while (control->stop_fd >= 0 && control->stop_taken(control->ctx) > 0)
		run->stops = true;
	run->aborts = run->aborts || request == VDC_JOB_ABORT;
	run->stops = run->stops || request == VDC_JOB_PAUSE || request == VDC_JOB_CANCEL;
	return r;
}

static bool is_over(const struct vdc_job_step *step)
{
	return step->status == VDC_JOB_FINISHED || step->status == VDC_JOB_SKIPPED;
}

static bool is_of_cluster(const struct vdc_job_step *step)
{
	return strcmp(step->action, VDC_UPGRADE_ACTION) == 0;
}

static bool clusters_are_through(const struct data_center_run *run)
{
	for (size_t i = 0; i < run->n_steps; i++)
		if (is_of_cluster(run->steps[i]) && !is_over(run->steps[i]))
			return false;
	return true;
}

static bool any_left(const struct data_center_run *run)
{
	for (size_t i = 0; i < run->n_steps; i++)
		if (run->steps[i]->status == VDC_JOB_QUEUED ||
		    run->steps[i]->status == VDC_JOB_STARTED)
			return true;
	return false;
}

/*
 * A stop that comes when only the level is left comes too late. The cluster that an owner before us
 * had begun is ended also where somebody asked for an abort: what was switched for it must be put back.
 */
static bool may_go_on(const struct data_center_run *run, const struct vdc_job_step *step)
{
	if (run->ending)
		return false;
	if (run->aborts)
		return is_of_cluster(step) && step->status == VDC_JOB_STARTED &&
		       vdc_data_center_child(step);
	return is_of_cluster(step) ? !run->stops : clusters_are_through(run);
}

static int raise_level(struct data_center_run *run, struct vdc_job_step *step, struct vdc_err *err)
{
	struct vdc_level_raise raise = {
		.lease = run->lease,
		.kind = &vdc_data_center_kind,
		.id = run->job->object_id,
		.step = step,
		.ends = VDC_JOB_FINISHED,
	};
	int r = data_center_begin_step(run, step, err);

	if (!r)
		r = data_center_find_damage(run, &raise.stays, err);
	if (!r && !raise.stays)
		r = vdc_level_raise_offered(run->db, &raise, run->arena, err);
	run->left = raise.stays;
	return r ? r
		 : data_center_end_step(run, step, raise.stays ? VDC_JOB_FAILED : VDC_JOB_FINISHED,
					raise.stays, err);
}

static int do_steps(struct data_center_run *run, struct vdc_err *err)
{
	int r = data_center_poll(run, err);

	for (size_t i = 0; i < run->n_steps && !r; i++) {
		struct vdc_job_step *step = run->steps[i];

		if (is_over(step) || !may_go_on(run, step))
			continue;
		r = is_of_cluster(step) ? data_center_take_turn(run, step, err)
					: raise_level(run, step, err);
		if (!r)
			r = data_center_poll(run, err);
	}
	return r;
}

static int carry_out(struct data_center_run *run, struct vdc_err *err)
{
	enum vdc_job_status status = VDC_JOB_FINISHED;
	int r = do_steps(run, err);

	if (r)
		return r;
	if (run->aborts && (run->ending || any_left(run)))
		status = VDC_JOB_ABORTED;
	else if (run->ending)
		status = VDC_JOB_FAILED;
	else if (run->stops && any_left(run))
		status = VDC_JOB_PAUSED;
	return data_center_close(run, status, err);
}

int vdc_data_center_upgrade_run(struct vdc_db *db, const char *job_id,
				const struct vdc_data_center_control *control, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct data_center_run run = { .db = db, .arena = arena, .control = control };
	int r = vdc_job_acquire(db, job_id, VDC_JOB_TTL, &run.lease, err);

	if (!r)
		r = data_center_open(&run, err);
	if (!r)
		r = carry_out(&run, err);
	vdc_job_release(run.lease, db);
	return r;
}
