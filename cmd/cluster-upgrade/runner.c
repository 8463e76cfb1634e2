/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who carries a run out: this process, or one that does not end with the terminal. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "base/session.h"
#include "cli/work.h"
#include "run.h"
#include "store/store.h"

#define START_TIME (30 * VDC_SECOND)

struct running {
	struct vdc_call *call;
	struct cluster_upgrade_printer *printer;
	int signals;
};

static int take_signal(void *ctx)
{
	return vdc_work_signal_came(((const struct running *)ctx)->signals);
}

static void told(void *ctx, const struct vdc_work_news *news)
{
	cluster_upgrade_told(((struct running *)ctx)->printer, news);
}

static void told_turn(void *ctx, const struct vdc_job_step *step)
{
	cluster_upgrade_told_turn(((struct running *)ctx)->printer, step);
}

static int plan_turn(void *ctx, struct vdc_data_center_turn *turn, struct vdc_err *err)
{
	struct running *running = ctx;
	int r = cluster_upgrade_plan_turn(running->call, turn, false, err);

	return r || turn->nothing || turn->how.no_reserve
		       ? r
		       : cluster_upgrade_refuse_bare(running->call, turn->rows.upgrade, err);
}

static int get_job(struct vdc_call *call, const char *id, struct vdc_job **ret, struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(vdc_call_db(call), &vdc_job_kind, id, 0, vdc_call_arena(call),
			      &object, err);

	if (!r)
		*ret = object;
	return r;
}

static int end(struct running *running, const char *id, int code, struct vdc_err *err)
{
	struct vdc_job *job;
	int r = get_job(running->call, id, &job, err);

	if (!r)
		r = cluster_upgrade_printer_end(running->printer, (enum vdc_job_status)job->status,
						code, job->message, err);
	return r ? r : code;
}

static int run(struct running *running, const struct vdc_job *job, struct vdc_err *err)
{
	const struct vdc_upgrade_control cluster = {
		.stop_fd = running->signals,
		.stop_taken = take_signal,
		.told = told,
		.ctx = running,
	};
	const struct vdc_data_center_control data_center = {
		.cluster = cluster,
		.plan = plan_turn,
		.step = told_turn,
		.ctx = running,
	};
	struct vdc_db *db = vdc_call_db(running->call);

	return cluster_upgrade_is_of_data_center(job)
		       ? vdc_data_center_upgrade_run(db, job->id, &data_center, err)
		       : vdc_upgrade_run(db, job->id, &cluster, err);
}

static int run_here(struct vdc_call *call, const char *id, struct vdc_err *err)
{
	struct running running = { .call = call };
	struct vdc_job *job;
	int r = get_job(call, id, &job, err);

	if (r)
		return r;
	running.printer = cluster_upgrade_printer_new(
		call, id,
		cluster_upgrade_is_of_data_center(job) ? &vdc_data_center_kind : &vdc_cluster_kind,
		job->object_name);
	running.signals = vdc_work_signals();
	r = run(&running, job, err);
	if (r >= 0)
		r = end(&running, id, r, err);
	else
		vdc_err_prefix(err, "the run was cut off, cluster-upgrade resume %s goes on: ", id);
	cluster_upgrade_printer_free(running.printer);
	if (running.signals >= 0)
		close(running.signals);
	return r;
}

/* Anew, so that no connection and no thread of this process comes along. */
static void become_runner(struct vdc_call *call, const char *job)
{
	const char *argv[8] = { "cluster-upgrade", "resume", job, "--here" };
	size_t n = 4;

	if (vdc_given(call, "db")) {
		argv[n++] = "--db";
		argv[n++] = vdc_text_option(call, "db");
	}
	if (vdc_given(call, "config")) {
		argv[n++] = "--config";
		argv[n++] = vdc_text_option(call, "config");
	}
	execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int wait_for_owner(struct vdc_call *call, const char *job, const struct vdc_session *session,
			  struct vdc_err *err)
{
	struct vdc_wait wait;
	char *owner = NULL;
	void *found;
	int r;

	vdc_wait_begin(&wait, NULL, START_TIME, "job %s to begin", job);
	for (;;) {
		r = vdc_job_owner(vdc_call_db(call), job, vdc_call_arena(call), &owner, err);
		if (!r && !owner)
			r = vdc_store_get(vdc_call_db(call), &vdc_job_kind, job, 0,
					  vdc_call_arena(call), &found, err);
		/* It may be over already. */
		if (r || owner || ((struct vdc_job *)found)->end_time != VDC_UNSET)
			break;
		r = vdc_wait_pause(&wait, VDC_SECOND / 5, err);
		if (r)
			break;
	}
	if (r && session->log)
		vdc_err_prefix(err, "the runner does not begin, %s may say why: ", session->log);
	return r;
}

static int run_aside(struct vdc_call *call, const char *job, struct vdc_err *err)
{
	struct vdc_session session;
	int r = vdc_session_start("cluster-upgrade", &session, err);

	if (r)
		return r;
	if (session.is_runner)
		become_runner(call, job);
	r = wait_for_owner(call, job, &session, err);
	vdc_session_close(&session);
	if (r || vdc_given(call, "background")) {
		if (!r && !vdc_given(call, "quiet"))
			printf("job %s runs; cluster-upgrade status %s --follow shows it\n", job,
			       job);
		return r;
	}
	return cluster_upgrade_attach(call, job,
				      CLUSTER_UPGRADE_FROM_START | CLUSTER_UPGRADE_CTRL_C, err);
}

static bool somebody_looks(struct vdc_call *call)
{
	return isatty(STDOUT_FILENO) && vdc_call_output(call) == VDC_OUTPUT_TABLE;
}

int cluster_upgrade_carry_out(struct vdc_call *call, const char *job, struct vdc_err *err)
{
	bool aside =
		vdc_given(call, "background") || (somebody_looks(call) && !vdc_given(call, "here"));

	return aside ? run_aside(call, job, err) : run_here(call, job, err);
}
