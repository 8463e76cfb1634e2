/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host reaches the storage of its data centre: it is asked to read each domain that VMs need. */
#include <errno.h>

#include "act/drain_part.h"
#include "act/storage_ask.h"
#include "base/setting.h"
#include "plan/storage_reach.h"

static bool is_in_use(const struct vdc_storage_domain *domain)
{
	return domain->type == VDC_STORAGE_DOMAIN_DATA && vdc_storage_is_watched(domain) &&
	       domain->status != VDC_STORAGE_DOMAIN_INACTIVE;
}

/* Those that have a place which can be read; returns how many. */
static size_t ask_about(const struct vdc_objects *domains, struct vdc_arena *arena,
			const struct vdc_domain_reading ***ret)
{
	const struct vdc_domain_reading **questions =
		vdc_arena_alloc(arena, (domains->n + 1) * sizeof(*questions));
	size_t n = 0;

	for (size_t i = 0; i < domains->n; i++)
		if (is_in_use(domains->objects[i])) {
			questions[n] = vdc_storage_question(domains->objects[i], arena);
			n += questions[n] != NULL;
		}
	*ret = questions;
	return n;
}

static int ask(struct drain_host *host, const struct vdc_domain_reading *const *questions, size_t n,
	       const char **ret, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	struct vdc_storage_asked asked = { .host = host->host };
	int r = vdc_storage_ask(&asked, 1, questions, n,
				vdc_setting_number(VDC_SETTING_STORAGE_READ_TIMEOUT), arena, err);

	if (!r && asked.failure)
		return vdc_err_set(err, -EHOSTUNREACH, "%s", asked.failure);
	for (size_t i = 0; i < n && !r && !*ret; i++)
		if (asked.readings[i]->latency == VDC_UNSET)
			*ret = vdc_arena_format(arena, "it does not reach storage domain %s: %s",
						asked.readings[i]->name,
						asked.readings[i]->problem
							?: "it says nothing about it");
	return r;
}

int drain_check_storage(struct drain_host *host, const char **ret, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	const struct vdc_target target =
		vdc_target_of(host->host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT), arena);
	const struct vdc_domain_reading **questions;
	const struct vdc_cluster *cluster;
	struct vdc_objects domains = { 0 };
	void *found;
	size_t n;
	int r = vdc_store_get(host->run->db, &vdc_cluster_kind, host->host->cluster.id, 0, arena,
			      &found, err);

	*ret = NULL;
	if (r)
		return r;
	cluster = found;
	if (!target.shell && !target.local) /* libvirt's test driver has no storage */
		return 0;
	if (cluster->data_center.id)
		r = vdc_gather(host->run->db, &vdc_storage_domain_kind, "data_center",
			       cluster->data_center.id, arena, &domains, err);
	n = r ? 0 : ask_about(&domains, arena, &questions);
	return n ? ask(host, questions, n, ret, err) : r;
}
