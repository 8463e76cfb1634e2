/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether memory and CPUs suffice while hosts are away. */
#include <inttypes.h>

#include "plan/upgrade_check_part.h"

/* CPU of the hosts that take VMs, in thousandths of one. */
struct cpus {
	int64_t all, used, allowed;
	uint32_t unknown; /* hosts */
	const struct vdc_host *first_unknown;
};

static void add_host(const struct vdc_upgrade_snapshot *s, uint32_t host, int64_t sign,
		     struct cpus *cpus)
{
	int64_t all = vdc_placement_cpu(s->placement, s->hosts[host]);

	if (s->input.hosts[host].away || all == VDC_UNSET)
		return;
	cpus->all += sign * all;
	cpus->allowed += sign * all / 100 * vdc_placement_cpu_percent(s->placement, s->hosts[host]);
}

static struct cpus count_cpus(const struct vdc_upgrade_snapshot *s)
{
	struct cpus cpus = { 0 };

	for (uint32_t h = 0; h < s->input.n_hosts; h++) {
		int64_t used = vdc_placement_cpu_used(s->placement, s->hosts[h]);

		add_host(s, h, 1, &cpus);
		if (used != VDC_UNSET)
			cpus.used += used;
		else if (!s->input.hosts[h].away && !cpus.unknown++)
			cpus.first_unknown = s->hosts[h];
	}
	return cpus;
}

/* VMs take what they use along: hosts above their limit would take none of them. */
static void check_cpus(const struct vdc_upgrade_snapshot *s, const struct vdc_upgrade_plan *plan,
		       struct vdc_findings *findings)
{
	const struct cpus cpus = count_cpus(s);

	if (cpus.unknown)
		FOUND(findings, CPU_UNKNOWN, vdc_cluster_kind, s->cluster,
		      "the load of %" PRIu32 " host%s, %s first, was not measured lately",
		      cpus.unknown, cpus.unknown == 1 ? "" : "s", cpus.first_unknown->name);
	for (uint32_t w = 0; w < plan->n_waves; w++) {
		const struct vdc_upgrade_wave *wave = &plan->waves[w];
		struct cpus left = cpus;

		for (uint32_t i = 0; i < wave->n_hosts; i++)
			add_host(s, wave->hosts[i], -1, &left);
		if (left.used <= left.allowed)
			continue;
		FOUND(findings, CPU_SHORT, vdc_cluster_kind, s->cluster,
		      "while host %s is away the others need %" PRId64
		      " %% of their CPUs, and %" PRId64 " %% are allowed",
		      s->hosts[wave->hosts[0]]->name, left.all ? left.used * 100 / left.all : 100,
		      left.all ? left.allowed * 100 / left.all : 0);
		return;
	}
}

static void check_reserve(const struct vdc_upgrade_snapshot *s, const struct vdc_upgrade_plan *plan,
			  struct vdc_findings *findings)
{
	for (uint32_t w = 0; w < plan->n_waves; w++)
		if (!plan->waves[w].reserve) {
			FOUND(findings, NO_RESERVE, vdc_cluster_kind, s->cluster,
			      "while host %s is away the cluster cannot lose %" PRIu32 " more",
			      s->hosts[plan->waves[w].hosts[0]]->name, s->input.ha_reserve);
			return;
		}
}

void upgrade_check_room(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_upgrade_snapshot *s = q->snapshot;
	struct vdc_upgrade_plan plan;
	struct vdc_err err = { 0 };
	uint32_t selected = 0;

	for (uint32_t h = 0; h < s->input.n_hosts; h++)
		selected += s->input.hosts[h].selected;
	if (selected == 0) {
		FOUND(findings, NO_HOST_TO_UPGRADE, vdc_cluster_kind, s->cluster,
		      "no host of cluster %s is known to have an update", s->cluster->name);
		return;
	}
	if (vdc_plan_upgrade(&s->input, findings->arena, &plan, &err)) {
		FOUND(findings, NO_PLAN, vdc_cluster_kind, s->cluster, "%s", vdc_err_text(&err));
		return;
	}
	check_reserve(s, &plan, findings);
	check_cpus(s, &plan, findings);
}
