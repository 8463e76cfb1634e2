/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run begins or goes on, and ends: what that makes of its job and its cluster. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/upgrade_job.h"
#include "act/upgrade_work.h"
#include "store/store.h"

static int mark_cluster(const struct upgrade_run *run, struct vdc_db *db, const struct vdc_job *job,
			bool in_progress, struct vdc_err *err)
{
	struct vdc_cluster *part = vdc_object_new(&vdc_cluster_kind, run->arena);

	part->id = job->object_id;
	part->upgrade_in_progress = in_progress;
	part->upgrade_percent_complete = in_progress ? job->percent : 0;
	part->upgrade_correlation_id = in_progress ? job->correlation_id : NULL;
	return vdc_store_put(db, &vdc_cluster_kind, part, run->arena, err);
}

static int open_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct upgrade_run *run = ctx;
	struct upgrade_opening opening = {
		.lease = run->lease,
		.action = VDC_UPGRADE_ACTION,
		.kind = &vdc_cluster_kind,
		.arena = run->arena,
	};
	int r = upgrade_open_job(db, &opening, err);

	if (r)
		return r;
	run->was = opening.was;
	run->job = opening.job;
	if (opening.aborts)
		run->request = VDC_JOB_ABORT;
	return mark_cluster(run, db, run->job, true, err);
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

int upgrade_open(struct upgrade_run *run, struct vdc_err *err)
{
	int r = vdc_db_transaction(run->db, open_job, run, err);

	if (!r)
		r = upgrade_load(run, err);
	for (size_t i = 0; i < run->n_hosts && !r; i++)
		if (run->was == VDC_JOB_FAILED && run->hosts[i].failed)
			r = give_chance(&run->hosts[i], err);
	if (run->request == VDC_JOB_ABORT)
		run->stop = 1;
	return r;
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

struct closing {
	const struct upgrade_run *run;
	struct upgrade_end end;
};

static int close_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct closing *closing = ctx;
	int r = upgrade_end_job(db, &closing->end, err);

	return r || closing->end.status == VDC_JOB_PAUSED
		       ? r
		       : mark_cluster(closing->run, db, closing->run->job, false, err);
}

int upgrade_close(struct upgrade_run *run, enum vdc_job_status status, struct vdc_err *err)
{
	struct closing closing = {
		.run = run,
		.end = {
			.lease = run->lease,
			.job = run->job,
			.kind = &vdc_cluster_kind,
			.object = run->cluster,
			.status = status,
			.text = sum_up(run, status),
			.code = status == VDC_JOB_FINISHED ? UPGRADE_DONE
				: count(run, false)	   ? UPGRADE_PARTLY_DONE
							   : UPGRADE_NOT_DONE,
			.arena = run->arena,
		},
	};
	int r = vdc_db_transaction(run->db, close_job, &closing, err);

	return r ? r : closing.end.code;
}
