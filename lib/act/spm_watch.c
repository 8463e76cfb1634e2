/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/apply.h"
#include "act/spm_elect.h"
#include "act/spm_launch.h"
#include "base/number.h"
#include "base/time.h"
#include "base/words.h"
#include "store/events.h"

/* That long a process that was begun may take until it has its job. */
#define BEGINS_WITHIN (30 * VDC_SECOND)

struct watching {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_data_center *data_center;
	struct vdc_arena *arena;
	struct vdc_spm_watch watch;
	int64_t launched; /* wall clock: an election was begun here and has not ended; 0: none */
	const char *said; /* reason of the look before; "": all was well */
	struct vdc_spm_watched *ret;
	bool unfinished; /* an election is open, and nobody carries it out */
	bool elects;	 /* its verdict is carried out after it is stored */
	struct vdc_spm_watch_verdict verdict;
};

struct opening {
	const struct vdc_data_center *data_center;
	struct vdc_arena *arena;
	char *id;
};

static int find_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct opening *o = ctx;
	struct vdc_job *job = vdc_job_new(VDC_SPM_WATCH_ACTION, "", o->arena);

	job->description =
		vdc_arena_format(o->arena, "watch over the storage pool manager of data center %s",
				 o->data_center->name);
	vdc_job_about(job, &vdc_data_center_kind, o->data_center->id, o->data_center->name,
		      o->arena);
	return vdc_job_open_or_new(db, job, o->arena, &o->id, err);
}

int vdc_spm_watch_open(struct vdc_db *db, const struct vdc_data_center *data_center,
		       struct vdc_arena *arena, struct vdc_job_lease **ret, struct vdc_err *err)
{
	struct opening opening = { .data_center = data_center, .arena = arena };
	int r = vdc_db_transaction(db, find_or_make, &opening, err);

	return r ? r : vdc_job_acquire(db, opening.id, VDC_JOB_TTL, ret, err);
}

void vdc_spm_watch_close(struct vdc_db *db, struct vdc_job_lease *lease)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = VDC_JOB_PAUSED;
	if (db && lease)
		vdc_job_update(lease, db, job, arena, NULL);
	vdc_job_release(lease, db);
}

static int read_state(struct watching *w, struct vdc_err *err)
{
	const char *state, *launched;
	void *found;
	int r = vdc_store_get(w->db, &vdc_job_kind, vdc_job_lease_id(w->lease), VDC_WITH_LONG,
			      w->arena, &found, err);

	if (r)
		return r;
	state = ((const struct vdc_job *)found)->state;
	vdc_spm_watch_parse(state, &vdc_spm_watch_preset, vdc_time_now(), &w->watch);
	launched = vdc_line_value(state, "launched", w->arena);
	if (!launched || vdc_int_parse(launched, &w->launched, NULL) || w->launched < 0)
		w->launched = 0;
	w->said = vdc_line_value(state, "said", w->arena) ?: "";
	return 0;
}

static int write_state(struct watching *w, struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, w->arena);
	const char *reason = w->ret->reason ?: "";

	w->ret->news = strcmp(reason, w->said) != 0;
	job->status = VDC_JOB_STARTED;
	job->last_updated = vdc_time_now();
	job->message = vdc_arena_strdup(w->arena, *reason ? reason : "all is well");
	job->state = vdc_arena_format(w->arena, "%slaunched=%" PRId64 "\nsaid=%s\n",
				      vdc_spm_watch_text(&w->watch, w->arena), w->launched, reason);
	return vdc_job_update(w->lease, w->db, job, w->arena, err);
}

/* The election that was begun last, since ours. */
static int find_election(struct watching *w, const struct vdc_job **ret, struct vdc_err *err)
{
	struct vdc_objects jobs;
	int r = vdc_gather(w->db, &vdc_job_kind, "object_id", w->data_center->id, w->arena, &jobs,
			   err);

	*ret = NULL;
	for (size_t i = 0; i < jobs.n && !r; i++) {
		const struct vdc_job *job = jobs.objects[i];

		if (!job->action || strcmp(job->action, VDC_SPM_ACTION) != 0)
			continue;
		if (!*ret || job->start_time > (*ret)->start_time)
			*ret = job;
	}
	return r;
}

static bool is_over(const struct vdc_job *job)
{
	return job->end_time != VDC_UNSET;
}

static void ended(struct watching *w, bool elected)
{
	w->launched = 0;
	vdc_spm_watch_ended(&w->watch, vdc_time_now(), elected);
}

