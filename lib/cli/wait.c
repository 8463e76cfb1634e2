/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits with a limit that tell what they wait for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/progress.h"

#define SAY_AFTER (10 * VDC_SECOND)
#define SAY_AGAIN (60 * VDC_SECOND)

void vdc_wait_begin(struct vdc_wait *wait, struct vdc_progress *progress, int64_t limit,
		    const char *fmt, ...)
{
	va_list args;

	*wait = (struct vdc_wait){ .progress = progress, .limit = limit };
	wait->start = vdc_time_monotonic();
	va_start(args, fmt);
	vsnprintf(wait->what, sizeof(wait->what), fmt, args);
	va_end(args);
}

bool vdc_wait_is_due(int64_t *said, int64_t waited)
{
	if (waited < SAY_AFTER)
		*said = 0;
	if (waited < SAY_AFTER || (*said && waited - *said < SAY_AGAIN))
		return false;
	*said = waited;
	return true;
}

static void say(struct vdc_wait *wait, int64_t now)
{
	char since[VDC_TIME_LEN + 1], limit[VDC_TIME_LEN + 1];

	if (!vdc_wait_is_due(&wait->said, now - wait->start))
		return;
	vdc_log(VDC_LOG_NOTICE, "waiting for %s, since %s, at most %s", wait->what,
		vdc_duration_format(now - wait->start, since),
		vdc_duration_format(wait->limit, limit));
}

void vdc_wait_say_away(void *ctx, struct vdc_db *db, int64_t waited)
{
	char since[VDC_TIME_LEN + 1];

	if (vdc_wait_is_due(ctx, waited))
		vdc_log(VDC_LOG_NOTICE, "waiting for database %s, since %s", vdc_db_where(db),
			vdc_duration_format(waited / VDC_SECOND * VDC_SECOND, since));
}

int vdc_wait_pause(struct vdc_wait *wait, int64_t us, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic(), left = wait->start + wait->limit - now;
	char limit[VDC_TIME_LEN + 1];

	if (left <= 0)
		return vdc_err_set(err, -ETIMEDOUT, "waited %s for %s in vain",
				   vdc_duration_format(wait->limit, limit), wait->what);
	if (wait->progress)
		vdc_progress_step(wait->progress, "waiting for %s", wait->what);
	say(wait, now);
	vdc_sleep(us < left ? us : left);
	return 0;
}
