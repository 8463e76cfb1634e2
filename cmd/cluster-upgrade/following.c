/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run looked at again and again, until it is over. */
#include <errno.h>

#include "act/data_center_upgrade.h"
#include "base/time.h"
#include "cli/exit_code.h"
#include "follow.h"
#include "store/job.h"

#define PAUSE VDC_SECOND
#define LONGEST_PAUSE (15 * VDC_SECOND)
/* How much longer to wait than the look took: following a large run costs little. */
enum { PATIENCE = 4 };
#define MOST_AWAY (600 * VDC_SECOND)
/* How long a run may have no owner: one that begins has none yet. */
#define MOST_OWNERLESS (15 * VDC_SECOND)

static void note_owner(struct following *f, int64_t now)
{
	const struct vdc_upgrade_seen *seen = vdc_upgrade_watch_seen(f->watch);

	if (seen->owner)
		f->ownerless = 0;
	else if (!f->ownerless)
		f->ownerless = now;
}

int following_open(struct following *f, struct vdc_err *err)
{
	int r;

	/* A server that is restarted is no reason to end, and none to be silent. */
	vdc_db_set_reconnect(vdc_call_db(f->call), 0, NULL, NULL);
	r = vdc_upgrade_watch_new(vdc_call_db(f->call), f->job, &f->watch, err);
	if (!r)
		r = vdc_upgrade_watch_look(f->watch, err);
	if (r)
		following_close(f);
	else
		note_owner(f, vdc_time_monotonic());
	return r;
}

void following_close(struct following *f)
{
	vdc_upgrade_watch_free(vdc_steal(f->watch));
}

static bool is_early(const struct following *f, int64_t now)
{
	int64_t pause = PATIENCE * f->took;

	if (pause < PAUSE)
		pause = PAUSE;
	return f->looked && now - f->looked < (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE);
}

int following_look(struct following *f, struct vdc_err *err)
{
	int64_t now = vdc_time_monotonic();
	struct vdc_err why = { 0 };
	int r;

	if (is_early(f, now))
		return 0;
	r = vdc_upgrade_watch_look(f->watch, &why);
	f->looked = vdc_time_monotonic();
	f->took = f->looked - now;
	if (!r) {
		f->away = 0;
		note_owner(f, f->looked);
		return 1;
	}
	f->why = why;
	if (!f->away)
		f->away = now;
	if (vdc_db_is_away(r) && now - f->away < MOST_AWAY)
		return 0;
	return vdc_err_set(err, r, "%s", vdc_err_text(&why));
}

bool following_is_over(const struct following *f)
{
	const struct vdc_upgrade_seen *seen = vdc_upgrade_watch_seen(f->watch);

	if (!vdc_upgrade_is_open(seen->job))
		return true;
	return f->ownerless && (seen->job->status == VDC_JOB_PAUSED ||
				vdc_time_monotonic() - f->ownerless > MOST_OWNERLESS);
}

int following_code(const struct following *f)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(f->watch)->job;

	if (vdc_upgrade_is_open(job))
		return job->status == VDC_JOB_PAUSED ? VDC_EXIT_BUSY : VDC_EXIT_FINDINGS;
	if (job->exit_code != VDC_UNSET)
		return (int)job->exit_code;
	return job->status == VDC_JOB_FINISHED ? VDC_EXIT_OK : VDC_EXIT_FINDINGS;
}

int following_interrupt(struct following *f, struct vdc_err *err)
{
	struct vdc_db *db;
	int r = vdc_call_open_another(f->call, VDC_NEEDS_DB_WRITE, &db, err);

	if (r)
		return r;
	r = vdc_data_center_ask(db, f->parent ? f->parent : f->job,
				f->asked ? VDC_JOB_CANCEL : VDC_JOB_PAUSE, err);
	vdc_db_close(db);
	if (!r)
		f->asked++;
	return r;
}
