/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run begins or goes on, and ends: what that makes of its job and its cluster. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/upgrade_work.h"
#include "base/time.h"
#include "store/events.h"
#include "store/store.h"

/* As in cli/exit_code.h: done, a failed operation, partly done. */
enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_PARTLY_DONE = 8 };

static int clear(struct vdc_db *db, struct vdc_job *job, const char *field, struct vdc_err *err)
{
	return vdc_store_set(db, &vdc_job_kind, job->id, vdc_kind_field(&vdc_job_kind, field), job,
			     err);
}

static int clear_end(struct vdc_db *db, struct vdc_job *job, struct vdc_err *err)
{
	int r;

	job->request = 0;
	job->end_time = job->exit_code = VDC_UNSET;
	job->message = NULL;
	r = clear(db, job, "request", err);
	if (!r)
		r = clear(db, job, "end_time", err);
	if (!r)
		r = clear(db, job, "exit_code", err);
	return r ? r : clear(db, job, "message", err);
}

static int refuse_over(const struct vdc_job *job, struct vdc_err *err)
{
	if (!job->action || strcmp(job->action, VDC_UPGRADE_ACTION) != 0)
		return vdc_err_set(err, -EINVAL, "job %s is no upgrade of a cluster: it is %s",
				   job->id, job->action ? job->action : "?");
	if (job->status == VDC_JOB_FINISHED || job->status == VDC_JOB_ABORTED)
		return vdc_err_set(err, -EINVAL, "job %s is over: %s", job->id,
				   vdc_enum_word(&vdc_job_status_values, job->status));
	return 0;
}

/* While it was over somebody may have begun another one. */
static int refuse_rival(struct upgrade_run *run, struct vdc_db *db, const struct vdc_job *job,
			struct vdc_err *err)
{
	char *other;
	int r = vdc_job_open_about(db, VDC_UPGRADE_ACTION, job->object_id, job->id, run->arena,
				   &other, err);

	return r || !other ? r
			   : vdc_err_set(err, -EBUSY, "cluster %s is being upgraded by job %s",
					 job->object_name, other);
}

static int mark_cluster(struct upgrade_run *run, struct vdc_db *db, const struct vdc_job *job,
			bool in_progress, struct vdc_err *err)
{
	struct vdc_cluster *part = vdc_object_new(&vdc_cluster_kind, run->arena);

	part->id = job->object_id;
	part->upgrade_in_progress = in_progress;
	part->upgrade_percent_complete = in_progress ? job->percent : 0;
	part->upgrade_correlation_id = in_progress ? job->correlation_id : NULL;
	return vdc_store_put(db, &vdc_cluster_kind, part, run->arena, err);
}

struct opening {
	struct upgrade_run *run;
	const char *id;
};

static int open_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct opening *opening = ctx;
	struct upgrade_run *run = opening->run;
	struct vdc_job *job;
	void *object;
	int r = vdc_job_guard(run->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_job_kind, opening->id, VDC_WITH_LONG, run->arena,
				  &object, err);
	if (r)
		return r;
	job = object;
	r = refuse_over(job, err);
	if (!r)
		r = refuse_rival(run, db, job, err);
	run->was = job->status;
	if (!r && job->request == VDC_JOB_ABORT)
		run->request = VDC_JOB_ABORT; /* asked for when nobody was there to do it */
	if (!r)
		r = clear_end(db, job, err);
	if (r)
		return r;
	job->status = VDC_JOB_STARTED;
	run->job = job;
	r = vdc_store_put(db, &vdc_job_kind, job, run->arena, err);
	return r ? r : mark_cluster(run, db, job, true, err);
}

static int queue(struct upgrade_host *host, size_t phase, struct vdc_err *err)
{
	struct vdc_job_step *step = &host->steps[phase];

	if (!step->status)
		return 0;
	step->status = VDC_JOB_QUEUED;
	return upgrade_put_step(host->run, step, err);
}

/* A host that had failed gets another chance: from the beginning where it runs VMs again. */
static int give_chance(struct upgrade_host *host, struct vdc_err *err)
{
	bool from_start = host->host && host->host->status != VDC_HOST_MAINTENANCE &&
			  host->host->status != VDC_HOST_INSTALLING &&
			  host->host->status != VDC_HOST_INSTALL_FAILED;
	int r = 0;

	for (size_t phase = 0; phase < VDC_UPGRADE_N_PHASES && !r; phase++)
		if (phase == 0 || from_start || phase >= host->at)
			r = queue(host, phase, err);
	if (from_start)
		host->at = VDC_UPGRADE_CHECK;
	host->settled = host->failed = false;
	return r;
}

