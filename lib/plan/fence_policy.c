/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The questions before a host is switched off. */
#include <inttypes.h>

#include "plan/fence_flow_part.h"

const char *vdc_fence_unable(const struct vdc_fence_sight *sight, struct vdc_arena *arena)
{
	const struct vdc_host *host = sight->host;

	if (RULE(VDC_FENCE_RULE_ENABLED, !vdc_is_true(sight->cluster->fencing_enabled)))
		return vdc_arena_format(arena, "fencing is disabled in cluster %s",
					sight->cluster->name);
	if (!vdc_is_true(host->pm_enabled) || !sight->has_agents)
		return vdc_arena_format(
			arena,
			"it has no power management: see to it that it is off, then "
			"fence confirm %s",
			host->name);
	return NULL;
}

/* Strictly more than the threshold, so that one of two may be fenced. */
static const char *storm(const struct vdc_fence_sight *sight, struct vdc_arena *arena)
{
	const struct vdc_cluster *cluster = sight->cluster;
	int64_t threshold = cluster->connectivity_broken_threshold;
	int64_t lost = sight->lost > 0 ? sight->lost : 1; /* this one */
	int64_t hosts = sight->hosts > lost ? sight->hosts : lost;

	if (!vdc_is_true(cluster->skip_fencing_if_connectivity_broken) || threshold == VDC_UNSET ||
	    lost * 100 <= threshold * hosts)
		return NULL;
	return vdc_arena_format(arena,
				"%" PRId64 " of %" PRId64
				" hosts of cluster %s do not answer, more "
				"than %" PRId64 " %%: the network may be broken",
				lost, hosts, cluster->name, threshold);
}

static const char *too_many(const struct vdc_fence_sight *sight, struct vdc_arena *arena)
{
	int64_t most = sight->cluster->max_fences_per_hour;

	if (most == VDC_UNSET || sight->fences < most)
		return NULL;
	return vdc_arena_format(arena,
				"%" PRId64 " hosts of cluster %s were fenced within an hour, and "
				"more are not allowed",
				sight->fences, sight->cluster->name);
}

const char *vdc_fence_forbidden(const struct vdc_fence_sight *sight, struct vdc_arena *arena)
{
	const char *why = vdc_fence_unable(sight, arena);

	if (!why)
		why = RULE(VDC_FENCE_RULE_STORM, storm(sight, arena));
	if (!why)
		why = RULE(VDC_FENCE_RULE_HOUR, too_many(sight, arena));
	return why;
}

static bool is_lost(const struct vdc_host *host)
{
	return host->status == VDC_HOST_CONNECTING || host->status == VDC_HOST_NON_RESPONSIVE ||
	       (host->status == VDC_HOST_PREPARING_FOR_MAINTENANCE && host->failures > 0);
}

void vdc_fence_count(const struct vdc_host *const *hosts, size_t n, struct vdc_fence_sight *sight)
{
	sight->hosts = sight->lost = 0;
	for (size_t i = 0; i < n; i++) {
		bool answered = hosts[i]->seen != VDC_UNSET &&
				(hosts[i]->failures == 0 || hosts[i]->failures == VDC_UNSET);

		sight->lost += is_lost(hosts[i]);
		sight->hosts += is_lost(hosts[i]) || answered;
	}
}

int64_t vdc_fence_monitored_since(int64_t started, int64_t last, int64_t now, int64_t quiet)
{
	if (started <= 0 || last < started || last > now || now - last > quiet)
		return now;
	return started;
}
