/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run of migrations: who is next. */
#include "act/migrate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/migrate_part.h"
#include "base/time.h"
#include "edge/libvirt.h"
#include "model/job.h"
#include "store/migration.h"
#include "store/store.h"

/* Processes at once, of all migrations; three for each. */
enum { PROCESSES = 192 };

struct vdc_migrate_options vdc_migrate_options(void)
{
	return (struct vdc_migrate_options){
		.bandwidth = VDC_UNSET,
		.timeout_per_gib = VDC_UNSET,
		.stall = VDC_UNSET,
		.outgoing = VDC_UNSET,
		.incoming = VDC_UNSET,
		.downtime_ms = VDC_UNSET,
		.auto_converge = VDC_UNSET,
		.post_copy = VDC_UNSET,
		.compressed = VDC_UNSET,
		.encrypted = VDC_UNSET,
		.unsafe = VDC_UNSET,
		.accept_unknown = VDC_UNSET,
		.retries = VDC_UNSET,
		.stop_fd = -1,
	};
}

void migrate_tell(struct migrate_one *one, enum vdc_move_news news, const char *text)
{
	const struct vdc_migrate_options *options = one->run->options;
	struct vdc_move_report report = {
		.news = news,
		.move = one->move,
		.done = -1,
		.total = -1,
		.rate = -1,
		.eta_us = -1,
		.text = text,
	};

	if (options->told)
		options->told(options->ctx, &report);
}

void migrate_place_all(struct migrate_run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		struct migrate_one *one = &run->ones[i];

		if (one->state != MIGRATE_WAITS && one->state != MIGRATE_OVER && one->to)
			vdc_placement_reserve(run->scene.placement, one->vm, one->to);
		if (one->state != MIGRATE_OVER)
			vdc_placement_leaves(run->scene.placement, one->move->vm_id);
	}
}

static int64_t leaving(const struct migrate_run *run, const struct vdc_host *host)
{
	int64_t n = 0;

	for (size_t i = 0; i < run->n; i++) {
		const struct migrate_one *one = &run->ones[i];

		n += one->state != MIGRATE_WAITS && one->state != MIGRATE_OVER && one->from &&
		     strcmp(one->from->id, host->id) == 0;
	}
	return n;
}

static void wait_a_second(struct migrate_one *one)
{
	one->not_before = vdc_time_monotonic() + VDC_SECOND;
	if (!one->told_waits)
		migrate_tell(one, VDC_MOVE_WAITS, "its hosts have as many migrations as they may");
	one->told_waits = true;
}

static int claim(struct migrate_one *one, struct vdc_err *err)
{
	struct migrate_run *run = one->run;
	const struct vdc_migration_claim claim = {
		.step = &one->step,
		.from = one->from->id,
		.to = one->to->id,
		.most_out = migrate_most(run, one->from, true),
		.most_in = migrate_most(run, one->to, false),
	};
	struct vdc_err why = { 0 };
	int r;

	one->step.object_name = vdc_arena_strdup(run->arena, one->move->vm_name);
	r = vdc_migration_claim(run->lease, run->db, &claim, run->arena, &why);

	if (r == -EAGAIN) {
		wait_a_second(one);
		return 1;
	}
	if (r == -EALREADY)
		return migrate_end(one, VDC_MOVE_BUSY, vdc_arena_strdup(run->arena, why.msg), err)
			       ?: 1;
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	one->claimed = true;
	return 0;
}

/* Negative: the run is over. */
static int try_begin(struct migrate_one *one, struct vdc_err *err)
{
	struct migrate_run *run = one->run;
	int r = migrate_prepare(one, err);

	if (r == 0 && !one->resumed) {
		if (leaving(run, one->from) >= migrate_most(run, one->from, true))
			return 0; /* the end of one of them wakes us */
		r = migrate_choose(one, err);
	}
	if (r == 2)
		return migrate_end(one, one->move->end, one->move->reason, err);
	if (r == -ENOENT)
		return migrate_end(one, VDC_MOVE_REFUSED,
				   vdc_arena_strdup(run->arena, vdc_err_text(err)), err);
	if (r)
		return r < 0 ? r : 0;
	r = claim(one, err);
	if (r)
		return r < 0 ? r : 0;
	return migrate_open(one, err);
}

static int tick(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct migrate_run *run = ctx;

	run->ticking = false;
	return migrate_begin_next(run, err);
}

static void come_back(struct migrate_run *run)
{
	if (run->ticking)
		return;
	run->ticking = true;
	vdc_pool_later(run->pool, run, tick, VDC_SECOND);
}

