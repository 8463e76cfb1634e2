/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a run writes down, and tells. Each write is a transaction that looks at the lease first. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/update.h"
#include "act/updates.h"
#include "act/upgrade_work.h"
#include "base/time.h"
#include "store/events.h"

const char *const vdc_upgrade_phases[VDC_UPGRADE_N_PHASES] = {
	[VDC_UPGRADE_CHECK] = "check",	     [VDC_UPGRADE_DRAIN] = "drain",
	[VDC_UPGRADE_UPDATE] = "update",     [VDC_UPGRADE_REBOOT] = "reboot",
	[VDC_UPGRADE_RETURN] = "return",     [VDC_UPGRADE_ENROL] = "enrol",
	[VDC_UPGRADE_ACTIVATE] = "activate", [VDC_UPGRADE_ROLL_BACK] = "roll_back",
};

void upgrade_tell(struct upgrade_run *run, const struct vdc_work_news *news)
{
	if (run->control->told)
		run->control->told(run->control->ctx, news);
}

void upgrade_say(struct upgrade_run *run, const char *host, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	upgrade_tell(run, &(struct vdc_work_news){
				  .kind = VDC_WORK_NOTE,
				  .host = host,
				  .status = VDC_UNSET,
				  .text = text,
			  });
}

/* Step 0 of a host is all of it. */
static const char *phase_word(enum vdc_upgrade_phase phase)
{
	return phase ? vdc_upgrade_phases[phase] : "upgrade";
}

static void tell_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
		       enum vdc_job_status status, const char *message)
{
	upgrade_tell(host->run, &(struct vdc_work_news){
					.kind = VDC_WORK_STEP,
					.host = host->row->name,
					.action = phase_word(phase),
					.status = status,
					.text = message,
				});
}

static void name_step(struct upgrade_host *host, enum vdc_upgrade_phase phase)
{
	struct vdc_arena *arena = host->run->arena;
	struct vdc_job_step *step = &host->steps[phase];

	step->job.id = host->run->job->id;
	step->number = host->number + phase;
	step->action = vdc_arena_strdup(arena, phase_word(phase));
	step->object_kind = vdc_arena_strdup(arena, vdc_host_kind.name);
	step->object_id = host->row->id;
	step->object_name = host->row->name;
}

int upgrade_skip_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase, struct vdc_err *err)
{
	name_step(host, phase);
	host->steps[phase].status = VDC_JOB_SKIPPED;
	return upgrade_put_step(host->run, &host->steps[phase], err);
}

int upgrade_begin_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
			struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	struct vdc_job_step *step = &host->steps[phase];
	int r;

	name_step(host, phase);
	r = vdc_job_step_begin(run->lease, run->db, step, run->arena, err);
	if (!r)
		tell_phase(host, phase, VDC_JOB_STARTED, NULL);
	return r;
}

int upgrade_end_phase(struct upgrade_host *host, enum vdc_upgrade_phase phase,
		      enum vdc_job_status status, const char *message, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	int r = vdc_job_step_end(run->lease, run->db, &host->steps[phase], status, message,
				 run->arena, err);

	if (!r)
		tell_phase(host, phase, status, message);
	return r;
}

struct writing {
	struct upgrade_run *run;
	struct upgrade_host *host;
	const struct vdc_kind *kind;
	const void *object; /* to be put; NULL: none */
	enum vdc_host_status status;
	enum vdc_severity severity;
	const char *type, *text; /* of the event; TYPE NULL: none */
};

static int add_event(struct vdc_db *db, const struct writing *w, struct vdc_err *err)
{
	struct vdc_arena *arena = w->run->arena;
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, arena);

	event->type = vdc_arena_strdup(arena, w->type);
	event->severity = w->severity;
	event->description = vdc_arena_strdup(arena, w->text);
	event->job_id = vdc_arena_strdup(arena, w->run->job->id);
	if (w->host && w->host->host)
		vdc_event_about(event, &vdc_host_kind, w->host->host, arena);
	else
		vdc_event_about(event, &vdc_cluster_kind, w->run->cluster, arena);
	return vdc_event_add(db, event, arena, err);
}

static int put_step(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	int r = vdc_job_guard(w->run->lease, db, err);

	if (!r)
		r = vdc_store_put(db, w->kind, (void *)(uintptr_t)w->object, w->run->arena, err);
	return r || !w->type ? r : add_event(db, w, err);
}

struct marking {
	struct upgrade_host *host;
	enum vdc_update_status status;
	const char *message;
};

/* The updates of a host that is gone went with it. */
static int put_mark(struct vdc_db *db, const struct marking *m, struct vdc_err *err)
{
	struct upgrade_run *run = m->host->run;
	vdc_autoarena *arena = vdc_arena_new();

	return m->host->host ? vdc_updates_mark(db, m->host->row->id, run->job->id, m->status,
						m->message, arena, err)
			     : 0;
}

static int begin_updates(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct marking *m = ctx;
	int r = vdc_job_guard(m->host->run->lease, db, err);

	return r ? r : put_mark(db, m, err);
}

int upgrade_begin_updates(struct upgrade_host *host, struct vdc_err *err)
{
	struct marking m = { .host = host, .status = VDC_UPDATE_RUNNING };

	return vdc_db_transaction(host->run->db, begin_updates, &m, err);
}

static int put_settled(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	const struct vdc_job_step *all = w->object;
	struct marking m = {
		.host = w->host,
		.status = w->host->failed ? VDC_UPDATE_FAILED : VDC_UPDATE_DONE,
		.message = all->message,
	};
	int r = put_step(db, ctx, err);

	return r ? r : put_mark(db, &m, err);
}

