/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence monitor: looks at hosts, and has those treated that stopped answering. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "act/fence_watch.h"
#include "act/treat.h"
#include "base/log.h"
#include "base/setting.h"
#include "base/time.h"
#include "cli/list.h"
#include "cli/work.h"
#include "fence.h"
#include "monitor.h"
#include "store/store.h"

#define AWAY_PAUSE (5 * VDC_SECOND) /* before a database is tried again */

static int explain(struct vdc_call *call, const char *name, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const struct vdc_treat_options options = vdc_treat_options();
	struct vdc_fence_step *steps[VDC_FENCE_FORECAST_MOST];
	struct vdc_list *list;
	size_t n;
	void *host;
	int r = vdc_call_open_db(call, VDC_NEEDS_DB_READ, err);

	if (!r)
		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, name, 0, arena, &host, err);
	if (!r)
		r = vdc_treat_explain(vdc_call_db(call), vdc_object_id(host), &options, arena,
				      steps, &n, err);
	if (!r)
		r = vdc_list_new(call, &vdc_fence_step_kind, &list, err);
	for (size_t i = 0; !r && i < n; i++)
		r = vdc_list_add(list, steps[i], err);
	return r ? r : vdc_list_end(list, err);
}

static int read_clusters(struct monitor *m, struct vdc_err *err)
{
	const char *const *names;
	size_t n = vdc_repeated_option(m->call, "cluster", &names);
	int r = 0;

	m->clusters = vdc_arena_alloc(vdc_call_arena(m->call), (n + 1) * sizeof(*m->clusters));
	for (size_t i = 0; i < n && !r; i++) {
		void *cluster;

		r = vdc_store_get(m->db, &vdc_cluster_kind, names[i], 0, vdc_call_arena(m->call),
				  &cluster, err);
		if (!r)
			m->clusters[m->n_clusters++] = vdc_object_id(cluster);
	}
	return r;
}

/* 1: somebody asked to stop. */
static int pause_until(struct monitor *m, int64_t until, struct vdc_err *err)
{
	struct pollfd fd = { .fd = m->signals, .events = POLLIN };
	int64_t left;

	while ((left = until - vdc_time_monotonic()) > 0) {
		int r = monitor_follow(m, err);

		if (r)
			return r;
		if (left > VDC_SECOND)
			left = VDC_SECOND;
		if (poll(&fd, 1, (int)(left / 1000 + 1)) > 0)
			return 1;
	}
	return poll(&fd, 1, 0) > 0;
}

/* Nobody is looked at without the database, and nobody treated. */
static void say_away(bool *said, const struct vdc_err *why)
{
	if (!*said)
		vdc_log(VDC_LOG_WARNING, "nobody is treated: %s", vdc_err_text(why));
	*said = true;
}

static int watch(struct monitor *m, struct vdc_err *err)
{
	int64_t interval =
		vdc_int_option(m->call, "interval", vdc_setting_number(VDC_SETTING_HOST_REFRESH));
	bool away = false;

	for (;;) {
		struct vdc_err why = { 0 };
		int64_t began = vdc_time_monotonic();
		int r = monitor_pass(m, &why);

		if (!r)
			r = pause_until(m, began + interval, &why);
		if (r == 1)
			return 0;
		if (r && r != -EAGAIN && !vdc_db_is_away(r)) {
			*err = why;
			return r;
		}
		if (!r && away)
			vdc_log(VDC_LOG_NOTICE, "the database is back");
		if (!r) {
			away = false;
			continue;
		}
		say_away(&away, &why);
		if (poll(&(struct pollfd){ .fd = m->signals, .events = POLLIN }, 1,
			 (int)(AWAY_PAUSE / 1000)) > 0)
			return 0;
	}
}

static int run(struct monitor *m, struct vdc_err *err)
{
	bool once = vdc_given(m->call, "once");
	char *job;
	int r = vdc_fence_watch_find(m->db, m->clusters, m->n_clusters, vdc_call_arena(m->call),
				     &job, err);

	if (!r)
		r = vdc_job_acquire(m->db, job, VDC_JOB_TTL, &m->lease, err);
	if (!r)
		r = vdc_fence_watch_alone(m->db, job, vdc_call_arena(m->call), err);
	if (r == -EBUSY)
		vdc_err_prefix(err, "another monitor watches these hosts: ");
	if (once)
		r = fence_busy(m->call, r);
	if (!r && !once)
		vdc_db_set_reconnect(m->db, 0, NULL, NULL);
	if (!r)
		r = once ? monitor_pass(m, err) : watch(m, err);
	if (!r)
		r = vdc_fence_watch_end(m->db, m->lease, err);
	vdc_job_release(m->lease, vdc_db_is_away(r) ? NULL : m->db);
	return r;
}

int fence_monitor(struct vdc_call *call, struct vdc_err *err)
{
	struct monitor m = { .call = call };
	int r;

	if (vdc_given(call, "explain"))
		return explain(call, vdc_text_option(call, "explain"), err);
	r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);
	if (r)
		return r;
	m.db = vdc_call_db(call);
	m.signals = vdc_work_signals();
	r = read_clusters(&m, err);
	if (!r)
		r = run(&m, err);
	close(m.signals);
	vdc_buf_free(&m.treated);
	vdc_arena_free(m.names);
	if (!r && vdc_given(call, "once") && m.n_treated)
		return VDC_EXIT_FINDINGS;
	return r;
}
