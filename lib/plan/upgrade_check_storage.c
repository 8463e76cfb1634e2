/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The storage that VMs need wherever they go. */
#include <string.h>

#include "model/domain_reach.h"
#include "model/storage_domain.h"
#include "plan/image_findings.h"
#include "plan/upgrade_check_part.h"

static bool matters(const struct vdc_upgrade_question *q, const struct vdc_storage_domain *domain)
{
	return vdc_storage_domain_matters(domain, q->snapshot->cluster->data_center.id);
}

static void check_domains(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(q->world, &vdc_storage_domain_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_storage_domain *domain = all[i];

		if (matters(q, domain) && domain->status != VDC_UNSET &&
		    domain->status != VDC_STORAGE_DOMAIN_ACTIVE)
			FOUND(findings, STORAGE_DOMAIN_NOT_ACTIVE, vdc_storage_domain_kind, domain,
			      "storage domain %s is %s", domain->name,
			      vdc_enum_word(&vdc_storage_domain_status_values, domain->status));
	}
}

/* The host of the cluster that takes VMs, by its number; VDC_NO_HOST for another. */
static uint32_t host_that_takes(const struct vdc_upgrade_question *q, const char *id)
{
	for (uint32_t h = 0; id && h < q->snapshot->input.n_hosts; h++)
		if (strcmp(q->snapshot->hosts[h]->id, id) == 0)
			return q->snapshot->input.hosts[h].away ? (uint32_t)VDC_NO_HOST : h;
	return VDC_NO_HOST;
}

/* Per host, names of the domains that it has lost; NULL: none. */
static const char **find_lost(const struct vdc_upgrade_question *q, struct vdc_arena *arena)
{
	const char **lost = vdc_arena_alloc(arena, q->snapshot->input.n_hosts * sizeof(*lost));
	void *const *all;
	size_t n = vdc_world_all(q->world, &vdc_domain_reach_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_domain_reach *reach = all[i];
		const struct vdc_storage_domain *domain;
		uint32_t h;

		if (reach->status != VDC_REACH_LOST)
			continue;
		domain = vdc_world_find(q->world, &vdc_storage_domain_kind,
					reach->storage_domain.id);
		h = matters(q, domain) ? host_that_takes(q, reach->host.id) : (uint32_t)VDC_NO_HOST;
		if (h != (uint32_t)VDC_NO_HOST)
			lost[h] = lost[h] ? vdc_arena_format(arena, "%s, %s", lost[h], domain->name)
					  : domain->name;
	}
	return lost;
}

void upgrade_check_storage(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const char **lost = find_lost(q, findings->arena);

	check_domains(q, findings);
	for (uint32_t h = 0; h < q->snapshot->input.n_hosts; h++)
		if (lost[h])
			FOUND(findings, STORAGE_DOMAIN_NOT_REACHED, vdc_host_kind,
			      q->snapshot->hosts[h], "host %s does not reach %s",
			      q->snapshot->hosts[h]->name, lost[h]);
}
