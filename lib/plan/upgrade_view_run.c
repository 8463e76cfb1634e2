/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "model/data_center.h"
#include "plan/upgrade_view_part.h"

enum { NAMED = 3 };

static bool is_settled(int64_t status)
{
	return status == VDC_RUN_HOST_UPGRADED || status == VDC_RUN_HOST_FAILED ||
	       status == VDC_RUN_HOST_SKIPPED;
}

static void count_hosts(struct viewing *v)
{
	struct vdc_upgrade_run *run = &v->view->run;

	run->hosts = (int64_t)v->view->n_hosts;
	run->hosts_done = run->hosts_failed = run->waves = 0;
	for (size_t h = 0; h < v->view->n_hosts; h++) {
		const struct vdc_upgrade_run_host *host = &v->view->hosts[h];

		run->hosts_done += host->status == VDC_RUN_HOST_UPGRADED;
		run->hosts_failed +=
			host->status == VDC_RUN_HOST_FAILED || host->status == VDC_RUN_HOST_SKIPPED;
		if (host->wave != VDC_UNSET && host->wave > run->waves)
			run->waves = host->wave;
		if (host->wave != VDC_UNSET && !is_settled(host->status) &&
		    (run->wave == VDC_UNSET || host->wave < run->wave))
			run->wave = host->wave;
	}
}

bool vdc_upgrade_is_open(const struct vdc_job *job)
{
	return job->status == VDC_JOB_QUEUED || job->status == VDC_JOB_STARTED ||
	       job->status == VDC_JOB_PAUSED;
}

static const struct vdc_upgrade_host_row *row_of_wave(const struct viewing *v, int64_t wave)
{
	const struct vdc_upgrade_rows *rows = v->seen->rows;

	for (size_t h = 0; rows && h < rows->n_hosts; h++)
		if (rows->hosts[h]->wave == wave && rows->hosts[h]->begin != VDC_UNSET &&
		    rows->hosts[h]->drained != VDC_UNSET && rows->hosts[h]->end != VDC_UNSET)
			return rows->hosts[h];
	return NULL;
}

/* Seconds since the first host of the wave was begun; 0: none was. *DRAINED: all of them are. */
static int64_t time_in_wave(const struct viewing *v, bool *drained)
{
	int64_t first = INT64_MAX;

	*drained = true;
	for (size_t h = 0; h < v->view->n_hosts; h++) {
		const struct vdc_upgrade_run_host *host = &v->view->hosts[h];

		if (host->wave != v->view->run.wave || is_settled(host->status))
			continue;
		if (!host->phase || strcmp(host->phase, "check") == 0 ||
		    strcmp(host->phase, "drain") == 0)
			*drained = false;
		if (v->tales[h].first && v->tales[h].first->start_time < first)
			first = v->tales[h].first->start_time;
	}
	return first == INT64_MAX ? 0 : (v->seen->now - first) / VDC_SECOND;
}

/* As the plan has it, from the second of the plan at which the run is; no later than where the
 * phase ends that it is in. */
static int64_t time_left(const struct viewing *v)
{
	const struct vdc_upgrade_run *run = &v->view->run;
	const struct vdc_upgrade_host_row *row = row_of_wave(v, run->wave);
	int64_t at, end;
	bool drained;

	if (!v->open || !row || v->seen->rows->upgrade->duration == VDC_UNSET)
		return VDC_UNSET;
	at = row->begin + time_in_wave(v, &drained);
	end = drained ? row->end : row->drained;
	if (drained && at < row->drained)
		at = row->drained;
	if (at > end)
		at = end;
	at = v->seen->rows->upgrade->duration - at;
	return at > 0 ? at : 0;
}

static bool is_older(const struct vdc_job_step *a, const struct vdc_job_step *b)
{
	return a->start_time < b->start_time;
}

