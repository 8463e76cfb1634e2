/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs of a drain that are shut down, and those that are started: many at once, an errand each. */
#include <errno.h>

#include "act/drain_power_part.h"
#include "base/setting.h"
#include "base/time.h"

enum { AT_ONCE = 16, TRIES = 3 };

#define PAUSE (3 * VDC_SECOND)	     /* before another try */
#define QUIET_TIME (10 * VDC_SECOND) /* then it is told what is waited for */

static int begin_step(struct drain_power_job *job, struct vdc_err *err)
{
	struct drain_run *run = job->all->run;
	const struct drain_vm *one = job->one;

	job->step = vdc_object_new(&vdc_job_step_kind, run->arena);
	job->step->number = one->number;
	job->step->action = vdc_arena_strdup(run->arena, drain_actions[one->how]);
	job->step->object_kind = vdc_arena_strdup(run->arena, vdc_vm_kind.name);
	job->step->object_id = one->vm->id;
	job->step->object_name = one->vm->name;
	job->step->state =
		vdc_arena_format(run->arena, "from=%s\nto=%s", job->tour.from ? job->from.id : "",
				 job->tour.to ? job->to.id : "");
	return vdc_job_step_begin(run->lease, run->db, job->step, run->arena, err);
}

static void tell_step(const struct drain_power_job *job, enum vdc_job_status status,
		      const char *text)
{
	drain_tell(job->all->run, &(struct vdc_work_news){
					  .kind = VDC_WORK_STEP,
					  .host = job->one->host->host->name,
					  .vm = job->one->vm->name,
					  .action = drain_actions[job->one->how],
					  .status = status,
					  .text = text,
				  });
}

static int end(struct drain_power_job *job, const char *failure, struct vdc_err *err)
{
	struct drain_vm *one = job->one;

	one->failure = failure ? vdc_arena_strdup(job->all->run->arena, failure) : NULL;
	one->good = !failure;
	job->over = true;
	tell_step(job, failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED, one->failure);
	if (!job->step) /* nothing was begun */
		return 0;
	return drain_note_power(job->all->run, one, job->step,
				job->end.host_id[0] ? job->end.host_id : NULL, err);
}

static int begin_next(struct drain_powering *all, struct vdc_err *err);

/* Whether a tour that failed so cannot but fail again. */
static bool is_final(int code)
{
	return code == -ECANCELED || code == -EPERM || code == -ENOENT;
}

/* On another host, where it is known not to run on that one. */
static bool may_try_again(struct drain_power_job *job, const struct vdc_err *failure)
{
	const bool elsewhere = job->one->how == DRAIN_BY_RESTART && !job->may_run;

	if (job->tries + 1 >= TRIES || job->n_bans == DRAIN_BANS)
		return false;
	if (is_final(failure->code) || (failure->code == -EIO && !job->may_run && !elsewhere))
		return false;
	if (elsewhere) {
		job->was_begun[job->n_bans] = failure->code == -EIO;
		job->bans[job->n_bans++] = (struct vdc_place_ban){
			job->to.id, vdc_arena_strdup(job->all->run->arena, vdc_err_text(failure))
		};
	}
	return true;
}

static void take_end(struct drain_power_job *job, int code)
{
	if (job->end.of_failure)
		job->may_run = job->end.of_failure == VDC_TOUR_STARTING;
	job->may_run = job->may_run && code && !is_final(code);
	job->one->unknown = job->may_run;
}

static int errand_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct drain_power_job *job = ctx;
	int code = failure->code, r = 0;

	job->runs = false;
	job->all->running--;
	take_end(job, code);
	if (code && may_try_again(job, failure)) {
		job->tries++;
		job->not_before = vdc_time_monotonic() + PAUSE;
		job->one->begun = job->may_run; /* it may be where it was to start */
	} else {
		r = end(job, code ? vdc_err_text(failure) : NULL, err);
	}
	return r ? r : begin_next(job->all, err);
}

static int run_tour(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		    struct vdc_err *err)
{
	const struct drain_power_job *job = ctx;

	return vdc_tour_make(&job->tour, errand, virt, err);
}

static int errand_told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct drain_power_job *job = ctx;

	return vdc_tour_take(data, len, &job->end, err);
}

