/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each host is looked at, its daemon restarted, and looked at until it answers: one call after the other,
 * each in a child that is killed at its limit, those of many hosts at once. */
#include "act/fence_soft.h"

#include <errno.h>
#include <string.h>

#include "act/errand.h"
#include "act/fence_note.h"
#include "act/look.h"
#include "base/time.h"
#include "edge/host_daemon.h"
#include "store/store.h"

/* Above the limit of what runs at the host: the child is killed when the shell does not end. */
#define MARGIN (5 * VDC_SECOND)
#define WAIT_NEWS (10 * VDC_SECOND)

struct soft_run;

struct soft_host {
	struct soft_run *run;
	struct vdc_fence_soft *asked;
	const struct vdc_host *host;
	struct vdc_target target;
	struct vdc_errand_call call;
	struct vdc_fence_note note;
	bool noted;
	bool restarting;
	int64_t restarted, told; /* monotonic */
	const char *silence;	 /* what the last look failed with */
	bool over;
};

struct soft_run {
	struct vdc_db *db;
	struct vdc_job_lease *lease; /* NULL: it only looks */
	const struct vdc_fence_soft_options *options;
	struct vdc_arena *arena;
	struct vdc_pool *pool;
	struct soft_host *hosts;
	size_t n;
};

struct vdc_fence_soft_options vdc_fence_soft_options(void)
{
	return (struct vdc_fence_soft_options){
		.jobs = (unsigned)vdc_setting_number(VDC_SETTING_FENCE_JOBS),
		.timeout_us = vdc_setting_number(VDC_SETTING_FENCE_SOFT_TIMEOUT),
		.pause_us = vdc_setting_number(VDC_SETTING_HOST_REFRESH),
		.stop_fd = -1,
	};
}

static void tell(const struct soft_host *host, enum vdc_work_kind kind, const char *text)
{
	const struct vdc_fence_soft_options *options = host->run->options;

	if (options->told)
		options->told(options->ctx, &(struct vdc_work_news){
						    .kind = kind,
						    .host = host->host->name,
						    .text = text,
					    });
}

static int finish(struct soft_host *host, enum vdc_fence_result result, int code,
		  const char *reason, struct vdc_err *err)
{
	struct vdc_fence_soft *asked = host->asked;
	struct vdc_arena *arena = host->run->arena;
	const char *name = host->host->name;
	struct vdc_fence_ending ending = {
		.result = result,
		.agent = asked->daemons,
		.reason = reason,
		.severity = VDC_SEVERITY_WARNING,
		.type = "host_soft_fenced",
	};

	host->over = true;
	asked->result = result;
	asked->code = code;
	asked->reason = vdc_arena_strdup(arena, reason);
	asked->ended = vdc_time_now();
	if (!host->noted)
		return 0;
	if (result == VDC_FENCE_SUCCESS) {
		ending.text = vdc_arena_format(
			arena, "host %s answers again, %lld s after a restart of %s", name,
			(long long)(asked->took_us / VDC_SECOND), asked->daemons);
	} else {
		ending.severity = VDC_SEVERITY_ERROR;
		ending.type = "host_soft_fence_failed";
		ending.text =
			vdc_arena_format(arena, "soft fencing of host %s failed: %s", name, reason);
	}
	tell(host, VDC_WORK_NOTE, reason ?: "it answers again");
	return vdc_fence_note_end(&host->note, &ending, err);
}

/* Why a call failed, without the name of the host, which stands beside it. */
static const char *why(const struct soft_host *host, const struct vdc_err *failure)
{
	const char *prefix = vdc_arena_format(host->run->arena, "host %s: ", host->host->name);
	const char *text = vdc_arena_strdup(host->run->arena, vdc_err_text(failure));

	return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : text;
}

static int look(struct soft_host *host, struct vdc_err *err);

