/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happened between two looks at a run. */
#include <stdlib.h>
#include <string.h>

#include "act/upgrade_run.h"
#include "act/upgrade_watch_part.h"
#include "store/migration.h"

/* A step that is not as it was, or an event. */
struct change {
	int64_t time;
	const struct vdc_job_step *step;
	bool progress; /* of a migration, and nothing else */
	const struct vdc_event *event;
};

struct telling {
	const struct vdc_upgrade_watch *watch;
	struct vdc_buf changes;
	vdc_work_told_fn *fn;
	void *ctx;
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_migration(const struct vdc_job_step *step)
{
	return strcmp(step->action, VDC_MIGRATE_STEP) == 0;
}

static void add_step(struct telling *t, const struct vdc_job_step *step, bool progress)
{
	int64_t time = step->status == VDC_JOB_STARTED ? step->start_time : step->end_time;
	const struct change change = {
		.time = time == VDC_UNSET ? t->watch->now->seen.now : time, /* skipped unbegun */
		.step = step,
		.progress = progress,
	};

	vdc_buf_add(&t->changes, &change, sizeof(change));
}

static void compare_steps(struct telling *t, bool from_start)
{
	const struct vdc_upgrade_seen *now = &t->watch->now->seen;
	const struct vdc_upgrade_seen *before = t->watch->before ? &t->watch->before->seen : NULL;
	size_t b = 0;

	for (size_t s = 0; s < now->n_steps; s++) {
		const struct vdc_job_step *step = now->steps[s], *old = NULL;

		while (before && b < before->n_steps && before->steps[b]->number < step->number)
			b++;
		if (before && b < before->n_steps && before->steps[b]->number == step->number)
			old = before->steps[b];
		if (step->status == VDC_JOB_QUEUED)
			continue;
		if (!before && !from_start && step->status != VDC_JOB_STARTED)
			continue;
		if (!old || old->status != step->status || old->tries != step->tries)
			add_step(t, step, false);
		else if (step->status == VDC_JOB_STARTED && is_migration(step) &&
			 !same(old->state, step->state))
			add_step(t, step, true);
	}
}

/* Steps tell of migrations. */
static void add_events(struct telling *t, bool from_start)
{
	const struct vdc_buf *events = &t->watch->now->events;
	struct vdc_event *const *event = (void *)events->data;

	if (!t->watch->before && !from_start)
		return;
	for (size_t i = 0; i < events->len / sizeof(*event); i++) {
		const struct change change = { .time = event[i]->time, .event = event[i] };

		if (!event[i]->type || strncmp(event[i]->type, "vm_migrat", 9) != 0)
			vdc_buf_add(&t->changes, &change, sizeof(change));
	}
}

static int by_time(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->step && y->step)
		return x->step->number < y->step->number ? -1 : 1;
	return x->step ? -1 : 1;
}

static enum vdc_move_end end_of(int64_t status)
{
	switch (status) {
	case VDC_JOB_FINISHED:
		return VDC_MOVE_DONE;
	case VDC_JOB_FAILED:
		return VDC_MOVE_STAYED;
	case VDC_JOB_SKIPPED:
	case VDC_JOB_ABORTED:
		return VDC_MOVE_SKIPPED;
	default:
		return VDC_MOVE_UNKNOWN;
	}
}

static void tell_migration(const struct telling *t, const struct change *change)
{
	const struct vdc_job_step *step = change->step;
	const struct vdc_migration_progress progress = vdc_migration_progress_of(step);
	const struct vdc_upgrade_rows *rows = t->watch->now->seen.rows;
	struct vdc_move move = { .vm_id = step->object_id,
				 .number = step->number,
				 .vm_name = step->object_name,
				 .downtime_ms = -1 };
	const struct vdc_move_report report = {
		.news = change->progress		  ? VDC_MOVE_PROGRESS
			: step->status == VDC_JOB_STARTED ? VDC_MOVE_BEGUN
							  : VDC_MOVE_ENDED,
		.move = &move,
		.done = progress.done,
		.total = progress.total,
		.rate = progress.rate,
		.eta_us = progress.eta_us,
	};
	const struct vdc_work_news news = { .kind = VDC_WORK_MOVE,
					    .vm = step->object_name,
					    .action = step->action,
					    .status = step->status,
					    .move = &report,
					    .time = change->progress ? 0 : change->time };
	char *from, *to;

	vdc_migration_ends(step, t->watch->now->arena, &from, &to);
	move.to_id = to;
	move.from_name = vdc_upgrade_host_name(rows, from);
	move.to_name = vdc_upgrade_host_name(rows, to);
	if (report.news == VDC_MOVE_ENDED) {
		move.end = end_of(step->status);
		move.reason = move.end == VDC_MOVE_DONE ? NULL : step->message;
		move.took_us = step->end_time - step->start_time;
	}
	t->fn(t->ctx, &news);
}

static void tell_step(const struct telling *t, const struct change *change)
{
	const struct vdc_job_step *step = change->step;
	bool vm = same(step->object_kind, "vm");
	const struct vdc_work_news news = {
		.kind = VDC_WORK_STEP,
		.host = same(step->object_kind, "host") ? step->object_name : NULL,
		.vm = vm ? step->object_name : NULL,
		.action = step->action,
		.status = step->status,
		.text = step->message,
		.time = change->time,
	};

	t->fn(t->ctx, &news);
}

static void tell_note(const struct telling *t, const char *text, int64_t time)
{
	const struct vdc_work_news news = { .kind = VDC_WORK_NOTE, .text = text, .time = time };

	t->fn(t->ctx, &news);
}

/* What befell the job as a whole. */
static void tell_job(const struct telling *t)
{
	const struct vdc_upgrade_seen *now = &t->watch->now->seen;
	const struct vdc_upgrade_seen *before = &t->watch->before->seen;
	struct vdc_arena *arena = t->watch->now->arena;

	if (now->job->request != before->job->request && now->job->request > 0)
		tell_note(
			t,
			vdc_arena_format(arena, "it was asked to %s",
					 vdc_enum_word(&vdc_job_request_values, now->job->request)),
			0);
	if (vdc_job_is_open(now->job->status) && !same(now->owner, before->owner))
		tell_note(t,
			  now->owner
				  ? vdc_arena_format(arena, "it is carried out by %s", now->owner)
				  : "nobody carries it out any more",
			  0);
}

void vdc_upgrade_watch_tell(struct vdc_upgrade_watch *watch, bool from_start, vdc_work_told_fn *fn,
			    void *ctx)
{
	struct telling t = { .watch = watch, .fn = fn, .ctx = ctx };
	const struct change *changes;
	size_t n;

	compare_steps(&t, from_start);
	add_events(&t, from_start);
	changes = (void *)t.changes.data;
	n = t.changes.len / sizeof(*changes);
	if (n)
		qsort(t.changes.data, n, sizeof(*changes), by_time);
	for (size_t i = 0; i < n; i++) {
		if (changes[i].event)
			tell_note(&t, changes[i].event->description, changes[i].time);
		else if (is_migration(changes[i].step))
			tell_migration(&t, &changes[i]);
		else
			tell_step(&t, &changes[i]);
	}
	if (watch->before)
		tell_job(&t);
	vdc_buf_free(&t.changes);
}
