/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/ha_restart.h"

#include <poll.h>
#include <string.h>

#include "act/ha_part.h"
#include "base/setting.h"
#include "base/time.h"

enum { POOL = 17 }; /* starts at once, and one that looks at the clock */

#define TICK (VDC_SECOND / 2)
#define QUIET_TIME (10 * VDC_SECOND) /* then it is told what is waited for, and every minute */

struct vdc_ha_options vdc_ha_options(void)
{
	return (struct vdc_ha_options){
		.rules = {
			.priority_wait = vdc_setting_number(VDC_SETTING_HA_PRIORITY_WAIT),
			.retry = vdc_setting_number(VDC_SETTING_HA_RETRY),
			.retry_slow = vdc_setting_number(VDC_SETTING_HA_RETRY_SLOW),
			.retries = vdc_setting_number(VDC_SETTING_HA_RETRIES),
		},
		.wait_us = INT64_MAX,
		.stop_fd = -1,
	};
}

static const char *waits_for(const struct ha_vm *one)
{
	const struct ha_run *run = one->run;

	switch (one->verdict.turn) {
	case VDC_HA_UNSAFE:
		return one->unsafe;
	case VDC_HA_BEHIND:
		return ha_behind(one);
	case VDC_HA_PAUSE:
		return one->step->message;
	case VDC_HA_BEGUN:
		return vdc_arena_format(run->round, "host %s starts it", one->to.name);
	default:
		return NULL;
	}
}

static void tell_waits(struct ha_run *run)
{
	int64_t now = vdc_time_monotonic();

	for (size_t i = 0; i < run->n; i++) {
		struct ha_vm *one = run->vms[i];
		const char *what = one->over ? NULL : waits_for(one);

		if (!what || now - one->told < QUIET_TIME)
			continue;
		one->told = now + 50 * VDC_SECOND;
		ha_tell(one, VDC_WORK_WAITS, 0, what);
	}
}

/* Jobs all of whose VMs run. */
static int end_jobs(struct ha_run *run, struct vdc_err *err)
{
	int r = 0;

	for (size_t k = 0; k < run->n_jobs && !r; k++) {
		struct ha_job *job = &run->jobs[k];
		bool open = false;

		for (size_t i = 0; i < run->n; i++)
			open = open || (run->vms[i]->job == job && !run->vms[i]->over);
		if (!open && !job->over)
			r = ha_write_end(run, job, &open, err);
	}
	return r;
}

static bool all_over(const struct ha_run *run)
{
	for (size_t i = 0; i < run->n_jobs; i++)
		if (!run->jobs[i].over)
			return false;
	return true;
}

/* Nothing runs, and what is left is not waited for any longer. */
static bool gives_up(const struct ha_run *run)
{
	bool ready = false;

	if (run->running)
		return false;
	for (size_t i = 0; i < run->n; i++)
		ready = ready || (!run->vms[i]->over && run->vms[i]->verdict.turn == VDC_HA_NOW);
	return run->stopping || (!ready && run->options->wait_us != INT64_MAX &&
				 vdc_time_monotonic() - run->began >= run->options->wait_us);
}

static int tick(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct ha_run *run = ctx;
	int r;

	run->ticking = false;
	r = ha_begin_next(run, err);
	tell_waits(run);
	if (!r)
		r = end_jobs(run, err);
	if (!r && !all_over(run) && !gives_up(run)) {
		run->ticking = true;
		vdc_pool_later(run->pool, run, tick, TICK);
	}
	return r;
}

static bool stops(struct ha_run *run)
{
	struct pollfd fd = { .fd = run->options->stop_fd, .events = POLLIN };

	if (fd.fd >= 0 && poll(&fd, 1, 0) > 0) {
		if (run->options->stop_taken)
			run->options->stop_taken(run->options->ctx);
		run->stopping = true;
	}
	return run->stopping;
}

static int carry_out(struct ha_run *run, struct vdc_err *err)
{
	int r = tick(run, NULL, err);

	/* Starts that are under way are waited for, whoever wants us to stop. */
	while (!r && (run->ticking || run->running)) {
		r = vdc_pool_run(run->pool, run->stopping ? -1 : run->options->stop_fd, err);
		stops(run);
	}
	return r;
}

static int read_job(struct ha_run *run, struct ha_job *job, struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(run->db, &vdc_job_kind, vdc_job_lease_id(job->lease), 0, run->arena,
			      &found, err);

	if (!r) {
		job->id = ((struct vdc_job *)found)->id;
		job->host_id = ((struct vdc_job *)found)->object_id ?: "";
	}
	return r;
}

int vdc_ha_restart(struct vdc_db *db, struct vdc_job_lease *const *leases, size_t n,
		   const struct vdc_ha_options *options, struct vdc_arena *arena,
		   struct vdc_ha_rows *ret, struct vdc_err *err)
{
	struct ha_run run = {
		.db = db,
		.options = options,
		.arena = vdc_arena_new(),
		.jobs = vdc_arena_alloc(arena, (n + 1) * sizeof(*run.jobs)),
		.n_jobs = n,
		.began = vdc_time_monotonic(),
	};
	int r = vdc_virt_load(err);

	for (size_t i = 0; i < n && !r; i++) {
		run.jobs[i] = (struct ha_job){ .lease = leases[i] };
		r = read_job(&run, &run.jobs[i], err);
	}
	run.pool = vdc_pool_new(POOL);
	if (!r)
		r = carry_out(&run, err);
	vdc_pool_free(run.pool);
	if (!r)
		ha_rows(&run, !options->quiet, arena, ret);
	vdc_scene_close(&run.scene);
	vdc_arena_free(run.round);
	vdc_arena_free(run.arena);
	return r;
}
