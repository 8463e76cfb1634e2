/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "act/sync.h"
#include "base/time.h"

#define FIRST_DELAY VDC_SECOND
#define LAST_DELAY (30 * VDC_SECOND)
#define LAST_DELAY_AWAY (5 * VDC_SECOND)
#define KNOCK_LIMIT (30 * VDC_SECOND)

static const struct vdc_err no_failure;

static int work(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	return vdc_look_follow(&host->target, host->run->options->refresh_us, sender, err);
}

static int64_t longer(int64_t delay, int64_t most)
{
	return delay * 2 < most ? delay * 2 : most;
}

static void knock_later(struct vdc_sync_run *run);
static void add(struct vdc_sync_host *host, int64_t not_before);

static void say_away(const struct vdc_sync_run *run, const struct vdc_err *why)
{
	if (run->options->away)
		run->options->away(run->options->ctx, vdc_time_monotonic() - run->away_since, why);
}

/* The hosts are followed on; what they say is dropped, and asked for again when it can be kept. */
static int apply(struct vdc_sync_host *host, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_run *run = host->run;
	struct vdc_err why = { 0 };
	int r = vdc_sync_apply(host, failure, &why);

	if (vdc_db_is_away(r) || r == -EAGAIN) {
		run->away_since = vdc_time_monotonic();
		run->away_delay = FIRST_DELAY;
		say_away(run, &why);
		knock_later(run);
		return 0;
	}
	if (r && err)
		*err = why;
	return r;
}

static void forget_look(struct vdc_sync_host *host)
{
	vdc_look_end(&host->look);
	vdc_look_begin(&host->look);
	host->garbled = no_failure;
}

/* In a process of its own like all that may hang. SQLite was only busy, and must not be opened in a
 * child of a process that has it open. */
static int knock(void *ctx, struct vdc_sender *sender, struct vdc_err *err)
{
	const struct vdc_sync_run *run = ctx;
	struct vdc_db *db;
	int r;

	(void)sender;
	if (vdc_db_engine(run->db) == VDC_DB_SQLITE)
		return 0;
	r = vdc_db_open_again(run->db, &db, err);
	if (!r)
		vdc_db_close(db);
	return r;
}

static int answered(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_run *run = ctx;

	(void)err;
	say_away(run, failure->code ? failure : NULL);
	if (failure->code) {
		run->away_delay = longer(run->away_delay, LAST_DELAY_AWAY);
		knock_later(run);
		return 0;
	}
	run->away_since = 0;
	for (size_t i = 0; i < run->n; i++) {
		vdc_pool_drop(run->pool, &run->hosts[i]);
		forget_look(&run->hosts[i]);
		add(&run->hosts[i], 0);
	}
	return 0;
}

static void knock_later(struct vdc_sync_run *run)
{
	vdc_pool_add(run->pool, &(struct vdc_task){
					.ctx = run,
					.work = knock,
					.ended = answered,
					.limit_us = KNOCK_LIMIT,
					.not_before = vdc_time_monotonic() + run->away_delay,
				});
}

/* A complete reading is applied as a whole; between two of them each domain by itself. */
static int got(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;

	host->heard = vdc_time_now();
	if (host->garbled.code || host->run->away_since)
		return 0;
	if (vdc_look_take(&host->look, data, len, &host->garbled))
		return 0;
	if (host->look.complete)
		host->delay = FIRST_DELAY;
	else if (host->look.has_host || !host->look.n_domains)
		return 0;
	return apply(host, &no_failure, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct vdc_sync_host *host = ctx;
	int r;

	if (host->run->away_since)
		return 0; /* it is looked at again with all others */
	r = apply(host, host->garbled.code ? &host->garbled : failure, err);
	if (r || host->run->away_since)
		return r;
	host->garbled = no_failure;
	add(host, vdc_time_monotonic() + host->delay);
	host->delay = longer(host->delay, LAST_DELAY);
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

	run.pool = vdc_pool_new((unsigned)n + 1); /* one knocks at the database */
	vdc_db_set_reconnect(db, 0, NULL, NULL);
	for (size_t i = 0; !r && i < run.n; i++) {
		run.hosts[i].delay = FIRST_DELAY;
		add(&run.hosts[i], 0);
	}
	if (!r)
		r = vdc_pool_run(run.pool, stop_fd, err);
	vdc_sync_end(&run);
	return r;
}
