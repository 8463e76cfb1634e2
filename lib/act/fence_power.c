/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_power.h"

#include <errno.h>
#include <limits.h>

#include "act/fence_power_part.h"
#include "base/setting.h"
#include "base/time.h"

/* The agents are programs of Python, whose start takes 50 ms of a processor. Beyond twice the processors
 * more of them at once only hold each other up; what they wait for later is the network. */
#define AGENT_PACE (VDC_SECOND / 50)

struct vdc_fence_power_options vdc_fence_power_options(void)
{
	return (struct vdc_fence_power_options){
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_FENCE_JOBS),
		.stop_fd = -1,
	};
}

static struct vdc_fence_rules rules_of_settings(void)
{
	return (struct vdc_fence_rules){
		.delay_us = vdc_setting_number(VDC_SETTING_FENCE_STATUS_DELAY),
		.interval_us = vdc_setting_number(VDC_SETTING_FENCE_STATUS_INTERVAL),
		.tries = vdc_setting_number(VDC_SETTING_FENCE_STATUS_TRIES),
		.unknown = vdc_setting_number(VDC_SETTING_FENCE_UNKNOWN_TRIES),
		.on_retries = vdc_setting_number(VDC_SETTING_FENCE_ON_RETRIES),
		.off_retries = vdc_setting_number(VDC_SETTING_FENCE_OFF_RETRIES),
	};
}

static size_t under_way(const struct fence_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->next; i++)
		n += !run->hosts[i].over;
	return n;
}

/* Hosts that end at once, while this loop runs, are not begun anew from within. */
static int begin_more(struct fence_run *run, struct vdc_err *err)
{
	int r = 0;

	if (run->beginning)
		return 0;
	run->beginning = true;
	while (!r && run->next < run->n && !run->stopping &&
	       under_way(run) < (run->options->jobs ?: 1))
		r = fence_begin(&run->hosts[run->next++], err);
	run->beginning = false;
	return r;
}

static void end_host(struct fence_host *host, enum vdc_fence_result result, const char *reason)
{
	struct vdc_fence_wish *wish = host->wish;

	host->over = true;
	wish->result = result;
	wish->reason = result == VDC_FENCE_SUCCESS ? NULL : reason;
	wish->code = result == VDC_FENCE_SUCCESS ? 0 : host->code ?: -EIO;
	wish->evidence = host->evidence;
}

int fence_finish(struct fence_host *host, enum vdc_fence_result result, const char *reason,
		 struct vdc_err *err)
{
	end_host(host, result, reason);
	return begin_more(host->run, err);
}

static int run_all(struct fence_run *run, struct vdc_err *err)
{
	int r = begin_more(run, err);

	while (!r && under_way(run)) {
		r = vdc_pool_run(run->pool, run->stopping ? -1 : run->options->stop_fd, err);
		run->stopping = true; /* else none is left */
	}
	for (; !r && run->next < run->n; run->next++)
		end_host(&run->hosts[run->next], VDC_FENCE_SKIPPED,
			 "somebody asked to stop before it was begun");
	return r;
}

int vdc_fence_power(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_fence_power_options *options, struct vdc_fence_wish *wishes,
		    size_t n, struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autopool *pool = vdc_pool_new(UINT_MAX);
	struct fence_run run = {
		.db = db,
		.lease = lease,
		.options = options,
		.arena = arena,
		.pool = pool,
		.rules = rules_of_settings(),
		.boot_id = fence_boot_id(arena),
		.hosts = vdc_arena_alloc(arena, (n + 1) * sizeof(*run.hosts)),
		.n = n,
	};
	int r = fence_read_steps(&run, err);

	vdc_pool_pace(pool, 2 * vdc_processors(), AGENT_PACE);
	for (size_t i = 0; i < n; i++) {
		run.hosts[i] = (struct fence_host){ .run = &run, .wish = &wishes[i] };
		wishes[i].power = VDC_POWER_UNKNOWN;
		wishes[i].ha_vms = VDC_UNSET;
		wishes[i].result = VDC_FENCE_UNKNOWN;
		wishes[i].reason = wishes[i].evidence = NULL;
		wishes[i].code = 0;
	}
	return r ? r : run_all(&run, err);
}
