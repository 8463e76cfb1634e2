/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known about a host: by the database, and by a look at it or at its whole cluster. */
#include <stdio.h>
#include <string.h>

#include "act/fence_watch.h"
#include "act/sync.h"
#include "act/treat_part.h"
#include "base/time.h"
#include "doc/catalogue.h"
#include "model/fence_agent.h"
#include "model/vm.h"
#include "plan/vm_status.h"

#define HOUR (3600 * VDC_SECOND)

static int read_host(struct treating *t, struct vdc_err *err)
{
	struct vdc_objects found;
	void *cluster;
	int r;

	t->sight.host = NULL;
	r = vdc_gather(t->db, &vdc_host_kind, "id", t->host_id, t->arena, &found, err);
	if (r || !found.n)
		return r;
	t->sight.host = found.objects[0];
	r = vdc_store_get(t->db, &vdc_cluster_kind, t->sight.host->cluster.id, 0, t->arena,
			  &cluster, err);
	if (!r)
		t->sight.cluster = cluster;
	return r;
}

static int read_parts(struct treating *t, struct vdc_err *err)
{
	struct vdc_objects vms, agents;
	int r = vdc_gather(t->db, &vdc_vm_kind, "host", t->host_id, t->arena, &vms, err);

	if (!r)
		r = vdc_gather(t->db, &vdc_fence_agent_kind, "host", t->host_id, t->arena, &agents,
			       err);
	if (r)
		return r;
	t->sight.vms = 0;
	for (size_t i = 0; i < vms.n; i++)
		t->sight.vms += vdc_vm_is_active(((const struct vdc_vm *)vms.objects[i])->status);
	t->sight.has_agents = agents.n;
	return 0;
}

static int read_cluster(struct treating *t, struct vdc_err *err)
{
	const char *cluster = t->sight.cluster->id;
	struct vdc_objects hosts;
	int r = vdc_gather(t->db, &vdc_host_kind, "cluster", cluster, t->arena, &hosts, err);

	if (!r)
		r = vdc_job_count_steps(t->db, VDC_TREAT_ACTION, VDC_TREAT_STEP_OFF, cluster,
					t->sight.now - HOUR, &t->sight.fences, err);
	if (!r)
		vdc_fence_count((const struct vdc_host *const *)(void *)hosts.objects, hosts.n,
				&t->sight);
	return r;
}

static int read_quiet_time(struct treating *t, struct vdc_err *err)
{
	int64_t since;
	int r = vdc_fence_watched_since(t->db, t->sight.cluster->id, t->begun, t->options->quiet,
					t->arena, &since, err);

	if (!r)
		t->sight.quiet_until = since + t->options->quiet;
	return r;
}

int treat_observe(struct treating *t, struct vdc_err *err)
{
	int r = read_host(t, err);

	t->sight.now = vdc_time_now();
	t->sight.look_text = t->look_text[0] ? t->look_text : NULL;
	if (!r && t->sight.host)
		r = read_parts(t, err);
	if (!r && t->sight.host)
		r = read_cluster(t, err);
	if (!r && t->sight.host)
		r = read_quiet_time(t, err);
	return r;
}

static void told(void *ctx, const struct vdc_sync_report *report)
{
	struct treating *t = ctx;

	if (strcmp(report->host, t->sight.host->name) != 0)
		return;
	t->sight.look = !report->failure  ? VDC_FENCE_LOOK_ANSWERED
			: report->applied ? VDC_FENCE_LOOK_SILENT
					  : VDC_FENCE_LOOK_UNCLEAR;
	snprintf(t->look_text, sizeof(t->look_text), "%s",
		 report->failure ? vdc_err_text(report->failure) : "");
}

int treat_look(struct treating *t, bool all, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	const char *only[] = { t->host_id }, **ids = only;
	struct vdc_sync_summary summary;
	struct vdc_objects hosts = { .n = 1 };
	int r = 0;

	if (all)
		r = vdc_gather(t->db, &vdc_host_kind, "cluster", t->sight.cluster->id, t->arena,
			       &hosts, err);
	if (!r && all) {
		ids = vdc_arena_alloc(t->arena, (hosts.n + 1) * sizeof(*ids));
		for (size_t i = 0; i < hosts.n; i++)
			ids[i] = vdc_object_id(hosts.objects[i]);
	}
	if (vdc_catalogue_read(t->arena, &options.catalogue, NULL))
		options.catalogue = NULL;
	options.quiet_us = 2 * options.connect_us;
	options.told = told;
	options.ctx = t;
	t->sight.look = 0;
	if (!r)
		r = vdc_sync(t->db, &options, ids, hosts.n, &summary, err);
	t->sight.looked = vdc_time_now();
	if (!r && all)
		t->sight.counted = t->sight.looked;
	return r;
}
