/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass of the monitor. */
#include "act/fence_watch.h"
#include "act/sync.h"
#include "act/treat.h"
#include "base/log.h"
#include "base/session.h"
#include "base/time.h"
#include "doc/catalogue.h"
#include "monitor.h"

#define BEGINS "does not answer: its treatment begins or goes on"
#define LOOK_AT_ALL (60 * VDC_SECOND) /* also at those that are away with leave */

/* Its silence was seen before, and holds up every pass. */
static bool is_away(const struct vdc_host *host)
{
	return host->failures != VDC_UNSET && host->failures > 0 &&
	       (host->status == VDC_HOST_DOWN || host->status == VDC_HOST_MAINTENANCE);
}

static int look(struct monitor *m, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	int64_t now = vdc_time_monotonic();
	bool all = !m->looked_at_all || now - m->looked_at_all >= LOOK_AT_ALL;
	struct vdc_sync_summary summary;
	const struct vdc_host **hosts;
	const char **ids;
	size_t n, n_ids = 0;
	int r = vdc_fence_watch_hosts(m->db, m->clusters, m->n_clusters, arena, &hosts, &n, err);

	if (r)
		return r;
	ids = vdc_arena_alloc(arena, (n + 1) * sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		if (all || !is_away(hosts[i]))
			ids[n_ids++] = hosts[i]->id;
	if (all)
		m->looked_at_all = now;
	if (vdc_catalogue_read(arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	options.quiet_us = 2 * options.connect_us;
	return n_ids ? vdc_sync(m->db, &options, ids, n_ids, &summary, err) : 0;
}

static void launch(struct monitor *m, const struct vdc_host *host)
{
	const char *const argv[] = { "fence", "treat", host->id, NULL };
	struct vdc_err why = { 0 };

	if (monitor_is_launched(m, host->id))
		return;
	monitor_note_launch(m, host->id, host->name);
	if (vdc_session_launch(argv, &why))
		vdc_log(VDC_LOG_ERROR, "host %s is not treated: %s", host->name,
			vdc_err_text(&why));
	else if (vdc_given(m->call, "quiet"))
		vdc_log(VDC_LOG_ERROR, "host %s " BEGINS, host->name);
	else
		monitor_say(m, host->name, BEGINS);
}

int monitor_pass(struct monitor *m, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	const int64_t quiet = vdc_treat_options().quiet;
	const struct vdc_host **hosts;
	size_t n = 0;
	int r = vdc_fence_watch_pass(m->db, m->lease, quiet, err);

	if (!r)
		r = look(m, arena, err);
	if (!r)
		r = vdc_fence_watch_untreated(m->db, m->clusters, m->n_clusters, arena, &hosts, &n,
					      err);
	for (size_t i = 0; i < n && !r; i++)
		launch(m, hosts[i]);
	return r ? r : monitor_follow(m, err);
}
