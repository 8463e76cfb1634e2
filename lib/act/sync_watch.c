/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/sync.h"
#include "base/time.h"

#define FIRST_DELAY VDC_SECOND
#define LAST_DELAY (30 * VDC_SECOND)

static const struct vdc_err no_failure;

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	return vdc_look_follow(&host->target, host->run->options->refresh_us, sender, err);
}

/* A complete reading is applied as a whole; between two of them each domain by itself. */
static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	host->heard = vdc_time_now();
	if (host->garbled.code)
		return 0;
	if (vdc_look_take(&host->look, data, len, &host->garbled))
		return 0;
	if (host->look.complete)
		host->delay = FIRST_DELAY;
	else if (host->look.has_host || !host->look.n_domains)
		return 0;
	return vdc_sync_apply(host, &no_failure, err);
}

static void add(struct vdc_sync_host *host, int64_t not_before);

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;
	int r = vdc_sync_apply(host, host->garbled.code ? &host->garbled : failure, err);

	if (r)
		return r;
	host->garbled = (struct vdc_err){ 0 };
	add(host, vdc_time_monotonic() + host->delay);
	host->delay = host->delay * 2 < LAST_DELAY ? host->delay * 2 : LAST_DELAY;
	return 0;
}

static void add(struct vdc_sync_host *host, int64_t not_before)
{
	const struct vdc_sync_options *options = host->run->options;

	host->started = not_before;
	vdc_pool_add(host->run->pool, &(struct vdc_task){
					      .ctx = host,
					      .work = work,
					      .got = got,
					      .ended = ended,
					      .first_us = options->connect_us,
					      .quiet_us = 2 * options->connect_us,
					      .not_before = not_before,
				      });
}

int vdc_sync_watch(struct vdc_db *db, const struct vdc_sync_options *options,
		   const char *const *hosts, size_t n, int stop_fd, struct vdc_err *err)
{
	struct vdc_sync_run run;
	int r = vdc_sync_begin(&run, db, options, hosts, n, err);

	run.watch = true;
	run.pool = vdc_pool_new((unsigned)n);
	for (size_t i = 0; !r && i < run.n; i++) {
		run.hosts[i].delay = FIRST_DELAY;
		add(&run.hosts[i], 0);
	}
	if (!r)
		r = vdc_pool_run(run.pool, stop_fd, err);
	vdc_sync_end(&run);
	return r;
}
