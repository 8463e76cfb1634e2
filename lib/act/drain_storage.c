/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host reaches the storage of its data centre: each domain is asked for through the shell. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "act/look.h"
#include "base/setting.h"
#include "edge/shell.h"
#include "model/storage_domain.h"

static bool is_in_use(const struct vdc_storage_domain *domain)
{
	switch (domain->status) {
	case VDC_STORAGE_DOMAIN_UNINITIALIZED:
	case VDC_STORAGE_DOMAIN_UNATTACHED:
	case VDC_STORAGE_DOMAIN_LOCKED:
	case VDC_STORAGE_DOMAIN_INACTIVE:
	case VDC_STORAGE_DOMAIN_MAINTENANCE:
	case VDC_STORAGE_DOMAIN_PREPARING_FOR_MAINTENANCE:
	case VDC_STORAGE_DOMAIN_DETACHING:
		return false;
	default:
		return domain->type == VDC_STORAGE_DOMAIN_DATA;
	}
}

/* A command that gets to the storage itself, and not to what the host remembers of it. */
static bool question(const struct vdc_storage_domain *domain, const char *argv[8])
{
	const char *const file[] = { "stat", "-f", "-c", "%T", "--", domain->mount_point, NULL };
	const char *const group[] = { "vgs", "--noheadings",	   "-o", "vg_name",
				      "--",  domain->volume_group, NULL };

	if (domain->volume_group)
		memcpy(argv, group, sizeof(group));
	else if (domain->mount_point)
		memcpy(argv, file, sizeof(file));
	return domain->volume_group || domain->mount_point;
}

static int ask(struct drain_host *host, const struct vdc_target *target,
	       const struct vdc_storage_domain *domain, const char **ret, struct vdc_err *err)
{
	const char *argv[8] = { 0 };
	const struct vdc_shell shell = {
		.address = target->shell,
		.argv = argv,
		.limit_us = 2 * vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
	};
	vdc_autoend end = { 0 };
	int r;

	if (!question(domain, argv))
		return 0;
	r = vdc_shell_run(&shell, &end, err);
	if (r && r != -ETIMEDOUT)
		return r;
	if (r)
		*ret = vdc_arena_format(host->run->arena,
					"it does not reach storage domain %s: no answer in time",
					domain->name);
	else if (end.status)
		*ret = vdc_arena_format(host->run->arena, "it does not reach storage domain %s: %s",
					domain->name, vdc_proc_complaint(&end));
	return 0;
}

int drain_check_storage(struct drain_host *host, const char **ret, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	const struct vdc_target target =
		vdc_target_of(host->host, vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT), arena);
	const struct vdc_cluster *cluster;
	struct vdc_objects domains = { 0 };
	void *found;
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
	for (size_t i = 0; i < domains.n && !r && !*ret; i++)
		if (is_in_use(domains.objects[i]))
			r = ask(host, &target, domains.objects[i], ret, err);
	return r;
}
