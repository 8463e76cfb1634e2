/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Renews a lease three times in its TTL, on a connection of its own: whatever the owner waits for
 * must not cost it the job. An error is for the owner to find out: every check asks the database.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "store/job_lease.h"

/*
 * A process may fork while a heartbeat lives (base/child.h): not in the middle of a beat, when that
 * holds locks of libraries which the child would find locked for ever.
 */
static pthread_mutex_t beating = PTHREAD_MUTEX_INITIALIZER;

static void stand_aside(void)
{
	pthread_mutex_lock(&beating);
}

static void go_on(void)
{
	pthread_mutex_unlock(&beating);
}

static void watch_forks(void)
{
	pthread_atfork(stand_aside, go_on, go_on);
}

static int renew(struct vdc_job_lease *lease, struct vdc_err *err)
{
	int r;

	pthread_mutex_lock(&beating);
	r = vdc_job_renew(lease, lease->db, err);
	pthread_mutex_unlock(&beating);
	return r;
}

/* False when it is time to end. */
static bool wait_for_beat(struct vdc_job_lease *lease)
{
	const int64_t at = vdc_time_monotonic() + lease->ttl / 3;
	const struct timespec until = { .tv_sec = at / VDC_SECOND,
					.tv_nsec = at % VDC_SECOND * 1000 };
	bool more;

	pthread_mutex_lock(&lease->lock);
	while (!lease->stop &&
	       pthread_cond_timedwait(&lease->wake, &lease->lock, &until) != ETIMEDOUT)
		;
	more = !lease->stop;
	pthread_mutex_unlock(&lease->lock);
	return more;
}

static void *beat(void *arg)
{
	struct vdc_job_lease *lease = arg;
	struct vdc_err err = { 0 };

	pthread_mutex_lock(&lease->lock);
	lease->started = true;
	pthread_cond_signal(&lease->wake);
	pthread_mutex_unlock(&lease->lock);
	while (wait_for_beat(lease)) {
		int r = renew(lease, &err);

		if (r < 0)
			vdc_debug("job %s: heartbeat: %s", lease->job_id, vdc_err_text(&err));
		if (r == -EBUSY)
			break;
	}
	return NULL;
}

/* While it starts a thread may hold locks of the run-time library: nobody forks before that is over. */
static void await_start(struct vdc_job_lease *lease)
{
	pthread_mutex_lock(&lease->lock);
	while (!lease->started)
		pthread_cond_wait(&lease->wake, &lease->lock);
	pthread_mutex_unlock(&lease->lock);
}

static int start_thread(struct vdc_job_lease *lease)
{
	pthread_condattr_t attr;
	sigset_t all, before;
	int r;

	pthread_mutex_init(&lease->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&lease->wake, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all); /* signals are for the main thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&lease->thread, NULL, beat, lease);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	lease->running = r == 0;
	if (lease->running)
		await_start(lease);
	return -r;
}

int vdc_job_heartbeat_start(struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int r = vdc_db_open_again(db, &lease->db, err);

	pthread_once(&once, watch_forks);
	if (r < 0)
		return r;
	vdc_db_set_patience(lease->db, lease->ttl / 3);
	vdc_db_set_reconnect(lease->db, 0, NULL, NULL); /* the next beat tries again */
	r = start_thread(lease);
	return r < 0 ? vdc_err_set(err, r, "job %s: no thread for its heartbeat", lease->job_id)
		     : 0;
}

void vdc_job_heartbeat_stop(struct vdc_job_lease *lease)
{
	if (lease->running) {
		pthread_mutex_lock(&lease->lock);
		lease->stop = true;
		pthread_cond_signal(&lease->wake);
		pthread_mutex_unlock(&lease->lock);
		pthread_join(lease->thread, NULL);
		pthread_cond_destroy(&lease->wake);
		pthread_mutex_destroy(&lease->lock);
	}
	vdc_db_close(lease->db);
}