int upgrade_open(struct upgrade_run *run, const char *job_id, struct vdc_err *err)
{
	struct opening opening = { run, job_id };
	int r = vdc_db_transaction(run->db, open_job, &opening, err);

	if (!r)
		r = upgrade_load(run, err);
	for (size_t i = 0; i < run->n_hosts && !r; i++)
		if (run->was == VDC_JOB_FAILED && run->hosts[i].failed)
			r = give_chance(&run->hosts[i], err);
	if (run->request == VDC_JOB_ABORT)
		run->stop = 1;
	return r;
}

struct closing {
	struct upgrade_run *run;
	enum vdc_job_status status;
	const char *text;
	int code;
};

/* How it ended, for the log: one that somebody aborted did not fail. */
static const struct {
	const char *type;
	enum vdc_severity severity;
} ends[] = {
	[VDC_JOB_PAUSED] = { "cluster_upgrade_paused", VDC_SEVERITY_NORMAL },
	[VDC_JOB_FINISHED] = { "cluster_upgraded", VDC_SEVERITY_NORMAL },
	[VDC_JOB_FAILED] = { "cluster_upgrade_failed", VDC_SEVERITY_ERROR },
	[VDC_JOB_ABORTED] = { "cluster_upgrade_aborted", VDC_SEVERITY_WARNING },
};

static int tell_end(struct vdc_db *db, const struct closing *closing, struct vdc_err *err)
{
	const struct upgrade_run *run = closing->run;

	return vdc_event_note(db, ends[closing->status].severity, ends[closing->status].type,
			      &vdc_cluster_kind, run->cluster, err, "%s: %s: %s (job %s)",
			      run->job->description,
			      vdc_enum_word(&vdc_job_status_values, closing->status), closing->text,
			      run->job->id);
}

static int close_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct closing *closing = ctx;
	struct upgrade_run *run = closing->run;
	struct vdc_job *part = vdc_object_new(&vdc_job_kind, run->arena);
	bool paused = closing->status == VDC_JOB_PAUSED;
	int r = vdc_job_guard(run->lease, db, err);

	part->id = run->job->id;
	part->action = run->job->action;
	part->status = closing->status;
	part->last_updated = vdc_time_now();
	part->message = vdc_arena_strdup(run->arena, closing->text);
	part->exit_code = closing->code;
	if (closing->status == VDC_JOB_FINISHED)
		part->percent = 100;
	if (!paused)
		part->end_time = part->last_updated;
	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, part, run->arena, err);
	if (!r && !paused)
		r = mark_cluster(run, db, run->job, false, err);
	return r ? r : tell_end(db, closing, err);
}

static size_t count(const struct upgrade_run *run, bool failed)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_hosts; i++)
		n += run->hosts[i].settled && run->hosts[i].failed == failed;
	return n;
}

/* "2 of 3 hosts upgraded, 1 failed; host h2: ..." */
static const char *sum_up(const struct upgrade_run *run, enum vdc_job_status status)
{
	const char *text =
		vdc_arena_format(run->arena, "%zu of %zu host%s upgraded", count(run, false),
				 run->n_hosts, run->n_hosts == 1 ? "" : "s");
	size_t failed = count(run, true);

	if (failed)
		text = vdc_arena_format(run->arena, "%s, %zu failed", text, failed);
	if (run->ending)
		text = vdc_arena_format(run->arena, "%s; %s", text, run->ending);
	if (status == VDC_JOB_PAUSED)
		text = vdc_arena_format(run->arena, "%s; cluster-upgrade resume %s goes on", text,
					run->job->id);
	return run->left_behind ? vdc_arena_format(run->arena, "%s; %s", text, run->left_behind)
				: text;
}

int upgrade_close(struct upgrade_run *run, enum vdc_job_status status, struct vdc_err *err)
{
	struct closing closing = {
		.run = run,
		.status = status,
		.text = sum_up(run, status),
		.code = status == VDC_JOB_FINISHED ? EXIT_DONE
			: count(run, false)	   ? EXIT_PARTLY_DONE
						   : EXIT_NOT_DONE,
	};
	int r = vdc_db_transaction(run->db, close_job, &closing, err);

	return r ? r : closing.code;
}