static int begin(struct drain_power_job *job, struct vdc_err *err)
{
	struct drain_run *run = job->all->run;
	const struct vdc_tour_host *first;
	struct vdc_err why = { 0 };
	int r = drain_make_tour(job, &why);

	if (r)
		return end(job, vdc_err_text(&why), err);
	r = begin_step(job, err);
	if (r)
		return r;
	tell_step(job, VDC_JOB_STARTED, NULL);
	first = vdc_tour_first(&job->tour);
	job->call = (struct vdc_errand_call){
		.host = first->name,
		.uri = first->uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = vdc_tour_limit(&job->tour),
		.quiet_us = VDC_POWER_CALL,
		.db = run->db,
		.lease = run->lease,
		.ctx = job,
		.run = run_tour,
		.told = errand_told,
	};
	job->end = (struct vdc_tour_end){ 0 };
	job->runs = true;
	job->began = job->told = vdc_time_monotonic();
	job->all->running++;
	return vdc_errand_add(job->all->pool, &job->call, errand_ended, run->arena, err);
}

/* Says by name what takes long. */
static void tell_waits(struct drain_powering *all)
{
	int64_t now = vdc_time_monotonic();

	for (size_t i = 0; i < all->n; i++) {
		struct drain_power_job *job = &all->jobs[i];
		const char *what = job->one->how == DRAIN_BY_START ? "to start" : "to shut down";

		if (!job->runs || now - job->told < QUIET_TIME)
			continue;
		job->told = now;
		drain_tell(all->run,
			   &(struct vdc_work_news){
				   .kind = VDC_WORK_WAITS,
				   .host = job->one->host->host->name,
				   .vm = job->one->vm->name,
				   .text = vdc_arena_format(
					   all->run->arena, "for %lld s it has been asked %s",
					   (long long)((now - job->began) / VDC_SECOND), what),
			   });
	}
}

static int tick(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct drain_powering *all = ctx;

	all->ticking = false;
	tell_waits(all);
	return begin_next(all, err);
}

static void come_back(struct drain_powering *all)
{
	if (all->ticking)
		return;
	all->ticking = true;
	vdc_pool_later(all->pool, all, tick, VDC_SECOND);
}

/* Those that were begun, by us or by an owner before us, are gone on with whatever is asked. */
static bool may_begin(const struct drain_powering *all, const struct drain_power_job *job)
{
	return !all->run->stopping || job->tries || job->one->begun;
}

static int begin_next(struct drain_powering *all, struct vdc_err *err)
{
	bool left = false;
	int r = 0;

	for (size_t i = 0; i < all->n && !r; i++) {
		struct drain_power_job *job = &all->jobs[i];

		if (job->over || job->runs)
			continue;
		if (!may_begin(all, job)) {
			job->over = true;
			job->one->failure = "somebody asked to stop";
		} else if (all->running < AT_ONCE && job->not_before <= vdc_time_monotonic()) {
			r = begin(job, err);
		}
		left = left || !(job->over || job->runs);
	}
	if (!r && (left || all->running))
		come_back(all);
	return r;
}

static bool all_over(const struct drain_powering *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (!all->jobs[i].over)
			return false;
	return true;
}

/* What was asked to end cannot be asked to stay: a second wish to stop changes nothing more. */
static int carry_out(struct drain_powering *all, struct vdc_err *err)
{
	int r = begin_next(all, err);

	while (!r && !all_over(all)) {
		int fd = all->run->stopping < 2 ? all->run->options->migrate.stop_fd : -1;

		r = vdc_pool_run(all->pool, fd, err);
		if (!r && drain_stops(all->run))
			r = begin_next(all, err);
	}
	return r;
}

int drain_power(struct drain_run *run, struct drain_vm *vms, size_t n, struct vdc_err *err)
{
	struct drain_powering all = {
		.run = run,
		.jobs = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*all.jobs)),
	};
	int r;

	for (size_t i = 0; i < n; i++)
		if (vms[i].how != DRAIN_BY_MOVE && !vms[i].good)
			all.jobs[all.n++] = (struct drain_power_job){
				.all = &all,
				.one = &vms[i],
				.may_run = vms[i].begun && vms[i].how != DRAIN_BY_STOP,
			};
	if (!all.n)
		return 0;
	r = vdc_scene_open(run->db, &all.scene, err);
	if (r)
		return r;
	all.pool = vdc_pool_new(AT_ONCE + 1);
	r = carry_out(&all, err);
	vdc_pool_free(all.pool);
	vdc_scene_close(&all.scene);
	return r;
}
