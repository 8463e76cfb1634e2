/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The turn of a cluster in the upgrade of its data centre. */
#include <errno.h>
#include <string.h>

#include "act/data_center_part.h"
#include "act/level.h"
#include "act/upgrade_work.h"
#include "base/time.h"
#include "store/store.h"

struct turn {
	struct data_center_run *run;
	struct vdc_job_step *step;
	struct vdc_arena *arena; /* of what is read for it, which may be much */
	struct vdc_data_center_turn plan;
	struct upgrade_beginning beginning;
	bool asked; /* to stop: nothing was begun */
};

static int end_turn(struct turn *turn, const char *why, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;

	run->ending = vdc_arena_format(run->arena, "cluster %s: %s", turn->step->object_name, why);
	return data_center_end_step(run, turn->step, VDC_JOB_FAILED, why, err);
}

/* The hosts are as they are to be: what is left is the level. */
static int pass_over(struct turn *turn, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;
	const char *why = turn->plan.nothing;
	struct vdc_level_raise raise = {
		.lease = run->lease,
		.kind = &vdc_cluster_kind,
		.id = turn->step->object_id,
		.step = turn->step,
		.ends = VDC_JOB_SKIPPED,
		.message = vdc_arena_format(turn->arena, "%s; its level was raised", why),
	};
	int r;

	if (!turn->plan.how.raise_level || turn->plan.left_out)
		return data_center_end_step(run, turn->step, VDC_JOB_SKIPPED, why, err);
	r = vdc_level_raise_offered(run->db, &raise, turn->arena, err);
	why = raise.stays ? vdc_arena_format(turn->arena, "%s; %s", why, raise.stays)
			  : raise.message;
	return r ? r : data_center_end_step(run, turn->step, VDC_JOB_SKIPPED, why, err);
}

/*
 * The cluster's job comes to be together with the step's word of it. Who asked to stop before is
 * heeded now; who asks from now on finds that job and asks it too.
 */
static int make_child(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct turn *turn = ctx;
	struct data_center_run *run = turn->run;
	void *job;
	int r = vdc_job_guard(run->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_job_kind, run->job->id, 0, turn->arena, &job, err);
	if (r)
		return r;
	turn->asked = ((const struct vdc_job *)job)->request > 0;
	if (turn->asked)
		return 0;
	r = upgrade_begin_in(db, &turn->beginning, err);
	turn->step->state = vdc_arena_format(run->arena, "job=%s", turn->beginning.job->id);
	return r ? r : vdc_store_put(db, &vdc_job_step_kind, turn->step, turn->arena, err);
}

static int plan(struct turn *turn, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;
	void *cluster;
	int r = vdc_store_get(run->db, &vdc_cluster_kind, turn->step->object_id, 0, turn->arena,
			      &cluster, err);

	if (r == -ENOENT) {
		turn->plan.nothing = "it is gone";
		turn->plan.left_out = true;
		return 0;
	}
	turn->plan.cluster = cluster;
	turn->plan.options = run->job->state;
	turn->plan.arena = turn->arena;
	if (!r)
		r = run->control->plan(run->control->ctx, &turn->plan, err);
	if (r || turn->plan.nothing)
		return r;
	r = upgrade_beginning(&turn->plan.rows, &turn->plan.how, turn->arena, &turn->beginning,
			      err);
	if (!r)
		turn->beginning.job->parent = run->job->id;
	return r;
}

/* Somebody asked to stop before anything was begun: the cluster waits for its turn again. */
static int give_back(struct turn *turn, struct vdc_err *err)
{
	return data_center_end_step(turn->run, turn->step, VDC_JOB_QUEUED, NULL, err);
}

/* What fails is the turn, unless the database cannot be reached: then all is as if we were killed. */
static int fail(struct turn *turn, int r, const struct vdc_err *why, struct vdc_err *err)
{
	return vdc_db_is_away(r) ? vdc_err_set(err, r, "%s", vdc_err_text(why))
				 : end_turn(turn, vdc_err_text(why), err);
}