/* Called by whatever makes room, also from inside of itself: then the loop outside goes on. */
int migrate_begin_next(struct migrate_run *run, struct vdc_err *err)
{
	bool waiting = false;
	int r = 0;

	if (run->beginning)
		return 0;
	run->beginning = true;
	for (size_t i = 0; i < run->n && !r; i++) {
		struct migrate_one *one = &run->ones[i];

		if (one->state != MIGRATE_WAITS)
			continue;
		if (run->stopping && !one->resumed)
			r = migrate_end(one, VDC_MOVE_SKIPPED, "somebody asked to stop", err);
		else if (one->not_before <= vdc_time_monotonic())
			r = try_begin(one, err);
		waiting = waiting || one->state == MIGRATE_WAITS;
	}
	run->beginning = false;
	if (!r && waiting)
		come_back(run);
	return r;
}

static int take_step(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		     struct vdc_err *err vdc_unused)
{
	struct migrate_run *run = ctx;
	const struct vdc_job_step *step = object;

	for (size_t i = 0; i < run->n; i++)
		if (run->ones[i].move->number == step->number)
			run->ones[i].step = *step;
	return 0;
}

static int get_host(struct migrate_run *run, const char *id, const struct vdc_host **ret,
		    struct vdc_err *err)
{
	void *host = NULL;
	int r = id ? vdc_store_get(run->db, &vdc_host_kind, id, 0, run->arena, &host, err) : 0;

	if (r == -ENOENT)
		return 0;
	*ret = host;
	return r;
}

/* A step that somebody began: its migration may be under way, done, or never begun. */
static int recall(struct migrate_one *one, struct vdc_err *err)
{
	char *from, *to;
	int r;

	if (one->step.status != VDC_JOB_STARTED)
		return 0;
	vdc_migration_ends(&one->step, one->run->arena, &from, &to);
	r = get_host(one->run, from, &one->from, err);
	if (!r)
		r = get_host(one->run, to, &one->to, err);
	if (r)
		return r;
	one->resumed = one->from && one->to;
	if (one->resumed) {
		one->move->from_name = one->from->name;
		one->move->to_name = one->to->name;
	}
	return 0;
}

static int by_cpu(const void *a, const void *b)
{
	const struct migrate_one *one = a, *other = b;

	if (one->resumed != other->resumed)
		return one->resumed ? -1 : 1;
	if (one->cpu != other->cpu)
		return one->cpu < other->cpu ? -1 : 1;
	return one->move < other->move ? -1 : one->move > other->move;
}

static int gather(struct migrate_run *run, struct vdc_move *moves, struct vdc_err *err)
{
	int r;

	for (size_t i = 0; i < run->n; i++) {
		struct migrate_one *one = &run->ones[i];

		one->run = run;
		one->move = &moves[i];
		one->move->end = 0;
		one->move->downtime_ms = -1;
		one->move->vm_name = moves[i].vm_id;
		one->cpu = vdc_scene_cpu(&run->scene, moves[i].vm_id);
		one->step = *(struct vdc_job_step *)vdc_object_new(&vdc_job_step_kind, run->arena);
		one->step.number = moves[i].number;
		one->step.object_id = vdc_arena_strdup(run->arena, moves[i].vm_id);
		one->step.object_kind = vdc_arena_strdup(run->arena, "vm");
		one->step.action = vdc_arena_strdup(run->arena, VDC_MIGRATE_STEP);
	}
	r = vdc_store_each_of(
		run->db, &vdc_job_step_kind, vdc_kind_field(&vdc_job_step_kind, "job"),
		vdc_job_lease_id(run->lease), VDC_WITH_LONG, run->arena, take_step, run, err);
	for (size_t i = 0; i < run->n && !r; i++)
		r = recall(&run->ones[i], err);
	qsort(run->ones, run->n, sizeof(*run->ones), by_cpu);
	return r;
}

static bool all_over(const struct migrate_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->ones[i].state != MIGRATE_OVER)
			return false;
	return true;
}

static int carry_out(struct migrate_run *run, struct vdc_err *err)
{
	int r = migrate_begin_next(run, err);

	while (!r && !all_over(run)) {
		bool listen = run->options->stop_fd >= 0 && run->stopping < 2;

		r = vdc_pool_run(run->pool, listen ? run->options->stop_fd : -1, err);
		if (r || all_over(run) || !listen)
			break;
		run->stopping += run->options->stop_taken(run->options->ctx) > 0;
		r = migrate_begin_next(run, err);
	}
	return r;
}

int vdc_move_vms(struct vdc_db *db, struct vdc_job_lease *lease,
		 const struct vdc_migrate_options *options, struct vdc_move *moves, size_t n,
		 struct vdc_arena *arena, struct vdc_err *err)
{
	struct migrate_run run = {
		.db = db,
		.lease = lease,
		.options = options,
		.arena = arena,
		.ones = vdc_arena_alloc(arena, (n + 1) * sizeof(*run.ones)),
		.n = n,
		.pool = vdc_pool_new(PROCESSES),
	};
	int r = vdc_virt_load(err);

	if (!r)
		r = vdc_scene_open(db, &run.scene, err);
	if (!r)
		r = gather(&run, moves, err);
	if (!r) {
		migrate_place_all(&run);
		r = carry_out(&run, err);
	}
	vdc_pool_free(run.pool);
	vdc_scene_close(&run.scene);
	return r;
}
