/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Levels: what hosts and VMs must have now, and after the upgrade where it is asked for. */
#include <string.h>

#include "plan/level_check.h"
#include "plan/level_part.h"
#include "plan/upgrade_check_part.h"

/* Said here already, in words of its own. */
static bool is_said(const struct vdc_findings *findings, const struct vdc_finding *finding)
{
	if (strcmp(finding->code, "HOST_UNREACHABLE") == 0)
		return true;
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->items[i]->id, finding->id) == 0)
			return true;
	return false;
}

/* Of a host that reaches no level at all too little is known to refuse it. */
static bool is_unknown_host(const struct vdc_upgrade_question *q,
			    const struct vdc_level_family *family,
			    const struct vdc_finding *finding, struct vdc_arena *arena)
{
	const struct vdc_host *host = vdc_world_find(q->world, &vdc_host_kind, finding->object_id);

	return host && strcmp(finding->code, "HOST_LEVEL_TOO_LOW") == 0 &&
	       vdc_plan_host_levels(vdc_level_judge_new(family, arena), host).newest < 0;
}

static void check_level(const struct vdc_upgrade_question *q, const struct vdc_level_family *family,
			struct vdc_level to, struct vdc_findings *findings)
{
	const struct vdc_cluster *cluster = q->snapshot->cluster;
	const struct vdc_level_question level = {
		.catalogue = q->catalogue,
		.world = q->world,
		.cluster = cluster,
		.to = to,
		.qemu = q->qemu,
	};
	bool later = vdc_level_compare(to, cluster->version) > 0;
	struct vdc_findings found = { .arena = findings->arena };
	struct vdc_err err = { 0 };

	if (vdc_plan_level_check(&level, &found, &err)) {
		FOUND(findings, LEVEL_UNKNOWN, vdc_cluster_kind, cluster, "%s", vdc_err_text(&err));
		return;
	}
	for (size_t i = 0; i < found.n; i++) {
		struct vdc_finding *finding = found.items[i];
		bool of_host = strcmp(finding->kind, vdc_host_kind.word) == 0;

		/* Hosts that cannot run the next level now are upgraded for that very reason. */
		if (finding->severity >= VDC_FINDING_ERROR && !(later && of_host) &&
		    !is_said(findings, finding) &&
		    !is_unknown_host(q, family, finding, findings->arena))
			vdc_findings_take(findings, finding);
	}
}

void upgrade_check_levels(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_cluster *cluster = q->snapshot->cluster;
	const struct vdc_level_family *family =
		q->catalogue ? vdc_catalogue_family(q->catalogue, cluster->level_family) : NULL;
	int level = family ? vdc_family_level(family, cluster->version) : -1;

	if (!q->catalogue || cluster->version.major < 0 || !cluster->level_family)
		return;
	if (level < 0) {
		FOUND(findings, LEVEL_UNKNOWN, vdc_cluster_kind, cluster,
		      "the catalogue has no level %d.%d of family %s", cluster->version.major,
		      cluster->version.minor, cluster->level_family);
		return;
	}
	check_level(q, family, cluster->version, findings);
	if (q->raise_level && (size_t)level + 1 < family->n_levels)
		check_level(q, family, family->levels[level + 1].level, findings);
}
