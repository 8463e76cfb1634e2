/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One migration while it is under way: its mover, its watcher, and what is decided about it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "act/look.h"
#include "act/migrate_part.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/migration.h"

/* A source that cannot be asked for that long is given up. */
enum { SILENT = 15, SILENT_PAUSE = 2 };

static bool make_pipe(struct migrate_child *child)
{
	return pipe2(child->task.pipe, O_CLOEXEC) == 0;
}

void migrate_word(struct migrate_child *child, char word)
{
	if (child->runs && write(child->task.pipe[1], &word, 1) < 0)
		return; /* it is gone: how it ended is seen anyway */
}

static void close_pipe(struct migrate_child *child)
{
	if (!child->task.pipe[0])
		return;
	close(child->task.pipe[0]);
	close(child->task.pipe[1]);
	child->task.pipe[0] = child->task.pipe[1] = 0;
}

void migrate_stop_child(struct migrate_child *child)
{
	if (child->runs)
		vdc_pool_cancel(child->one->run->pool, child);
}

static struct vdc_migrate_host host_of(const struct vdc_host *host, struct vdc_arena *arena)
{
	int64_t limit = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);
	struct vdc_target target = vdc_target_of(host, limit, arena);

	return (struct vdc_migrate_host){ target.id, target.name, target.uri };
}

/* Nothing of it is left to do here: where is the VM? Or, when nothing was begun, another host. */
static int attempt_failed(struct migrate_one *one, const char *reason, struct vdc_err *err)
{
	one->failure = vdc_arena_strdup(one->run->arena, reason);
	one->begun = one->begun || one->resumed;
	return migrate_find(one, err);
}

static int watch_work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct migrate_child *child = ctx;

	return vdc_migrate_watch(&child->task, sender, err);
}

/* For those who follow from elsewhere. */
static int note_progress(struct migrate_one *one, const struct vdc_move_report *report,
			 struct vdc_err *err)
{
	const struct vdc_migration_progress progress = {
		.done = report->done,
		.total = report->total,
		.rate = report->rate,
		.eta_us = report->eta_us,
	};
	vdc_autoarena *arena = vdc_arena_new();
	int64_t now = vdc_time_monotonic();

	if (one->noted && now < one->noted + VDC_SECOND)
		return 0;
	one->noted = now;
	return vdc_migration_note_progress(one->run->lease, one->run->db, one->step.number,
					   &progress, arena, err);
}

static int tell_progress(struct migrate_one *one, const struct vdc_virt_job *job,
			 const struct vdc_migration_sight *sight, struct vdc_err *err)
{
	const struct vdc_migrate_options *options = one->run->options;
	struct vdc_move_report report = {
		.news = VDC_MOVE_PROGRESS,
		.move = one->move,
		.done = job->processed,
		.total = job->total,
		.rate = one->watch.rate,
		.eta_us = vdc_migration_eta(&one->watch, sight),
	};

	if (options->told)
		options->told(options->ctx, &report);
	return note_progress(one, &report, err);
}

static void decide(struct migrate_one *one, enum vdc_migration_verdict verdict)
{
	struct vdc_arena *arena = one->run->arena;
	int64_t seconds = (vdc_time_monotonic() - one->watch.began) / VDC_SECOND;

	switch (verdict) {
	case VDC_MIGRATION_STALLED:
		one->failure = vdc_arena_format(
			arena, "aborted: no progress for %lld s (after %lld s)",
			(long long)(one->watch.limits.stall_us / VDC_SECOND), (long long)seconds);
		break;
	case VDC_MIGRATION_TIMED_OUT:
		one->failure = vdc_arena_format(
			arena,
			"aborted: not done within its %lld s; the guest "
			"writes faster than it can be sent",
			(long long)((one->watch.ends - one->watch.began) / VDC_SECOND));
		break;
	case VDC_MIGRATION_TO_POST_COPY:
		migrate_word(&one->watcher, VDC_WORD_POST_COPY);
		return;
	case VDC_MIGRATION_LATE:
		if (!one->told_late)
			migrate_tell(one, VDC_MOVE_LATE, NULL);
		one->told_late = true;
		return;
	case VDC_MIGRATION_GOES_ON:
		return;
	}
	one->gave_up = true;
	migrate_word(&one->watcher, VDC_WORD_ABORT);
}

static int watch_got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;
	struct vdc_migration_sight sight = { .now = vdc_time_monotonic() };
	struct vdc_virt_job job;

	if (one->state != MIGRATE_MOVES || vdc_migrate_take_job(data, len, &job))
		return 0;
	one->silent = 0;
	if (!job.running) {
		/* An adopted one has no mover that would say so. */
		one->idle++;
		return one->adopted && one->idle > 1 ? migrate_find(one, err) : 0;
	}
	one->idle = 0;
	sight.total = job.total;
	sight.processed = job.processed;
	sight.remaining = job.remaining;
	sight.rate = job.rate;
	sight.post_copy = job.post_copy;
	if (one->adopted && !one->watch.rate && job.elapsed_ms > 0)
		one->watch.ends -= job.elapsed_ms * 1000; /* its time began before we came */
	if (one->run->stopping > 1 && !one->gave_up) {
		one->gave_up = true;
		one->failure = "aborted: somebody asked for it";
		migrate_word(&one->watcher, VDC_WORD_ABORT);
	} else if (!one->gave_up) {
		decide(one, vdc_migration_look(&one->watch, &sight));
	}
	return tell_progress(one, &job, &sight, err);
}

