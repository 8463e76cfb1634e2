/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_note.h"

#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "act/fence_power.h"
#include "base/time.h"
#include "base/words.h"
#include "edge/user.h"
#include "store/events.h"

struct burying {
	const char *action, *step_action, *host_id;
	struct vdc_arena *arena;
	const char *job;
};

/* A step or a row of somebody who died. */
static int end_step(struct vdc_db *db, const struct burying *b, const struct vdc_job_step *found,
		    struct vdc_err *err)
{
	const char *row = vdc_line_value(found->state, "record", b->arena);
	struct vdc_job_step *step = vdc_object_copy(&vdc_job_step_kind, found, b->arena);
	struct vdc_fence_record *record = vdc_object_new(&vdc_fence_record_kind, b->arena);
	int r;

	step->status = VDC_JOB_UNKNOWN;
	step->end_time = record->end_time = vdc_time_now();
	r = vdc_store_put(db, &vdc_job_step_kind, step, b->arena, err);
	if (r || !row)
		return r;
	record->id = vdc_arena_strdup(b->arena, row);
	record->result = VDC_FENCE_UNKNOWN;
	record->message = vdc_arena_strdup(b->arena, "the process that did it died");
	return vdc_store_put(db, &vdc_fence_record_kind, record, b->arena, err);
}

static int end_job(struct vdc_db *db, const struct burying *b, const char *id, struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, b->arena);
	struct vdc_objects steps;
	int r = vdc_gather(db, &vdc_job_step_kind, "job", id, b->arena, &steps, err);

	for (size_t i = 0; i < steps.n && !r; i++) {
		const struct vdc_job_step *step = steps.objects[i];

		if (step->status == VDC_JOB_STARTED)
			r = end_step(db, b, step, err);
	}
	job->id = vdc_arena_strdup(b->arena, id);
	job->status = VDC_JOB_ABORTED;
	job->end_time = vdc_time_now();
	job->message = vdc_arena_strdup(b->arena, "the process that did it died");
	return r ? r : vdc_store_put(db, &vdc_job_kind, job, b->arena, err);
}

static int bury(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct burying *b = ctx;
	char *id = NULL, *owner = NULL;
	void *found;
	int r = vdc_job_open_step(db, b->step_action, b->host_id, "", b->arena, &id, err);

	b->job = NULL;
	if (!r && id)
		r = vdc_job_owner(db, id, b->arena, &owner, err);
	if (r || !id || owner)
		return r;
	r = vdc_store_get(db, &vdc_job_kind, id, 0, b->arena, &found, err);
	if (r || strcmp(((const struct vdc_job *)found)->action, b->action) != 0)
		return r;
	b->job = id;
	return end_job(db, b, id, err);
}

/* Jobs like ours whose owner died, also while we looked at the host, end here. */
static int refuse_if_open_elsewhere(struct vdc_db *db, const struct vdc_fence_note *note,
				    struct vdc_err *err)
{
	const char *ours = vdc_job_lease_id(note->lease);
	struct burying b = { .step_action = note->step_action,
			     .host_id = note->host->id,
			     .arena = note->arena };
	char *job = NULL, *owner = NULL;
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, ours, 0, note->arena, &found, err);

	if (r)
		return r;
	b.action = ((const struct vdc_job *)found)->action;
	r = bury(db, &b, err);
	if (!r)
		r = vdc_job_open_step(db, note->step_action, note->host->id, ours, note->arena,
				      &job, err);
	if (!r && job)
		r = vdc_job_owner(db, job, note->arena, &owner, err);
	if (r || !owner)
		return r;
	return vdc_err_set(err, -EBUSY, "host %s: job %s (%s) does that already", note->host->name,
			   job, owner);
}

/* The row that an owner before us began. */
static int find_row(struct vdc_db *db, struct vdc_fence_note *note, const char **ret,
		    struct vdc_err *err)
{
	struct vdc_objects steps;
	int r = vdc_gather(db, &vdc_job_step_kind, "job", vdc_job_lease_id(note->lease),
			   note->arena, &steps, err);

	*ret = NULL;
	for (size_t i = 0; i < steps.n && !r; i++) {
		const struct vdc_job_step *step = steps.objects[i];

		if (step->number == note->number && step->status == VDC_JOB_STARTED)
			*ret = vdc_line_value(step->state, "record", note->arena);
	}
	return r;
}

static void make_record(struct vdc_fence_note *note, const char *id)
{
	struct vdc_arena *arena = note->arena;
	struct vdc_fence_record *record = vdc_object_new(&vdc_fence_record_kind, arena);

	record->id = vdc_arena_strdup(arena, id);
	record->host = (struct vdc_ref){ .id = note->host->id, .name = note->host->name };
	if (!id)
		record->start_time = vdc_time_now();
	record->action = note->action;
	record->result = VDC_FENCE_RUNNING;
	record->reason = vdc_arena_strdup(arena, note->reason);
	record->actor = vdc_arena_strdup(arena, vdc_user_caller());
	record->job_id = vdc_arena_strdup(arena, vdc_job_lease_id(note->lease));
	record->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	note->record = record;
}