int upgrade_keep(struct upgrade_host *host, enum vdc_upgrade_phase phase, const char *state,
		 struct vdc_err *err)
{
	struct vdc_job_step *step = &host->steps[phase];

	name_step(host, phase);
	step->state = vdc_arena_strdup(host->run->arena, state);
	return upgrade_put_step(host->run, step, err);
}

int upgrade_put_step(struct upgrade_run *run, struct vdc_job_step *step, struct vdc_err *err)
{
	struct writing w = { .run = run, .kind = &vdc_job_step_kind, .object = step };

	return vdc_db_transaction(run->db, put_step, &w, err);
}

static const char *const step_words[UPGRADE_N_STEPS] = {
	[UPGRADE_POLICY] = "policy",	 [UPGRADE_POLICY_RESET] = "policy_reset",
	[UPGRADE_REFRESH] = "refresh",	 [UPGRADE_AFFINITY] = "affinity",
	[UPGRADE_RAISE] = "raise_level",
};

static void tell_step(struct upgrade_run *run, const struct vdc_job_step *step)
{
	upgrade_tell(run, &(struct vdc_work_news){
				  .kind = VDC_WORK_STEP,
				  .action = step->action,
				  .status = step->status,
				  .text = step->message,
			  });
}

int upgrade_begin_step(struct upgrade_run *run, enum upgrade_step number, struct vdc_err *err)
{
	struct vdc_job_step *step = &run->steps[number];
	int r;

	step->number = number;
	step->action = vdc_arena_strdup(run->arena, step_words[number]);
	step->object_kind = vdc_arena_strdup(run->arena, vdc_cluster_kind.name);
	step->object_id = run->cluster->id;
	step->object_name = run->cluster->name;
	step->message = NULL;
	r = vdc_job_step_begin(run->lease, run->db, step, run->arena, err);
	if (!r)
		tell_step(run, step);
	return r;
}

int upgrade_end_step(struct upgrade_run *run, enum upgrade_step number, const char *failure,
		     struct vdc_err *err)
{
	struct vdc_job_step *step = &run->steps[number];
	int r = vdc_job_step_end(run->lease, run->db, step,
				 failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED, failure, run->arena,
				 err);

	if (!r)
		tell_step(run, step);
	return r;
}

static int put_status(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	struct vdc_arena *arena = w->run->arena;
	struct vdc_host *after;
	void *before;
	int r = vdc_job_guard(w->run->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, w->host->row->id, 0, arena, &before, err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_host_kind, before, arena);
	if (after->status != w->status)
		after->status_since = vdc_time_now();
	after->status = w->status;
	after->reason = 0;
	after->status_detail = vdc_arena_strdup(arena, w->text);
	return vdc_update(db, &vdc_host_kind, before, after, arena, NULL, err);
}

int upgrade_set_status(struct upgrade_host *host, enum vdc_host_status status, const char *detail,
		       struct vdc_err *err)
{
	struct writing w = { .run = host->run, .host = host, .status = status, .text = detail };
	int r = vdc_db_transaction(host->run->db, put_status, &w, err);

	return r ? r : upgrade_reload(host, err);
}

int upgrade_settle(struct upgrade_host *host, const char *failure, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	struct vdc_job_step *all = &host->steps[0];
	struct writing w = {
		.run = run,
		.host = host,
		.kind = &vdc_job_step_kind,
		.object = all,
		.severity = failure ? VDC_SEVERITY_ERROR : VDC_SEVERITY_NORMAL,
		.type = failure ? "host_upgrade_failed" : "host_upgraded",
		.text = failure ? vdc_arena_format(run->arena, "host %s was not upgraded: %s",
						   host->row->name, failure)
				: vdc_arena_format(run->arena, "host %s was upgraded",
						   host->row->name),
	};
	int r;

	all->status = failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED;
	all->end_time = vdc_time_now();
	all->message = vdc_arena_strdup(run->arena, failure);
	host->settled = true;
	host->failed = failure;
	r = vdc_db_transaction(run->db, put_settled, &w, err);
	if (!r)
		tell_phase(host, 0, (enum vdc_job_status)all->status, failure);
	return r;
}

struct percent {
	struct upgrade_run *run;
	int64_t percent;
};

static int put_percent(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct percent *p = ctx;
	struct vdc_arena *arena = p->run->arena;
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);
	struct vdc_cluster *cluster = vdc_object_new(&vdc_cluster_kind, arena);
	int r = vdc_job_guard(p->run->lease, db, err);

	job->id = p->run->job->id;
	job->action = p->run->job->action;
	job->percent = p->percent;
	job->last_updated = vdc_time_now();
	cluster->id = p->run->cluster->id;
	cluster->upgrade_percent_complete = p->percent;
	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, job, arena, err);
	return r ? r : vdc_store_put(db, &vdc_cluster_kind, cluster, arena, err);
}

int upgrade_note_percent(struct upgrade_run *run, struct vdc_err *err)
{
	struct percent p = { .run = run };
	int64_t done = 0, all = (int64_t)run->n_hosts * VDC_UPGRADE_ROLL_BACK;

	for (size_t i = 0; i < run->n_hosts; i++)
		done += run->hosts[i].settled ? VDC_UPGRADE_ROLL_BACK : run->hosts[i].at;
	p.percent = all ? done * 100 / all : 100;
	return vdc_db_transaction(run->db, put_percent, &p, err);
}