/* The NAMED steps that have been going on for the longest; returns how many are going on. */
static size_t oldest_steps(const struct viewing *v, const struct vdc_job_step *ret[NAMED])
{
	size_t n = 0;

	for (size_t s = 0; s < v->seen->n_steps; s++) {
		const struct vdc_job_step *step = v->seen->steps[s];
		size_t at = n < NAMED ? n : NAMED;

		if (step->status != VDC_JOB_STARTED || upgrade_view_is_whole(v, step))
			continue;
		n++;
		for (; at > 0 && is_older(step, ret[at - 1]); at--)
			if (at < NAMED)
				ret[at] = ret[at - 1];
		if (at < NAMED)
			ret[at] = step;
	}
	return n;
}

static void name_step(const struct viewing *v, struct vdc_buf *out, const struct vdc_job_step *step)
{
	const char *kind =
		step->object_kind && strcmp(step->object_kind, "vm") == 0 ? "VM" : "host";

	if (step->object_name)
		vdc_buf_printf(out, "%s %s: ", kind, step->object_name);
	vdc_buf_printf(out, "%s", step->action);
	if (step->start_time != VDC_UNSET)
		vdc_buf_printf(
			out, " for %s",
			vdc_upgrade_time((v->seen->now - step->start_time) / VDC_SECOND, v->arena));
	if (step->message)
		vdc_buf_printf(out, " (%s)", step->message);
}

static const char *working_on(const struct viewing *v)
{
	const struct vdc_job_step *steps[NAMED];
	size_t n = oldest_steps(v, steps);
	vdc_autobuf text = { 0 };

	for (size_t s = 0; s < n && s < NAMED; s++) {
		vdc_buf_puts(&text, s ? "; " : "");
		name_step(v, &text, steps[s]);
	}
	if (n > NAMED)
		vdc_buf_printf(&text, "; and %zu more", n - NAMED);
	return n ? vdc_arena_strdup(v->arena, vdc_buf_str(&text)) : NULL;
}

static const char *waits_for(const struct viewing *v)
{
	const struct vdc_job *job = v->seen->job;
	const char *work = working_on(v);

	if (!v->open)
		return NULL;
	if (!v->seen->owner)
		return vdc_arena_format(
			v->arena, "somebody to go on with it: cluster-upgrade resume %s", job->id);
	if (job->request == VDC_JOB_PAUSE || job->request == VDC_JOB_ABORT)
		return vdc_arena_format(v->arena, "what runs to end before it stops%s%s",
					work ? ": " : "", work ? work : "");
	if (job->request == VDC_JOB_CANCEL)
		return vdc_arena_format(v->arena, "what runs to be aborted%s%s", work ? ": " : "",
					work ? work : "");
	return work ? work : job->message;
}

void vdc_upgrade_run_of(const struct vdc_job *job, const char *owner, int64_t now,
			struct vdc_arena *arena, struct vdc_upgrade_run *ret)
{
	bool open = vdc_upgrade_is_open(job),
	     of_data_center =
		     job->object_kind && strcmp(job->object_kind, vdc_data_center_kind.name) == 0;

	*ret = *(struct vdc_upgrade_run *)vdc_object_new(&vdc_upgrade_run_kind, arena);
	ret->id = job->id;
	*(of_data_center ? &ret->data_center : &ret->cluster) =
		(struct vdc_ref){ job->object_id, job->object_name };
	ret->parent = job->parent;
	ret->status = job->status;
	ret->percent = job->status == VDC_JOB_FINISHED ? 100 : job->percent;
	ret->owner = vdc_arena_strdup(arena, open ? owner : NULL);
	ret->request = open ? job->request : 0;
	ret->actor = job->actor;
	ret->start_time = job->start_time;
	ret->end_time = job->end_time;
	ret->exit_code = job->exit_code;
	ret->message = open ? NULL : job->message;
	if (job->start_time != VDC_UNSET)
		ret->elapsed =
			((job->end_time == VDC_UNSET ? now : job->end_time) - job->start_time) /
			VDC_SECOND;
}

void upgrade_view_run(struct viewing *v)
{
	struct vdc_upgrade_run *run = &v->view->run;

	count_hosts(v);
	if (run->percent == VDC_UNSET)
		run->percent =
			run->hosts ? 100 * (run->hosts_done + run->hosts_failed) / run->hosts : 0;
	run->left = time_left(v);
	run->waits = vdc_arena_strdup(v->arena, waits_for(v));
}