/* 1: it has begun; 0: there is nothing more to do in this turn. */
static int begin_child(struct turn *turn, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;
	struct vdc_err why = { 0 };
	int r = plan(turn, &why);

	if (r)
		return fail(turn, r, &why, err);
	if (turn->plan.nothing)
		return pass_over(turn, err);
	r = data_center_poll(run, err);
	if (r || run->stops || run->aborts)
		return r ? r : give_back(turn, err);
	r = vdc_db_transaction(run->db, make_child, turn, &why);
	if (r)
		return fail(turn, r, &why, err);
	if (turn->asked)
		return give_back(turn, err);
	run->control->step(run->control->ctx, turn->step);
	return 1;
}

static int read_child(struct turn *turn, struct vdc_job **ret, struct vdc_err *err)
{
	const char *id = vdc_data_center_child(turn->step);
	struct vdc_err why = { 0 };
	void *job;
	int r;

	*ret = NULL;
	if (!id)
		return 0;
	r = vdc_store_get(turn->run->db, &vdc_job_kind, id, 0, turn->arena, &job, &why);
	if (r == -ENOENT)
		return 0;
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	*ret = job;
	return 0;
}

/* A stop that its run took came to us too. */
static int take_stop(void *ctx)
{
	struct data_center_run *run = ctx;
	int r = run->control->cluster.stop_taken(run->control->cluster.ctx);

	run->stops = run->stops || r > 0;
	return r;
}

static void pass_on(void *ctx, const struct vdc_work_news *news)
{
	const struct vdc_upgrade_control *control =
		&((struct data_center_run *)ctx)->control->cluster;

	if (control->told)
		control->told(control->ctx, news);
}

static int run_child(struct turn *turn, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;
	const char *child = vdc_data_center_child(turn->step);
	const struct vdc_upgrade_control control = {
		.stop_fd = run->control->cluster.stop_fd,
		.stop_taken = take_stop,
		.told = pass_on,
		.ctx = run,
	};
	int r = run->aborts ? vdc_job_ask(run->db, child, VDC_JOB_ABORT, err) : 0;

	if (!r)
		r = run->code = vdc_upgrade_run(run->db, child, &control, err);
	return r < 0 ? vdc_err_prefix(err, "cluster %s: ", turn->step->object_name) : 0;
}

static int after_child(struct turn *turn, const struct vdc_job *child, struct vdc_err *err)
{
	const char *text = child->message ? child->message : "?";

	switch (child->status) {
	case VDC_JOB_FINISHED:
		return data_center_end_step(turn->run, turn->step, VDC_JOB_FINISHED, text, err);
	case VDC_JOB_PAUSED:
		turn->run->stops = true; /* its step stays begun: whoever resumes goes on with it */
		return 0;
	case VDC_JOB_ABORTED:
		text = vdc_arena_format(turn->arena, "its upgrade was aborted: %s", text);
		break;
	}
	return end_turn(turn, text, err);
}

static int take_turn(struct turn *turn, struct vdc_err *err)
{
	struct data_center_run *run = turn->run;
	struct vdc_job *child;
	int r = read_child(turn, &child, err);

	if (!r && child && child->status == VDC_JOB_FINISHED)
		return after_child(turn, child, err);
	if (child && child->status == VDC_JOB_ABORTED)
		child = NULL; /* over: it is planned anew */
	if (!child)
		turn->step->state = vdc_arena_strdup(run->arena, "");
	if (!r)
		r = data_center_begin_step(run, turn->step, err);
	if (!r)
		r = child ? 1 : begin_child(turn, err);
	if (r != 1)
		return r;
	r = run_child(turn, err);
	if (!r)
		r = read_child(turn, &child, err);
	return r || !child ? r : after_child(turn, child, err);
}

int data_center_take_turn(struct data_center_run *run, struct vdc_job_step *step,
			  struct vdc_err *err)
{
	struct turn turn = { .run = run, .step = step, .arena = vdc_arena_new() };
	int r = take_turn(&turn, err);

	vdc_arena_free(turn.arena);
	return r;
}
