/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the jobs of an upgrade have in common, a cluster's and a data centre's: they are opened again,
 * and end. */
#include <errno.h>
#include <string.h>

#include "act/upgrade_job.h"
#include "base/time.h"
#include "store/events.h"
#include "store/store.h"

int upgrade_is_free(struct vdc_db *db, const char *action, const struct vdc_kind *kind,
		    const char *id, const char *name, struct vdc_arena *arena, struct vdc_err *err)
{
	char *other, *owner = NULL;
	int r = vdc_job_open_about(db, action, id, NULL, arena, &other, err);

	if (!r && other)
		r = vdc_job_owner(db, other, arena, &owner, err);
	if (r || !other)
		return r;
	if (owner)
		return vdc_err_set(err, -EBUSY, "%s %s is being upgraded by job %s: %s", kind->word,
				   name, other, owner);
	return vdc_err_set(err, -EBUSY,
			   "the upgrade of %s %s by job %s is not over and nobody carries it "
			   "out; cluster-upgrade resume %s goes on, abort %s ends it",
			   kind->word, name, other, other, other);
}

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

static int refuse_over(const struct vdc_job *job, const char *action, struct vdc_err *err)
{
	if (!job->action || strcmp(job->action, action) != 0)
		return vdc_err_set(err, -EINVAL, "job %s is no %s: it is %s", job->id, action,
				   job->action ? job->action : "?");
	if (job->status == VDC_JOB_FINISHED || job->status == VDC_JOB_ABORTED)
		return vdc_err_set(err, -EINVAL, "job %s is over: %s", job->id,
				   vdc_enum_word(&vdc_job_status_values, job->status));
	return 0;
}

/* While it was over somebody may have begun another one. */
static int refuse_rival(struct vdc_db *db, const struct vdc_job *job, const struct vdc_kind *kind,
			struct vdc_arena *arena, struct vdc_err *err)
{
	char *other;
	int r = vdc_job_open_about(db, job->action, job->object_id, job->id, arena, &other, err);

	return r || !other ? r
			   : vdc_err_set(err, -EBUSY, "%s %s is being upgraded by job %s",
					 kind->word, job->object_name, other);
}

int upgrade_open_job(struct vdc_db *db, struct upgrade_opening *opening, struct vdc_err *err)
{
	struct vdc_job *job;
	void *object;
	int r = vdc_job_guard(opening->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_job_kind, vdc_job_lease_id(opening->lease),
				  VDC_WITH_LONG, opening->arena, &object, err);
	if (r)
		return r;
	job = object;
	r = refuse_over(job, opening->action, err);
	if (!r)
		r = refuse_rival(db, job, opening->kind, opening->arena, err);
	opening->was = job->status;
	/* Asked for when nobody was there to do it. */
	opening->aborts = job->request == VDC_JOB_ABORT;
	if (!r)
		r = clear_end(db, job, err);
	if (r)
		return r;
	job->status = VDC_JOB_STARTED;
	opening->job = job;
	return vdc_store_put(db, &vdc_job_kind, job, opening->arena, err);
}

/* How it ended, for the log: one that somebody aborted did not fail. */
static const struct {
	const char *type; /* behind the name of the kind */
	enum vdc_severity severity;
} ends[] = {
	[VDC_JOB_PAUSED] = { "upgrade_paused", VDC_SEVERITY_NORMAL },
	[VDC_JOB_FINISHED] = { "upgraded", VDC_SEVERITY_NORMAL },
	[VDC_JOB_FAILED] = { "upgrade_failed", VDC_SEVERITY_ERROR },
	[VDC_JOB_ABORTED] = { "upgrade_aborted", VDC_SEVERITY_WARNING },
};

static int tell_end(struct vdc_db *db, const struct upgrade_end *end, struct vdc_err *err)
{
	const char *type =
		vdc_arena_format(end->arena, "%s_%s", end->kind->name, ends[end->status].type);

	return vdc_event_note(db, ends[end->status].severity, type, end->kind, end->object, err,
			      "%s: %s: %s (job %s)", end->job->description,
			      vdc_enum_word(&vdc_job_status_values, end->status), end->text,
			      end->job->id);
}

int upgrade_end_job(struct vdc_db *db, const struct upgrade_end *end, struct vdc_err *err)
{
	struct vdc_job *part = vdc_object_new(&vdc_job_kind, end->arena);
	int r = vdc_job_guard(end->lease, db, err);

	part->id = end->job->id;
	part->action = end->job->action;
	part->status = end->status;
	part->last_updated = vdc_time_now();
	part->message = vdc_arena_strdup(end->arena, end->text);
	part->exit_code = end->code;
	if (end->status == VDC_JOB_FINISHED)
		part->percent = 100;
	if (end->status != VDC_JOB_PAUSED)
		part->end_time = part->last_updated;
	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, part, end->arena, err);
	return r ? r : tell_end(db, end, err);
}