static int start_watcher(struct migrate_one *one, int64_t not_before, struct vdc_err *err);

static int watch_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;

	child->runs = false;
	close_pipe(child);
	if (one->state != MIGRATE_MOVES)
		return 0;
	if (++one->silent < SILENT)
		return start_watcher(one, vdc_time_monotonic() + SILENT_PAUSE * VDC_SECOND, err);
	migrate_stop_child(&one->mover);
	return attempt_failed(one, vdc_err_text(failure), err);
}

static int start_watcher(struct migrate_one *one, int64_t not_before, struct vdc_err *err)
{
	struct migrate_child *child = &one->watcher;

	child->one = one;
	child->task.from = one->mover.task.from;
	child->task.migration = one->mover.task.migration;
	if (!make_pipe(child))
		return vdc_err_set(err, -errno, "cannot make a pipe: %m");
	child->runs = true;
	vdc_pool_add(one->run->pool,
		     &(struct vdc_task){
			     .ctx = child,
			     .work = watch_work,
			     .got = watch_got,
			     .ended = watch_ended,
			     .first_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
			     .quiet_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
			     .not_before = not_before,
		     });
	return 0;
}

static int begin_watch(struct migrate_one *one, struct vdc_err *err)
{
	const struct vdc_migration_limits limits = migrate_limits(one);

	vdc_migration_watch_begin(&one->watch, &limits, vdc_time_monotonic());
	one->state = MIGRATE_MOVES;
	one->begun = true;
	return start_watcher(one, 0, err);
}

/* It runs already: whoever began it may be dead. */
static int adopt(struct migrate_one *one, struct vdc_err *err)
{
	one->adopted = true;
	migrate_word(&one->mover, VDC_WORD_QUIT);
	migrate_tell(one, VDC_MOVE_ADOPTED, NULL);
	return begin_watch(one, err);
}

static int go(struct migrate_one *one, struct vdc_err *err)
{
	struct vdc_migrate_options const *options = one->run->options;
	int64_t now;
	int r = migrate_note_begun(one, err);

	/* The second in which it must begin counts from the look at the lease. */
	now = vdc_time_monotonic();
	if (!r)
		r = vdc_job_check(one->run->lease, one->run->db, err);
	if (!r)
		r = begin_watch(one, err);
	if (r)
		return r;
	migrate_word(&one->mover, VDC_WORD_GO);
	if (write(one->mover.task.pipe[1], &now, sizeof(now)) < 0)
		return 0; /* as above */
	if (options->told)
		migrate_tell(one, VDC_MOVE_BEGUN, NULL);
	return 0;
}

static int move_got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;
	struct vdc_migrate_look look;

	if (one->state != MIGRATE_OPENS || vdc_migrate_take_look(data, len, &look))
		return 0;
	if (look.job && strcmp(look.job, "migration_out") == 0)
		return adopt(one, err);
	if (!look.known || !look.active || look.dest_active) {
		one->begun = true; /* not by us, but it is somewhere else */
		migrate_word(&one->mover, VDC_WORD_QUIT);
		return attempt_failed(one, "it did not run where it was expected", err);
	}
	if (look.job || look.cpu == VDC_VIRT_CPU_LACKS) {
		migrate_word(&one->mover, VDC_WORD_QUIT);
		return attempt_failed(one,
				      look.job ? vdc_arena_format(one->run->arena,
								  "libvirt is busy with it: %s",
								  look.job)
					       : look.cpu_text,
				      err);
	}
	return go(one, err);
}

static int move_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct migrate_child *child = ctx;
	struct migrate_one *one = child->one;

	child->runs = false;
	close_pipe(child);
	if (one->adopted || (one->state != MIGRATE_OPENS && one->state != MIGRATE_MOVES))
		return 0;
	if (failure->code == -EALREADY && one->state == MIGRATE_MOVES) {
		one->adopted = true;
		migrate_tell(one, VDC_MOVE_ADOPTED, NULL);
		return 0;
	}
	if (!one->failure && failure->code)
		one->failure = vdc_arena_strdup(one->run->arena, vdc_err_text(failure));
	if (one->state == MIGRATE_OPENS && failure->code)
		return attempt_failed(one, vdc_err_text(failure), err);
	return migrate_find(one, err);
}

static int move_work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct migrate_child *child = ctx;

	return vdc_migrate_move(&child->task, sender, err);
}

int migrate_open(struct migrate_one *one, struct vdc_err *err)
{
	struct migrate_child *child = &one->mover;
	struct vdc_arena *arena = one->run->arena;

	child->one = one;
	child->task.from = host_of(one->from, arena);
	child->task.to = host_of(one->to, arena);
	child->task.migration = migrate_settings(one);
	if (!make_pipe(child))
		return vdc_err_set(err, -errno, "cannot make a pipe: %m");
	child->runs = true;
	one->state = MIGRATE_OPENS;
	one->failure = NULL;
	one->begun = one->adopted = one->gave_up = one->told_late = false;
	one->silent = one->idle = one->finds = 0;
	one->started = vdc_time_monotonic();
	vdc_placement_reserve(one->run->scene.placement, one->vm, one->to);
	vdc_pool_add(one->run->pool,
		     &(struct vdc_task){
			     .ctx = child,
			     .work = move_work,
			     .got = move_got,
			     .ended = move_ended,
			     .first_us = 2 * vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		     });
	return 0;
}