/* In the child. One that takes connections and does nothing for them has not come back. */
static int run_look(void *ctx vdc_unused, struct vdc_errand *errand vdc_unused,
		    struct vdc_virt *virt, struct vdc_err *err)
{
	struct vdc_virt_now now;

	return vdc_virt_now(virt, "00000000-0000-0000-0000-000000000000", &now, err);
}

/* In the child. */
static int run_restart(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt vdc_unused,
		       struct vdc_err *err)
{
	const struct soft_host *host = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	const char *daemons;
	bool only_look = !host->run->lease;
	int r = 0;

	if (!host->target.shell && !host->target.local)
		return vdc_err_set(err, -EOPNOTSUPP, "it has no remote shell");
	if (!only_look)
		r = vdc_errand_may(errand, err);
	if (!r)
		r = vdc_host_daemon_restart(host->target.shell, only_look, arena, &daemons, err);
	return r ? r : vdc_errand_tell(errand, daemons, strlen(daemons), err);
}

static int told_daemons(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	const struct soft_host *host = ctx;

	host->asked->daemons = vdc_arena_strndup(host->run->arena, data, len);
	return 0;
}

static void wait_for_it(struct soft_host *host)
{
	int64_t now = vdc_time_monotonic();

	if (now - host->told < WAIT_NEWS)
		return;
	host->told = now;
	tell(host, VDC_WORK_WAITS,
	     vdc_arena_format(host->run->arena, "to answer after the restart of %s: %s",
			      host->asked->daemons, host->silence));
}

static int look_later(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	return look(ctx, err);
}

static int restart(struct soft_host *host, struct vdc_err *err);

/* Before the restart it should not answer, after it it should. */
static int looked(struct soft_host *host, const struct vdc_err *failure, struct vdc_err *err)
{
	const struct vdc_fence_soft_options *options = host->run->options;
	int64_t took = vdc_time_monotonic() - host->restarted;

	if (!host->restarted && !failure->code && !options->even_if_it_answers)
		return finish(host, VDC_FENCE_SKIPPED, -EPERM, "it answers", err);
	if (!host->restarted)
		return restart(host, err);
	if (!failure->code) {
		host->asked->took_us = took;
		return finish(host, VDC_FENCE_SUCCESS, 0, NULL, err);
	}
	host->silence = why(host, failure);
	if (took >= options->timeout_us)
		return finish(host, VDC_FENCE_FAILED, -EIO,
			      vdc_arena_format(host->run->arena,
					       "%s was restarted, and it does not answer: %s",
					       host->asked->daemons, host->silence),
			      err);
	wait_for_it(host);
	vdc_pool_later(host->run->pool, host, look_later, options->pause_us);
	return 0;
}

static int restarted(struct soft_host *host, const struct vdc_err *failure, struct vdc_err *err)
{
	host->restarting = false;
	if (failure->code == -EBUSY)
		return vdc_err_set(err, -EBUSY, "%s", vdc_err_text(failure));
	if (failure->code)
		return finish(host, VDC_FENCE_FAILED,
			      failure->code == -EBADMSG ? -EIO : failure->code, why(host, failure),
			      err);
	if (!host->run->lease)
		return finish(host, VDC_FENCE_SUCCESS, 0, NULL, err);
	host->restarted = host->told = vdc_time_monotonic();
	return look(host, err);
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct soft_host *host = ctx;

	return host->restarting ? restarted(host, failure, err) : looked(host, failure, err);
}

static int look(struct soft_host *host, struct vdc_err *err)
{
	struct soft_run *run = host->run;
	int64_t limit = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);

	host->call = (struct vdc_errand_call){
		.host = host->host->name,
		.uri = host->target.uri,
		.connect_us = limit,
		.limit_us = limit,
		.ctx = host,
		.run = run_look,
	};
	return vdc_errand_add(run->pool, &host->call, ended, run->arena, err);
}

