/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdatomic.h>

#include "tick.h"

static struct {
	pthread_mutex_t lock;
	_Atomic uint64_t acked, errors, slowest_ms, per_second;
} journal = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void append(void)
{
	uint64_t before = uptime_ms(), sequence, took;

	pthread_mutex_lock(&journal.lock);
	sequence = journal.acked + 1;
	if (disk_put(sequence % JOURNAL_BLOCKS, sequence))
		journal.errors++;
	else
		journal.acked = sequence;
	pthread_mutex_unlock(&journal.lock);
	took = uptime_ms() - before;
	if (took > journal.slowest_ms)
		journal.slowest_ms = took;
}

static void *run(void *unused)
{
	(void)unused;
	for (;;) {
		uint64_t rate = journal.per_second;

		if (rate)
			append();
		sleep_ms(rate ? 1000 / rate : TICK_MS);
	}
	return NULL;
}

/* a disk that an earlier run of this machine wrote is continued */
void journal_start(void)
{
	struct journal_state found;

	if (disk_fd() < 0)
		return;
	if (journal_scan(disk_fd(), 0, &found) == 0)
		journal.acked = found.last;
	start_thread(run, NULL);
}

void journal_rate(uint64_t per_second)
{
	journal.per_second = per_second > 1000 ? 1000 : per_second;
}

/* with a number: from now on at that rate */
void journal_report(const struct request *request, struct reply *reply)
{
	if (request->count)
		journal_rate(request->number[0]);
	if (disk_fd() < 0)
		reply_error(reply, "no disk");
	else
		reply_ok(reply,
			 "acked=%" PRIu64 " errors=%" PRIu64 " slowest_ms=%" PRIu64
			 " rate=%" PRIu64,
			 journal.acked, journal.errors, journal.slowest_ms, journal.per_second);
}

int journal_verify(struct journal_state *state, uint64_t *acked)
{
	int rc;

	pthread_mutex_lock(&journal.lock);
	*acked = journal.acked;
	rc = journal_scan(disk_fd(), *acked, state);
	pthread_mutex_unlock(&journal.lock);
	return rc;
}
