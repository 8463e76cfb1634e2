/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/cluster.h"
#include "model/data_center.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "plan/inventory_check_part.h"

static void check_level(const struct vdc_world *world, const struct vdc_cluster *cluster,
			struct vdc_findings *findings)
{
	const struct vdc_data_center *dc =
		vdc_world_find(world, &vdc_data_center_kind, cluster->data_center.id);

	if (!dc || dc->version.major < 0)
		return;
	if (cluster->version.major < 0)
		vdc_findings_add(
			findings, &vdc_inventory_codes[CLUSTER_WITHOUT_LEVEL], &vdc_cluster_kind,
			cluster,
			"cluster %s has no compatibility level, its data centre %s has %d.%d",
			cluster->name, dc->name, dc->version.major, dc->version.minor);
	else if (vdc_level_compare(dc->version, cluster->version) > 0)
		vdc_findings_add(findings, &vdc_inventory_codes[DC_ABOVE_CLUSTER],
				 &vdc_data_center_kind, dc,
				 "data centre %s is at level %d.%d, its cluster %s only at %d.%d",
				 dc->name, dc->version.major, dc->version.minor, cluster->name,
				 cluster->version.major, cluster->version.minor);
}

static void check_masters(const struct vdc_world *world, const struct vdc_data_center *dc,
			  struct vdc_findings *findings)
{
	void *const *domains;
	size_t n = vdc_world_all(world, &vdc_storage_domain_kind, &domains);
	int data = 0, masters = 0;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_storage_domain *domain = domains[i];

		if (!domain->data_center.id || strcmp(domain->data_center.id, dc->id) != 0 ||
		    domain->type != VDC_STORAGE_DOMAIN_DATA)
			continue;
		data++;
		masters += vdc_is_true(domain->master);
	}
	if (data && !masters)
		vdc_findings_add(findings, &vdc_inventory_codes[DC_WITHOUT_MASTER],
				 &vdc_data_center_kind, dc,
				 "none of the %d data domains of %s is the master", data, dc->name);
	if (masters > 1)
		vdc_findings_add(findings, &vdc_inventory_codes[DC_SEVERAL_MASTERS],
				 &vdc_data_center_kind, dc, "%d data domains of %s are the master",
				 masters, dc->name);
}

void check_data_centers(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_data_center_kind, &all);

	for (size_t i = 0; i < n; i++)
		check_masters(world, all[i], findings);
	n = vdc_world_all(world, &vdc_cluster_kind, &all);
	for (size_t i = 0; i < n; i++)
		check_level(world, all[i], findings);
}

static const char *address_of(const void *object)
{
	return ((const struct vdc_host *)object)->address;
}

static const char *hardware_of(const void *object)
{
	return ((const struct vdc_host *)object)->hardware_uuid;
}

static void check_twice(const struct vdc_world *world, text_key *key, enum inventory_code code,
			const char *what, struct vdc_findings *findings)
{
	void **hosts;
	size_t n = sorted_by(world, &vdc_host_kind, key, findings->arena, &hosts);

	for (size_t i = 1; i < n; i++) {
		const struct vdc_host *first = hosts[i - 1], *second = hosts[i];

		if (!strcmp(key(first), key(second)))
			vdc_findings_add(findings, &vdc_inventory_codes[code], &vdc_host_kind,
					 second, "hosts %s and %s have the same %s %s", first->name,
					 second->name, what, key(second));
	}
}

static const char *data_center_of(const struct vdc_world *world, const struct vdc_host *host)
{
	const struct vdc_cluster *cluster =
		vdc_world_find(world, &vdc_cluster_kind, host->cluster.id);

	return cluster && cluster->data_center.id ? cluster->data_center.id : "";
}

/* Ids are small numbers and few hosts share a data centre, so every pair is looked at. */
static void check_spm_ids(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *hosts;
	size_t n = vdc_world_all(world, &vdc_host_kind, &hosts);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *one = hosts[i];

		for (size_t j = 0; j < i && one->spm_id != VDC_UNSET; j++) {
			const struct vdc_host *other = hosts[j];

			if (other->spm_id != one->spm_id ||
			    strcmp(data_center_of(world, one), data_center_of(world, other)) != 0)
				continue;
			vdc_findings_add(findings, &vdc_inventory_codes[HOST_SAME_SPM_ID],
					 &vdc_host_kind, one,
					 "hosts %s and %s have the same spm_id %lld", other->name,
					 one->name, (long long)one->spm_id);
		}
	}
}

static bool has_agent(const struct vdc_world *world, const struct vdc_host *host)
{
	void *const *agents;
	size_t n = vdc_world_all(world, &vdc_fence_agent_kind, &agents);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_fence_agent *agent = agents[i];

		if (agent->host.id && !strcmp(agent->host.id, host->id))
			return true;
	}
	return false;
}

static void check_agents(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *agents;
	size_t n = vdc_world_all(world, &vdc_fence_agent_kind, &agents);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_fence_agent *agent = agents[i];
		const struct vdc_host *host = vdc_world_find(world, &vdc_host_kind, agent->host.id);

		if (!agent->password)
			vdc_findings_add(findings, &vdc_inventory_codes[FENCE_AGENT_WITHOUT_SECRET],
					 &vdc_fence_agent_kind, agent,
					 "fence agent %s of host %s has no secret", agent->type,
					 host ? host->name : "?");
	}
}

void check_hosts(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *hosts;
	size_t n = vdc_world_all(world, &vdc_host_kind, &hosts);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = hosts[i];

		if (!host->address && !host->libvirt_uri)
			vdc_findings_add(findings, &vdc_inventory_codes[HOST_UNREACHABLE_BY_NAME],
					 &vdc_host_kind, host,
					 "host %s has neither an address nor a libvirt URI",
					 host->name);
		if (vdc_is_true(host->pm_enabled) && !has_agent(world, host))
			vdc_findings_add(
				findings, &vdc_inventory_codes[HOST_PM_WITHOUT_AGENT],
				&vdc_host_kind, host,
				"power management of host %s is on, but it has no fence agent",
				host->name);
	}
	check_twice(world, address_of, HOST_SAME_ADDRESS, "address", findings);
	check_twice(world, hardware_of, HOST_SAME_HARDWARE, "hardware UUID", findings);
	check_spm_ids(world, findings);
	check_agents(world, findings);
}