static int note(struct soft_host *host, struct vdc_err *err)
{
	struct vdc_err busy = { 0 };
	int r;

	host->note = (struct vdc_fence_note){
		.db = host->run->db,
		.lease = host->run->lease,
		.host = host->host,
		.action = VDC_FENCE_SOFT,
		.number = host->asked->number,
		.step_action = VDC_FENCE_STEP_SOFT,
		.reason = host->run->options->reason,
		.arena = host->run->arena,
	};
	r = vdc_job_check(host->run->lease, host->run->db, err);
	if (!r)
		r = vdc_fence_note_begin(&host->note, &busy);
	if (busy.code == -EBUSY)
		return finish(host, VDC_FENCE_SKIPPED, -EBUSY, vdc_err_text(&busy), err);
	host->noted = !r && !busy.code;
	if (host->noted)
		host->asked->record = host->note.record->id;
	return busy.code ? vdc_err_set(err, busy.code, "%s", vdc_err_text(&busy)) : r;
}

static int restart(struct soft_host *host, struct vdc_err *err)
{
	struct soft_run *run = host->run;
	int r = run->lease ? note(host, err) : 0;

	if (r || host->over)
		return r;
	if (run->lease)
		tell(host, VDC_WORK_NOTE, "restarting its daemons");
	host->restarting = true;
	host->call = (struct vdc_errand_call){
		.host = host->host->name,
		.limit_us = VDC_HOST_DAEMON_TIME + MARGIN,
		.db = run->db,
		.lease = run->lease,
		.ctx = host,
		.run = run_restart,
		.told = told_daemons,
	};
	return vdc_errand_add(run->pool, &host->call, ended, run->arena, err);
}

static int prepare(struct soft_run *run, struct vdc_fence_soft *asked, struct vdc_err *err)
{
	struct soft_host *host = &run->hosts[run->n];
	void *found;
	int r = vdc_store_get(run->db, &vdc_host_kind, asked->host_id, 0, run->arena, &found, err);

	if (r)
		return r;
	asked->result = VDC_FENCE_SKIPPED;
	asked->began = vdc_time_now();
	asked->took_us = VDC_UNSET;
	*host = (struct soft_host){
		.run = run,
		.asked = asked,
		.host = found,
		.target = vdc_target_of(found, VDC_HOST_DAEMON_TIME, run->arena),
	};
	run->n++;
	return look(host, err);
}

/* What was restarted goes on at the host; whether it comes back is not waited for. */
static int stop(struct soft_run *run, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < run->n && !r; i++) {
		struct soft_host *host = &run->hosts[i];

		if (!host->over)
			r = finish(host, host->noted ? VDC_FENCE_UNKNOWN : VDC_FENCE_SKIPPED,
				   -ECANCELED, "somebody asked to stop", err);
	}
	return r;
}

static int carry_out(struct soft_run *run, struct vdc_fence_soft *hosts, size_t n,
		     struct vdc_err *err)
{
	int r = vdc_virt_load(err);

	run->hosts = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*run->hosts));
	run->pool = vdc_pool_new(run->options->jobs);
	for (size_t i = 0; i < n && !r; i++)
		r = prepare(run, &hosts[i], err);
	if (!r)
		r = vdc_pool_run(run->pool, run->options->stop_fd, err);
	vdc_pool_free(run->pool);
	return r ? r : stop(run, err);
}

int vdc_fence_soft(struct vdc_db *db, struct vdc_job_lease *lease,
		   const struct vdc_fence_soft_options *options, struct vdc_fence_soft *hosts,
		   size_t n, struct vdc_arena *arena, struct vdc_err *err)
{
	struct soft_run run = { .db = db, .lease = lease, .options = options, .arena = arena };

	return carry_out(&run, hosts, n, err);
}

int vdc_fence_soft_preview(struct vdc_db *db, const struct vdc_fence_soft_options *options,
			   struct vdc_fence_soft *hosts, size_t n, struct vdc_arena *arena,
			   struct vdc_err *err)
{
	struct soft_run run = { .db = db, .options = options, .arena = arena };

	return carry_out(&run, hosts, n, err);
}
