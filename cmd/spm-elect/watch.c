/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect watch: elections where they are due, for systemd and cron. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "act/apply.h"
#include "act/spm_watch.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/work.h"
#include "spm_elect.h"

#define AWAY_PAUSE (5 * VDC_SECOND) /* before a database is tried again */

static const char steps_to_take[] =
	"make the storage of the master domain reachable again (storage-health says what each host "
	"finds); if it is lost for good, another data domain has to become the master: inventory set "
	"storage-domain NEW master=true, OLD master=false, then spm-elect init and elect";

struct watched {
	const struct vdc_data_center *data_center;
	struct vdc_job_lease *lease;
	int64_t again_at; /* wall clock */
	enum vdc_exit code;
	bool waits; /* it has found something, and looks again before it is sure */
};

struct watcher {
	struct vdc_call *call;
	struct vdc_db *db;
	struct watched *all;
	size_t n;
	int signals;
	bool once;
};

static enum vdc_exit code_of(const struct vdc_spm_watched *watched)
{
	if (watched->step == VDC_SPM_WATCH_MASTER_LOST)
		return VDC_EXIT_UNREACHABLE;
	return watched->reason ? VDC_EXIT_FINDINGS : VDC_EXIT_OK;
}

static void say(const struct watched *one, const struct vdc_spm_watched *watched)
{
	const char *name = one->data_center->name;

	switch (watched->step) {
	case VDC_SPM_WATCH_ELECT:
		vdc_log(VDC_LOG_WARNING, "data center %s: %s: an election begins", name,
			watched->reason);
		break;
	case VDC_SPM_WATCH_BACK_OFF:
		vdc_log(VDC_LOG_WARNING,
			"data center %s: %s; the last election failed, the next one "
			"begins later",
			name, watched->reason);
		break;
	case VDC_SPM_WATCH_MASTER_LOST:
		vdc_log(VDC_LOG_ERROR, "data center %s: %s: %s", name, watched->reason,
			steps_to_take);
		break;
	default:
		vdc_log(VDC_LOG_WARNING, "data center %s: %s", name, watched->reason);
	}
}

static int look(struct watcher *w, struct watched *one, struct vdc_err *err)
{
	const struct vdc_spm_survey_options options = vdc_spm_survey_options();
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_watched watched;
	int r = vdc_spm_watch_pass(w->db, one->lease, one->data_center, &options, arena, &watched,
				   err);

	if (r)
		return r;
	one->again_at = watched.again_at;
	one->code = code_of(&watched);
	one->waits = watched.step == VDC_SPM_WATCH_AGAIN && !watched.under_way;
	if (watched.reason && watched.news)
		say(one, &watched);
	else if (watched.news && !w->once)
		vdc_log(VDC_LOG_NOTICE, "data center %s: all is well", one->data_center->name);
	return 0;
}

/* 1: somebody asked to stop. */
static int sleep_until(const struct watcher *w, int64_t until)
{
	struct pollfd fd = { .fd = w->signals, .events = POLLIN };
	int64_t left = until - vdc_time_now();

	return poll(&fd, 1, left > 0 ? (int)(left / 1000 + 1) : 0) > 0;
}

/* What is found once is looked at again, in the same run, until it is sure. */
static int once(struct watcher *w, struct vdc_err *err)
{
	enum vdc_exit *codes =
		vdc_arena_alloc(vdc_call_arena(w->call), (w->n + 1) * sizeof(*codes));
	bool more = true;

	for (size_t i = 0; i < w->n; i++)
		w->all[i].waits = true;
	while (more) {
		int64_t next = INT64_MAX;
		int r = 0;

		more = false;
		for (size_t i = 0; i < w->n && !r; i++) {
			struct watched *one = &w->all[i];

			if (one->waits)
				r = look(w, one, err);
			codes[i] = one->code;
			if (one->waits && one->again_at < next)
				next = one->again_at;
			more = more || one->waits;
		}
		if (r)
			return r;
		if (more && sleep_until(w, next))
			break;
	}
	return (int)vdc_work_exit(codes, w->n);
}

static int pass(struct watcher *w, int64_t interval, int64_t *next, struct vdc_err *err)
{
	int r = 0;

	*next = INT64_MAX;
	for (size_t i = 0; i < w->n && !r; i++) {
		struct watched *one = &w->all[i];

		if (one->again_at <= vdc_time_now()) {
			r = look(w, one, err);
			if (interval)
				one->again_at = vdc_time_now() + interval;
		}
		if (one->again_at < *next)
			*next = one->again_at;
	}
	return r;
}

static int for_ever(struct watcher *w, struct vdc_err *err)
{
	int64_t interval = vdc_int_option(w->call, "interval", 0);
	bool away = false;

	for (;;) {
		struct vdc_err why = { 0 };
		int64_t next;
		int r = pass(w, interval, &next, &why);

		if (r && r != -EAGAIN && !vdc_db_is_away(r)) {
			*err = why;
			return r;
		}
		if (r && !away)
			vdc_log(VDC_LOG_WARNING, "nobody is watched: %s", vdc_err_text(&why));
		if (!r && away)
			vdc_log(VDC_LOG_NOTICE, "the database is back");
		away = r != 0;
		if (sleep_until(w, r ? vdc_time_now() + AWAY_PAUSE : next))
			return 0;
	}
}

static int open_all(struct watcher *w, struct vdc_err *err)
{
	struct vdc_objects found = { 0 };
	int r = spm_elect_data_centers(w->call, &found, err);

	if (r)
		return r;
	w->n = found.n;
	w->all = vdc_arena_alloc(vdc_call_arena(w->call), (w->n + 1) * sizeof(*w->all));
	for (size_t i = 0; i < w->n && !r; i++) {
		w->all[i].data_center = found.objects[i];
		r = vdc_spm_watch_open(w->db, w->all[i].data_center, vdc_call_arena(w->call),
				       &w->all[i].lease, err);
	}
	return r;
}

int spm_elect_watch(struct vdc_call *call, struct vdc_err *err)
{
	struct watcher w = {
		.call = call,
		.db = vdc_call_db(call),
		.once = vdc_given(call, "once"),
		.signals = vdc_work_signals(),
	};
	int r = open_all(&w, err);

	if (!r && !w.once)
		vdc_db_set_reconnect(w.db, 0, NULL, NULL);
	if (!r)
		r = w.once ? once(&w, err) : for_ever(&w, err);
	for (size_t i = 0; i < w.n; i++)
		vdc_spm_watch_close(vdc_db_is_away(r) ? NULL : w.db, w.all[i].lease);
	close(w.signals);
	return r;
}
