/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a run. Its plan is read once; job, steps and new events at every look. */
#include "act/upgrade_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/data_center_upgrade.h"
#include "act/upgrade_document.h"
#include "act/upgrade_run.h"
#include "act/upgrade_watch_part.h"
#include "base/log.h"
#include "base/map.h"
#include "base/time.h"
#include "store/migration.h"
#include "store/store.h"

/* A transaction may commit an event whose time lies before one that was seen already. */
#define LOOK_BACK (60 * VDC_SECOND)

/* A run whose plan cannot be read is followed all the same, without waves. */
static void read_plan(struct vdc_upgrade_watch *watch, const struct vdc_job *job)
{
	struct vdc_err why = { 0 };
	FILE *in;
	int r;

	if (!job->plan || !*job->plan)
		return;
	in = fmemopen(job->plan, strlen(job->plan), "r");
	if (!in)
		return;
	r = vdc_upgrade_document_read(in, "the plan", watch->arena, &watch->rows, &why);
	if (r)
		vdc_debug("job %s: %s", job->id, vdc_err_text(&why));
	fclose(in);
}

int vdc_upgrade_watch_new(struct vdc_db *db, const char *job_id, struct vdc_upgrade_watch **ret,
			  struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_upgrade_watch *watch;
	struct vdc_job *job;
	void *found;
	int r = vdc_store_get(db, &vdc_job_kind, job_id, VDC_WITH_LONG, arena, &found, err);

	if (r)
		return r;
	job = found;
	if (strcmp(job->action, VDC_UPGRADE_ACTION) != 0 &&
	    strcmp(job->action, VDC_DATA_CENTER_UPGRADE_ACTION) != 0)
		return vdc_err_set(err, -EINVAL, "job %s is no upgrade: it is %s", job_id,
				   job->action);
	watch = vdc_alloc(sizeof(*watch));
	watch->db = db;
	watch->job_id = vdc_strdup(job->id);
	watch->arena = vdc_arena_new();
	watch->told = vdc_map_new();
	watch->newest = job->start_time == VDC_UNSET ? 0 : job->start_time;
	for (size_t i = 0; i < VDC_COUNT(watch->looks); i++)
		watch->looks[i].arena = vdc_arena_new();
	read_plan(watch, job);
	*ret = watch;
	return 0;
}

void vdc_upgrade_watch_free(struct vdc_upgrade_watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < VDC_COUNT(watch->looks); i++) {
		vdc_arena_free(watch->looks[i].arena);
		vdc_buf_free(&watch->looks[i].steps);
		vdc_buf_free(&watch->looks[i].moves);
		vdc_buf_free(&watch->looks[i].events);
	}
	vdc_map_free(watch->told);
	vdc_arena_free(watch->arena);
	free(watch->job_id);
	free(watch);
}

static int64_t or_unset(int64_t value)
{
	return value < 0 ? VDC_UNSET : value;
}

static void add_move(struct upgrade_look *look, const struct vdc_job_step *step)
{
	const struct vdc_migration_progress progress = vdc_migration_progress_of(step);
	struct vdc_upgrade_run_move *move = vdc_object_new(&vdc_upgrade_run_move_kind, look->arena);

	move->id = vdc_arena_format(look->arena, "%" PRId64, step->number);
	move->vm = (struct vdc_ref){ step->object_id, step->object_name };
	move->action = step->action;
	move->start_time = step->start_time;
	vdc_migration_ends(step, look->arena, &move->from.id, &move->to.id);
	move->done = or_unset(progress.done);
	move->total = or_unset(progress.total);
	move->rate = or_unset(progress.rate);
	move->left = progress.eta_us < 0 ? VDC_UNSET : progress.eta_us / VDC_SECOND;
	vdc_buf_add(&look->moves, &move, sizeof(move));
}

static int take_step(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		     struct vdc_err *err vdc_unused)
{
	const struct vdc_job_step *step = object;
	struct upgrade_look *look = ctx;

	vdc_buf_add(&look->steps, &object, sizeof(object));
	if (step->status == VDC_JOB_STARTED && step->object_kind &&
	    strcmp(step->object_kind, "vm") == 0)
		add_move(look, step);
	return 0;
}

static int take_event(void *ctx, const struct vdc_kind *kind, void *object,
		      struct vdc_err *err vdc_unused)
{
	struct vdc_upgrade_watch *watch = ctx;
	const struct vdc_event *event = object;
	void *copy;

	if (!event->job_id || strcmp(event->job_id, watch->job_id) != 0 ||
	    vdc_map_find(watch->told, event->id, strlen(event->id)))
		return 0;
	copy = vdc_object_copy(kind, object, watch->now->arena);
	vdc_buf_add(&watch->now->events, &copy, sizeof(copy));
	return 0;
}

/* Only now: a snapshot that had to be read again must not lose any. */
static void remember_events(struct vdc_upgrade_watch *watch)
{
	struct vdc_event *const *events = (void *)watch->now->events.data;

	for (size_t i = 0; i < watch->now->events.len / sizeof(*events); i++) {
		vdc_map_add(watch->told, events[i]->id, strlen(events[i]->id));
		if (events[i]->time > watch->newest)
			watch->newest = events[i]->time;
	}
}

static int read_run(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_upgrade_watch *watch = ctx;
	struct upgrade_look *look = watch->now;
	char *owner = NULL;
	void *job;
	int r = vdc_store_get(db, &vdc_job_kind, watch->job_id, 0, look->arena, &job, err);

	if (!r)
		r = vdc_job_owner(db, watch->job_id, look->arena, &owner, err);
	if (!r)
		r = vdc_db_now(db, &look->seen.now, err);
	if (!r)
		r = vdc_store_each_of(db, &vdc_job_step_kind,
				      vdc_kind_field(&vdc_job_step_kind, "job"), watch->job_id,
				      VDC_WITH_LONG, look->arena, take_step, look, err);
	if (!r)
		r = vdc_store_each_in(db, &vdc_event_kind, vdc_kind_field(&vdc_event_kind, "time"),
				      watch->newest - LOOK_BACK, INT64_MAX, 0, NULL, take_event,
				      watch, err);
	if (r)
		return r;
	look->seen.job = job;
	look->seen.owner = owner;
	return 0;
}

int vdc_upgrade_watch_look(struct vdc_upgrade_watch *watch, struct vdc_err *err)
{
	struct upgrade_look *seen = watch->now;
	int r;

	watch->now = &watch->looks[seen == watch->looks];
	vdc_arena_reset(watch->now->arena);
	vdc_buf_clear(&watch->now->steps);
	vdc_buf_clear(&watch->now->moves);
	vdc_buf_clear(&watch->now->events);
	r = vdc_db_snapshot(watch->db, read_run, watch, err);
	if (r) {
		watch->now = seen;
		return r;
	}
	watch->before = seen;
	remember_events(watch);
	watch->now->seen.rows = watch->rows.upgrade ? &watch->rows : NULL;
	watch->now->seen.stride = VDC_UPGRADE_NUMBERS;
	watch->now->seen.steps = (void *)watch->now->steps.data;
	watch->now->seen.n_steps = watch->now->steps.len / sizeof(void *);
	watch->now->seen.moves = (void *)watch->now->moves.data;
	watch->now->seen.n_moves = watch->now->moves.len / sizeof(void *);
	return 0;
}

const struct vdc_upgrade_seen *vdc_upgrade_watch_seen(const struct vdc_upgrade_watch *watch)
{
	return &watch->now->seen;
}
