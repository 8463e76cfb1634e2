/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/rtc.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tick.h"

/* how many ticks see each second of the hardware clock begin */
#define WINDOW 15

/*
 * The guest's own clock stands still with the machine, so a pause can not be seen on it. The
 * hardware clock that QEMU shows goes on with the host's time: it is read at every tick, and
 * how far it has run ahead since the start is for how long the machine was stopped, to within
 * a tick or two. It has whole seconds only; the largest lead over a window of ticks is the one
 * seen when a second had just begun.
 */
static struct {
	_Atomic uint64_t ticks, largest_gap_ms, pause_ms;
	_Atomic int64_t lead_at_start_ms, lead_now_ms;
	int rtc;
} ticker = { .rtc = -1 };

uint64_t uptime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_ms(uint64_t ms)
{
	struct timespec left = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static int64_t hardware_clock_ms(void)
{
	struct rtc_time now;
	struct tm tm;

	if (ticker.rtc < 0 || ioctl(ticker.rtc, RTC_RD_TIME, &now))
		return 0;
	memset(&tm, 0, sizeof(tm));
	tm.tm_sec = now.tm_sec;
	tm.tm_min = now.tm_min;
	tm.tm_hour = now.tm_hour;
	tm.tm_mday = now.tm_mday;
	tm.tm_mon = now.tm_mon;
	tm.tm_year = now.tm_year;
	return (int64_t)timegm(&tm) * 1000;
}

static void note_lead(void)
{
	static int64_t leads[WINDOW];
	static unsigned int seen;
	int64_t largest;

	leads[seen++ % WINDOW] = hardware_clock_ms() - (int64_t)uptime_ms();
	if (seen < WINDOW)
		return;
	largest = leads[0];
	for (unsigned int i = 1; i < WINDOW; i++)
		if (leads[i] > largest)
			largest = leads[i];
	if (seen == WINDOW)
		ticker.lead_at_start_ms = largest;
	ticker.lead_now_ms = largest;
}

static void *run(void *unused)
{
	uint64_t last = uptime_ms(), now, pause;

	(void)unused;
	for (;;) {
		sleep_ms(TICK_MS - last % TICK_MS);
		pause = atomic_exchange(&ticker.pause_ms, 0);
		sleep_ms(pause);
		now = uptime_ms();
		if (now - last > ticker.largest_gap_ms)
			ticker.largest_gap_ms = now - last;
		/* those that a busy machine brings late are counted, those left out are not */
		ticker.ticks += pause ? 1 : now / TICK_MS - last / TICK_MS;
		last = now;
		note_lead();
	}
	return NULL;
}

void clock_start(void)
{
	ticker.rtc = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
	start_thread(run, NULL);
}

void clock_report(const struct request *request, struct reply *reply)
{
	int64_t stopped = ticker.lead_now_ms - ticker.lead_at_start_ms;

	(void)request;
	reply_ok(reply,
		 "ticks=%" PRIu64 " uptime_ms=%" PRIu64 " gap_ms=%" PRIu64 " stopped_ms=%" PRId64,
		 ticker.ticks, uptime_ms(), ticker.largest_gap_ms,
		 stopped > 2 * TICK_MS ? stopped : 0);
}

/* stand still on purpose: what a test of the tests asks for */
void clock_pause(const struct request *request, struct reply *reply)
{
	ticker.pause_ms = request->number[0];
	clock_report(request, reply);
}

void clock_reset(const struct request *request, struct reply *reply)
{
	ticker.largest_gap_ms = 0;
	clock_report(request, reply);
}
