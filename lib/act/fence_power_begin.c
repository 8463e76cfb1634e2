/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host may be switched now: who else does, and what was done to it a moment ago. */
#include <errno.h>
#include <string.h>

#include "act/fence_power_part.h"
#include "act/spm_free.h"
#include "base/time.h"
#include "store/events.h"

struct beginning {
	struct fence_host *host;
	struct vdc_arena *arena; /* gone after it */
	const char *refusal;
	int code;
};

static const char *our_job(const struct beginning *b)
{
	return vdc_job_lease_id(b->host->run->lease);
}

/* Steps of which one job at a time has one open about a host: while its leases are freed it is held off. */
static const char *const at_power[] = { VDC_FENCE_STEP_OFF, VDC_FENCE_STEP_ON, VDC_SPM_STEP_FREE };

static bool is_at_power(const char *action)
{
	for (size_t i = 0; i < VDC_COUNT(at_power); i++)
		if (strcmp(action, at_power[i]) == 0)
			return true;
	return false;
}

/* Its owner is dead, and whoever goes on with it shall not shoot after us. */
static int end_steps(struct vdc_db *db, struct beginning *b, const char *job, struct vdc_err *err)
{
	struct vdc_objects steps;
	int r = vdc_gather(db, &vdc_job_step_kind, "job", job, b->arena, &steps, err);

	for (size_t i = 0; i < steps.n && !r; i++) {
		struct vdc_job_step *step;
		const struct vdc_job_step *found = steps.objects[i];

		if (found->status != VDC_JOB_STARTED || !found->object_id || !found->action ||
		    strcmp(found->object_id, b->host->host->id) != 0 || !is_at_power(found->action))
			continue;
		step = vdc_object_copy(&vdc_job_step_kind, found, b->arena);
		step->status = VDC_JOB_SKIPPED;
		step->end_time = vdc_time_now();
		step->message = vdc_arena_format(b->arena, "it was cut off, and job %s took over",
						 our_job(b));
		r = vdc_store_put(db, &vdc_job_step_kind, step, b->arena, err);
	}
	return r;
}

/* Jobs that switch it, or did when their owner died. */
static int look_for_rivals(struct vdc_db *db, struct beginning *b, const char *action,
			   struct vdc_err *err)
{
	const char *id = b->host->host->id;
	char *job = NULL, *owner = NULL;
	int r = vdc_job_open_step(db, action, id, our_job(b), b->arena, &job, err);

	while (!r && job) {
		r = vdc_job_owner(db, job, b->arena, &owner, err);
		if (r || owner)
			break;
		r = vdc_job_disown(db, job, err);
		if (!r)
			r = end_steps(db, b, job, err);
		if (!r)
			r = vdc_job_open_step(db, action, id, our_job(b), b->arena, &job, err);
	}
	if (!r && owner) {
		b->code = -EBUSY;
		b->refusal = vdc_arena_format(b->arena, "job %s is at its power: %s", job, owner);
	}
	return r;
}

static bool is_recent(const struct vdc_fence_record *record, int64_t within)
{
	return record->result == VDC_FENCE_SUCCESS && record->end_time != VDC_UNSET &&
	       record->end_time >= vdc_time_now() - within;
}

static const char *ago(const struct vdc_fence_record *record, char text[VDC_TIME_LEN + 1])
{
	int64_t age = vdc_time_now() - record->end_time;

	return vdc_duration_format(age / VDC_SECOND * VDC_SECOND, text);
}

static void judge_record(struct beginning *b, const struct vdc_fence_record *record)
{
	const struct vdc_fence_power_options *options = b->host->run->options;
	bool wants_on = b->host->wish->action == VDC_FENCE_ON, was_on;
	char age[VDC_TIME_LEN + 1];

	if (record->action != VDC_FENCE_ON && record->action != VDC_FENCE_OFF)
		return;
	if (record->job_id && strcmp(record->job_id, our_job(b)) == 0)
		return;
	was_on = record->action == VDC_FENCE_ON;
	if (!wants_on && !was_on && is_recent(record, options->tolerance_us)) {
		b->code = -EALREADY;
		b->refusal = vdc_arena_format(b->arena, "it was fenced %s ago: %s",
					      ago(record, age), record->evidence ?: "");
	} else if (wants_on != was_on && is_recent(record, options->opposite_us)) {
		b->code = -EPERM;
		b->refusal = vdc_arena_format(b->arena,
					      "it was switched %s %s ago: name it to switch it "
					      "the other way so soon",
					      was_on ? "on" : "off", ago(record, age));
	}
}

