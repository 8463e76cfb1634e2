/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a long command is doing. On a terminal one line on standard error, which goes away at
 * the end; elsewhere (and with TERM=dumb) a line per step, from the time on when it took two
 * seconds. --quiet silences both. Results are never said this way.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "edge/db.h"

struct vdc_progress;

/* TOTAL is the number of steps, 0 when nobody knows. One at a time. */
struct vdc_progress *vdc_progress_new(size_t total);
void vdc_progress_free(struct vdc_progress *progress); /* NULL is fine */

/* The next step begins, by name: "host h2: reading capabilities". */
void vdc_progress_step(struct vdc_progress *progress, const char *fmt, ...) vdc_printf(2, 3);
/* How far that step is, for a terminal alone, which is drawn on now and then: "... 2048 volumes". */
void vdc_progress_within(struct vdc_progress *progress, const char *fmt, ...) vdc_printf(2, 3);
/* So many of TOTAL are behind us. */
void vdc_progress_done(struct vdc_progress *progress, size_t done);

/*
 * A wait with a limit, which after ten seconds says what it waits for:
 *
 *	struct vdc_wait wait;
 *
 *	vdc_wait_begin(&wait, progress, limit, "host %s to start", name);
 *	while (!started(host)) {
 *		r = vdc_wait_pause(&wait, VDC_SECOND, err);
 *		if (r)
 *			return r;
 *	}
 */
struct vdc_wait {
	struct vdc_progress *progress; /* may be NULL */
	int64_t start;
	int64_t limit;
	int64_t said; /* after how long it was last said */
	char what[160];
};

/* LIMIT in microseconds. */
void vdc_wait_begin(struct vdc_wait *wait, struct vdc_progress *progress, int64_t limit,
		    const char *fmt, ...) vdc_printf(4, 5);
/*
 * Whether it is time to say what is waited for: after ten seconds, and every minute from then on.
 * SAID, 0 at first, keeps when that was.
 */
bool vdc_wait_is_due(int64_t *said, int64_t waited);

/* A vdc_db_waits_fn which says so of a database; CTX is such a SAID. */
void vdc_wait_say_away(void *ctx, struct vdc_db *db, int64_t waited_us);

/* Sleeps so long, or until the limit; -ETIMEDOUT behind it, naming what it waited for. */
int vdc_wait_pause(struct vdc_wait *wait, int64_t us, struct vdc_err *err);
