/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Levels: what hosts and VMs must have now, and after the upgrade where it is asked for. */
#include <string.h>

#include "base/map.h"
#include "plan/level_check.h"
#include "plan/level_part.h"
#include "plan/upgrade_check_part.h"

/* A check of one level within the check of the upgrade. */
struct checking {
	const struct vdc_upgrade_question *q;
	struct vdc_level_judge *judge;
	struct vdc_map *said; /* ids of findings */
	bool later;	      /* it is not the level that the cluster has */
	struct vdc_findings *findings;
};

static void note_said(struct checking *c)
{
	for (size_t i = 0; i < c->findings->n; i++) {
		const char *id = c->findings->items[i]->id;

		*vdc_map_add(c->said, id, strlen(id)) = 1;
	}
}

/* Of a host that reaches no level at all too little is known to refuse it. */
static bool is_unknown_host(const struct checking *c, const struct vdc_finding *finding)
{
	const struct vdc_host *host =
		vdc_world_find(c->q->world, &vdc_host_kind, finding->object_id);

	return host && strcmp(finding->code, "HOST_LEVEL_TOO_LOW") == 0 &&
	       vdc_plan_host_levels(c->judge, host).newest < 0;
}

/* What is said here already, in words of its own, is not said again. */
static bool is_news(const struct checking *c, const struct vdc_finding *finding)
{
	return finding->severity >= VDC_FINDING_ERROR &&
	       strcmp(finding->code, "HOST_UNREACHABLE") != 0 &&
	       !vdc_map_find(c->said, finding->id, strlen(finding->id)) &&
	       !is_unknown_host(c, finding);
}

static void take(struct checking *c, const struct vdc_findings *found)
{
	note_said(c);
	for (size_t i = 0; i < found->n; i++) {
		bool of_host = strcmp(found->items[i]->kind, vdc_host_kind.word) == 0;

		/* Hosts that cannot run the next level now are upgraded for that very reason. */
		if (is_news(c, found->items[i]) && !(c->later && of_host))
			vdc_findings_take(c->findings, found->items[i]);
	}
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
	struct vdc_findings found = { .arena = findings->arena };
	struct vdc_err err = { 0 };
	struct checking c = {
		.q = q,
		.judge = vdc_level_judge_new(family, findings->arena),
		.later = vdc_level_compare(to, cluster->version) > 0,
		.findings = findings,
	};

	if (vdc_plan_level_check(&level, &found, &err)) {
		FOUND(findings, LEVEL_UNKNOWN, vdc_cluster_kind, cluster, "%s", vdc_err_text(&err));
		return;
	}
	c.said = vdc_map_new();
	take(&c, &found);
	vdc_map_free(c.said);
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