/* Nobody else switches it now: what is running in the history has lost its owner. */
static int close_record(struct vdc_db *db, struct beginning *b,
			const struct vdc_fence_record *found, struct vdc_err *err)
{
	struct vdc_fence_record *record;

	if (found->result != VDC_FENCE_RUNNING ||
	    (found->action != VDC_FENCE_ON && found->action != VDC_FENCE_OFF))
		return 0;
	record = vdc_object_copy(&vdc_fence_record_kind, found, b->arena);
	record->result = VDC_FENCE_UNKNOWN;
	record->end_time = vdc_time_now();
	record->message = vdc_arena_strdup(b->arena, "whoever did it died in the middle");
	return vdc_store_put(db, &vdc_fence_record_kind, record, b->arena, err);
}

static int look_at_history(struct vdc_db *db, struct beginning *b, struct vdc_err *err)
{
	const struct fence_host *host = b->host;
	bool second = host->phase == VDC_FENCE_ON && host->wish->action == VDC_FENCE_REBOOT;
	struct vdc_objects records;
	int r = vdc_gather(db, &vdc_fence_record_kind, "host", host->host->id, b->arena, &records,
			   err);

	for (size_t i = 0; i < records.n && !r; i++) {
		r = close_record(db, b, records.objects[i], err);
		if (!r && !second)
			judge_record(b, records.objects[i]);
	}
	return r;
}

static int write_step(struct vdc_db *db, struct beginning *b, struct vdc_err *err)
{
	struct fence_host *host = b->host;
	struct vdc_job_step *step = vdc_object_copy(&vdc_job_step_kind, host->step, b->arena);

	step->status = b->refusal ? VDC_JOB_SKIPPED : VDC_JOB_STARTED;
	step->tries = step->tries == VDC_UNSET ? 1 : step->tries + 1;
	step->start_time = vdc_time_now();
	if (b->refusal) {
		step->end_time = step->start_time;
		step->message = vdc_arena_strdup(b->arena, b->refusal);
	}
	return vdc_store_put(db, &vdc_job_step_kind, step, b->arena, err);
}

static int begin(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct beginning *b = ctx;
	struct fence_host *host = b->host;
	int r = vdc_job_guard(host->run->lease, db, err);

	b->refusal = NULL;
	for (size_t i = 0; i < VDC_COUNT(at_power) && !r && !b->refusal; i++)
		r = look_for_rivals(db, b, at_power[i], err);
	if (!r && !b->refusal)
		r = look_at_history(db, b, err);
	if (!r)
		r = write_step(db, b, err);
	if (r || !b->refusal)
		return r;
	return vdc_event_note(db, VDC_SEVERITY_WARNING, "fence_skipped", &vdc_host_kind, host->host,
			      err, "host %s is not switched %s: %s", host->host->name,
			      vdc_enum_word(&vdc_fence_action_values, host->phase), b->refusal);
}

int fence_note_begin(struct fence_host *host, const char **refusal, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct beginning b = { .host = host, .arena = arena };
	int r = vdc_db_transaction(host->run->db, begin, &b, err);

	if (r)
		return r;
	host->step->tries = host->step->tries == VDC_UNSET ? 1 : host->step->tries + 1;
	host->step->start_time = vdc_time_now();
	host->step->end_time = VDC_UNSET;
	host->code = b.refusal ? b.code : 0;
	*refusal = b.refusal ? vdc_arena_strdup(host->run->arena, b.refusal) : NULL;
	return 0;
}
