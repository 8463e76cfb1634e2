/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a run is stopped, by a signal or by a request in the database, and how it waits. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "act/upgrade_job.h"
#include "act/upgrade_work.h"
#include "base/time.h"
#include "store/store.h"

/* How often the database is asked whether somebody wants something. */
#define POLL_TIME VDC_SECOND
#define SAY_AFTER (10 * VDC_SECOND)
#define SAY_AGAIN (60 * VDC_SECOND)

static int listen_to(struct upgrade_run *run, int fd, struct vdc_err *err)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd < 0 || epoll_ctl(run->wake, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	return vdc_err_set(err, -errno, "cannot listen for signals: %m");
}

int upgrade_control_open(struct upgrade_run *run, struct vdc_err *err)
{
	int r;

	run->wake = epoll_create1(EPOLL_CLOEXEC);
	run->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (run->wake < 0 || run->bell < 0)
		return vdc_err_set(err, -errno, "cannot listen for requests: %m");
	run->pool = vdc_pool_new(64);
	r = listen_to(run, run->bell, err);
	return r ? r : listen_to(run, run->control->stop_fd, err);
}

void upgrade_control_close(struct upgrade_run *run)
{
	vdc_pool_free(run->pool);
	if (run->bell >= 0)
		close(run->bell);
	if (run->wake >= 0)
		close(run->wake);
}

static void stop_more(struct upgrade_run *run)
{
	static const char *const words[] = {
		"stopping: what is under way is finished first; once more cancels migrations",
		"cancelling the migrations that run",
	};

	if (run->stop == 2)
		return;
	upgrade_say(run, NULL, "%s", words[run->stop]);
	run->stop++;
}

/* A bell in the hand of the migrations is answered by them. */
int upgrade_stop_taken(void *ctx)
{
	struct upgrade_run *run = ctx;
	uint64_t rung;

	if (read(run->bell, &rung, sizeof(rung)) == sizeof(rung))
		return 1;
	if (run->control->stop_fd < 0 || run->control->stop_taken(run->control->ctx) <= 0)
		return 0;
	stop_more(run);
	return 1;
}

struct asking {
	const struct vdc_job_lease *lease;
	struct vdc_arena *arena;
	int64_t request;
};

static int take_request(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct asking *asking = ctx;
	const struct vdc_field *field = vdc_kind_field(&vdc_job_kind, "request");
	struct vdc_job *job;
	void *object;
	int r = vdc_job_guard(asking->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_job_kind, vdc_job_lease_id(asking->lease), 0,
				  asking->arena, &object, err);
	if (r)
		return r;
	job = object;
	asking->request = job->request;
	if (!job->request)
		return 0;
	job->request = 0;
	return vdc_store_set(db, &vdc_job_kind, job->id, field, job, err);
}

int upgrade_take_request(struct vdc_db *db, const struct vdc_job_lease *lease,
			 struct vdc_arena *arena, int64_t *ret, struct vdc_err *err)
{
	struct asking asking = { .lease = lease, .arena = arena };
	int r = vdc_db_transaction(db, take_request, &asking, err);

	*ret = r ? 0 : asking.request;
	return r;
}

/* How often somebody asked to stop since the last look. */
static int ask(struct upgrade_run *run, uint64_t *ret, struct vdc_err *err)
{
	int before = run->stop, r;
	int64_t request;

	*ret = 0;
	if (vdc_time_monotonic() - run->polled < POLL_TIME)
		return 0;
	run->polled = vdc_time_monotonic();
	r = upgrade_take_request(run->db, run->lease, run->arena, &request, err);
	if (r || !request || request == VDC_JOB_RESUME)
		return r;
	if (run->request != VDC_JOB_ABORT)
		run->request = request;
	stop_more(run);
	if (request == VDC_JOB_CANCEL)
		stop_more(run);
	*ret = (uint64_t)(run->stop - before);
	return 0;
}

int upgrade_poll(struct upgrade_run *run, struct vdc_err *err)
{
	uint64_t came;

	while (upgrade_stop_taken(run) > 0)
		;
	return ask(run, &came, err);
}

int upgrade_listen(struct upgrade_run *run, struct vdc_err *err)
{
	uint64_t came;
	int r = ask(run, &came, err);

	if (!r && came && write(run->bell, &came, sizeof(came)) != sizeof(came))
		return vdc_err_set(err, -errno, "cannot tell the migrations to stop: %m");
	return r;
}

static int nothing(void *ctx vdc_unused, struct vdc_sender *sender vdc_unused,
		   struct vdc_err *err vdc_unused)
{
	return 0;
}

static bool any_busy(const struct upgrade_run *run)
{
	for (size_t i = 0; i < run->n_hosts; i++)
		if (run->hosts[i].busy)
			return true;
	return false;
}

static void tick_later(struct upgrade_run *run);

static int tick(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct upgrade_run *run = ctx;

	run->ticking = false;
	if (!any_busy(run))
		return 0;
	upgrade_waits(run, NULL, "%s", run->waits(run));
	tick_later(run);
	return upgrade_poll(run, err);
}

static void tick_later(struct upgrade_run *run)
{
	if (run->ticking)
		return;
	run->ticking = true;
	vdc_pool_add(run->pool, &(struct vdc_task){
					.ctx = run,
					.work = nothing,
					.ended = tick,
					.not_before = vdc_time_monotonic() + POLL_TIME,
				});
}

int upgrade_wait_pool(struct upgrade_run *run, upgrade_waits_fn *waits, struct vdc_err *err)
{
	int r = 0;

	run->waits_since = 0;
	run->waits = waits;
	while (!r && any_busy(run)) {
		tick_later(run);
		r = vdc_pool_run(run->pool, run->wake, err);
		if (!r)
			r = upgrade_poll(run, err);
	}
	run->waits_since = 0;
	return r;
}

int upgrade_pause(struct upgrade_run *run, int64_t us, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + us;
	int r = upgrade_poll(run, err);

	while (!r && !run->stop) {
		struct epoll_event event;
		int64_t left = until - vdc_time_monotonic();

		if (left <= 0)
			break;
		epoll_wait(run->wake, &event, 1,
			   (int)((left < POLL_TIME ? left : POLL_TIME) / 1000 + 1));
		r = upgrade_poll(run, err);
	}
	return r;
}

void upgrade_waits(struct upgrade_run *run, const char *host, const char *fmt, ...)
{
	int64_t now = vdc_time_monotonic(), waited;
	char text[512], since[VDC_TIME_LEN + 1];
	va_list args;
	int n;

	if (!run->waits_since) {
		run->waits_since = now;
		run->waits_said = 0;
	}
	waited = now - run->waits_since;
	if (waited < SAY_AFTER || (run->waits_said && waited - run->waits_said < SAY_AGAIN))
		return;
	run->waits_said = waited;
	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, ", since %s",
			 vdc_duration_format(waited / VDC_SECOND * VDC_SECOND, since));
	upgrade_tell(run, &(struct vdc_work_news){
				  .kind = VDC_WORK_WAITS,
				  .host = host,
				  .status = VDC_UNSET,
				  .text = text,
			  });
}