/* Whether one goes on, ours or another's; what came of ours. */
static int follow(struct watching *w, bool *under_way, struct vdc_err *err)
{
	const struct vdc_job *job;
	char *owner = NULL;
	int r = find_election(w, &job, err);

	*under_way = false;
	if (!r && job && !is_over(job))
		r = vdc_job_owner(w->db, job->id, w->arena, &owner, err);
	if (r)
		return r;
	*under_way = owner != NULL;
	w->unfinished = job && !is_over(job) && !owner;
	if (owner || !w->launched)
		return 0;
	if (job && is_over(job) && job->end_time >= w->launched)
		ended(w, job->exit_code == 0);
	else if (vdc_time_now() - w->launched > BEGINS_WITHIN)
		ended(w, false); /* it died, or could not begin */
	else
		*under_way = true;
	return 0;
}

struct telling {
	const struct watching *w;
	const char *type;
};

static int tell(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct telling *telling = ctx;
	const struct watching *w = telling->w;
	int r = vdc_job_guard(w->lease, db, err);

	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_ALERT, telling->type, &vdc_data_center_kind,
				  w->data_center, err, "data center %s: %s", w->data_center->name,
				  w->ret->reason);
}

/* Once, when it begins. */
static int tell_hopeless(struct watching *w, struct vdc_err *err)
{
	struct telling telling = {
		.w = w,
		.type = w->ret->step == VDC_SPM_WATCH_MASTER_LOST ? "master_domain_lost"
			: w->ret->step == VDC_SPM_WATCH_ALL_AWAY  ? "data_center_hosts_away"
								  : NULL,
	};

	return telling.type && w->ret->news ? vdc_db_transaction(w->db, tell, &telling, err) : 0;
}

static int look(struct watching *w, const struct vdc_spm_survey_options *options,
		struct vdc_err *err)
{
	struct vdc_spm_survey survey;
	struct vdc_spm_sight sight;
	int r = vdc_spm_survey(w->db, w->data_center->id, options, w->arena, &survey, err);

	if (!r && !survey.master) { /* there is nothing to be the manager of */
		w->ret->step = VDC_SPM_WATCH_REST;
		w->ret->again_at = vdc_time_now() + w->watch.figures.every;
		return 0;
	}
	if (!r)
		r = vdc_spm_watch_sight(w->db, &survey, w->arena, &sight, err);
	if (r)
		return r;
	sight.unfinished = w->unfinished;
	vdc_spm_watch_look(&w->watch, &sight, w->arena, &w->verdict);
	w->ret->step = w->verdict.step;
	w->ret->reason = w->verdict.reason;
	w->ret->again_at = w->verdict.again_at;
	w->elects = w->verdict.step == VDC_SPM_WATCH_ELECT;
	return 0;
}

/* Written before it is done: whoever comes after a crash takes it for begun, and waits. */
static int carry_out(struct watching *w, struct vdc_err *err)
{
	const struct vdc_host *prefer = w->verdict.prefer;
	struct vdc_err why = { 0 };
	int r;

	w->launched = vdc_time_now();
	r = write_state(w, err);
	if (!r)
		r = vdc_job_check(w->lease, w->db, err);
	if (r || !vdc_spm_launch(w->data_center->id, w->verdict.leave, prefer ? prefer->id : NULL,
				 w->verdict.reason, &why))
		return r;
	w->ret->reason = vdc_arena_format(w->arena, "%s; the election does not start: %s",
					  w->verdict.reason, vdc_err_text(&why));
	ended(w, false);
	return write_state(w, err);
}

int vdc_spm_watch_pass(struct vdc_db *db, struct vdc_job_lease *lease,
		       const struct vdc_data_center *data_center,
		       const struct vdc_spm_survey_options *options, struct vdc_arena *arena,
		       struct vdc_spm_watched *ret, struct vdc_err *err)
{
	struct watching w = {
		.db = db,
		.lease = lease,
		.data_center = data_center,
		.arena = arena,
		.ret = ret,
	};
	int r = vdc_job_check(lease, db, err);

	*ret = (struct vdc_spm_watched){ .step = VDC_SPM_WATCH_REST };
	if (!r)
		r = read_state(&w, err);
	if (!r)
		r = follow(&w, &ret->under_way, err);
	if (r)
		return r;
	if (ret->under_way) {
		ret->reason = "an election is under way";
		ret->again_at = vdc_time_now() + w.watch.figures.every;
		return write_state(&w, err);
	}
	r = look(&w, options, err);
	if (!r)
		r = w.elects ? carry_out(&w, err) : write_state(&w, err);
	return r ? r : tell_hopeless(&w, err);
}