static void make_step(struct vdc_fence_note *note)
{
	struct vdc_arena *arena = note->arena;
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, arena);

	step->job.id = vdc_arena_strdup(arena, vdc_job_lease_id(note->lease));
	step->number = note->number;
	step->action = vdc_arena_strdup(arena, note->step_action);
	step->status = VDC_JOB_STARTED;
	step->start_time = vdc_time_now();
	step->object_kind = vdc_arena_strdup(arena, vdc_host_kind.name);
	step->object_id = note->host->id;
	step->object_name = note->host->name;
	step->state = vdc_arena_format(arena, "record=%s", note->record->id);
	note->step = step;
}

static int begin(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_fence_note *note = ctx;
	const char *row;
	int r = vdc_job_guard(note->lease, db, err);

	if (!r)
		r = refuse_if_open_elsewhere(db, note, err);
	if (!r)
		r = find_row(db, note, &row, err);
	if (r)
		return r;
	make_record(note, row);
	r = vdc_store_put(db, &vdc_fence_record_kind, note->record, note->arena, err);
	if (r)
		return r;
	make_step(note);
	return vdc_store_put(db, &vdc_job_step_kind, note->step, note->arena, err);
}

int vdc_fence_note_begin(struct vdc_fence_note *note, struct vdc_err *err)
{
	return vdc_db_transaction(note->db, begin, note, err);
}

int vdc_fence_note_alone(const struct vdc_fence_note *note, struct vdc_err *err)
{
	static const char *const steps[] = { VDC_FENCE_STEP_OFF, VDC_FENCE_STEP_ON };
	int r = 0;

	for (size_t i = 0; i < VDC_COUNT(steps) && !r; i++) {
		char *job = NULL, *owner = NULL;

		r = vdc_job_open_step(note->db, steps[i], note->host->id,
				      vdc_job_lease_id(note->lease), note->arena, &job, err);
		if (!r && job)
			r = vdc_job_owner(note->db, job, note->arena, &owner, err);
		if (!r && owner)
			r = vdc_err_set(err, -EBUSY, "host %s: job %s (%s) switches its power",
					note->host->name, job, owner);
	}
	return r;
}

static enum vdc_job_status status_of(enum vdc_fence_result result)
{
	switch (result) {
	case VDC_FENCE_SUCCESS:
		return VDC_JOB_FINISHED;
	case VDC_FENCE_SKIPPED:
		return VDC_JOB_SKIPPED;
	case VDC_FENCE_UNKNOWN:
		return VDC_JOB_UNKNOWN;
	case VDC_FENCE_RUNNING:
	case VDC_FENCE_FAILED:
		break;
	}
	return VDC_JOB_FAILED;
}

int vdc_fence_note_write(struct vdc_db *db, struct vdc_fence_note *note,
			 const struct vdc_fence_ending *ending, struct vdc_err *err)
{
	struct vdc_arena *arena = note->arena;
	struct vdc_fence_record *record = note->record;
	struct vdc_job_step *step = note->step;
	int r;

	record->result = ending->result;
	record->end_time = step->end_time = vdc_time_now();
	if (ending->reason)
		record->reason = vdc_arena_strdup(arena, ending->reason);
	if (ending->evidence)
		record->evidence = vdc_arena_strdup(arena, ending->evidence);
	if (ending->agent)
		record->agent = vdc_arena_strdup(arena, ending->agent);
	if (ending->message)
		record->message = vdc_arena_strdup(arena, ending->message);
	step->status = status_of(ending->result);
	step->message = vdc_arena_strdup(arena, ending->text ?: ending->message);
	r = vdc_store_put(db, &vdc_fence_record_kind, record, arena, err);
	if (!r)
		r = vdc_store_put(db, &vdc_job_step_kind, step, arena, err);
	if (r || !ending->type)
		return r;
	return vdc_event_note(db, ending->severity, ending->type, &vdc_host_kind, note->host, err,
			      "%s", ending->text);
}

struct writing {
	struct vdc_fence_note *note;
	const struct vdc_fence_ending *ending;
};

static int end(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	int r = vdc_job_guard(w->note->lease, db, err);

	return r ? r : vdc_fence_note_write(db, w->note, w->ending, err);
}

int vdc_fence_note_end(struct vdc_fence_note *note, const struct vdc_fence_ending *ending,
		       struct vdc_err *err)
{
	struct writing w = { note, ending };

	return vdc_db_transaction(note->db, end, &w, err);
}

int vdc_fence_note_bury(struct vdc_db *db, const char *action, const char *step_action,
			const char *host_id, struct vdc_arena *arena, const char **job,
			struct vdc_err *err)
{
	struct burying b = { action, step_action, host_id, arena, NULL };
	int r = vdc_db_transaction(db, bury, &b, err);

	if (!r)
		*job = b.job;
	return r;
}
