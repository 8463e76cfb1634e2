/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/spm_member.h"

#include <errno.h>
#include <string.h>

#include "act/apply.h"
#include "plan/domain_place.h"
#include "store/store.h"

int vdc_spm_storage(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		    struct vdc_spm_storage *ret, struct vdc_err *err)
{
	const struct vdc_storage_domain **domains;
	struct vdc_spm_storage storage = { 0 };
	struct vdc_objects all = { 0 };
	void *found;
	int r = vdc_store_get(db, &vdc_data_center_kind, data_center_id, 0, arena, &found, err);

	if (!r)
		r = vdc_gather(db, &vdc_storage_domain_kind, "data_center", data_center_id, arena,
			       &all, err);
	if (r)
		return r;
	storage.data_center = found;
	domains = vdc_arena_alloc(arena, (all.n + 1) * sizeof(void *));
	for (size_t i = 0; i < all.n; i++) {
		const struct vdc_storage_domain *domain = all.objects[i];

		if (!vdc_storage_domain_is_shared(domain))
			continue;
		if (vdc_is_true(domain->master) && storage.master)
			return vdc_err_set(err, -EINVAL,
					   "data centre %s has two master domains, %s and %s; "
					   "inventory set storage-domain NAME master=false for one",
					   storage.data_center->name, storage.master->name,
					   domain->name);
		if (vdc_is_true(domain->master))
			storage.master = domain;
		domains[storage.n++] = domain;
	}
	storage.domains = domains;
	*ret = storage;
	return 0;
}

int vdc_spm_hosts(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		  const struct vdc_host *const **ret, size_t *n, struct vdc_err *err)
{
	struct vdc_objects clusters = { 0 };
	vdc_autobuf all = { 0 };
	void *copy;
	int r = vdc_gather(db, &vdc_cluster_kind, "data_center", data_center_id, arena, &clusters,
			   err);

	for (size_t i = 0; i < clusters.n && !r; i++) {
		struct vdc_objects hosts = { 0 };

		r = vdc_gather(db, &vdc_host_kind, "cluster", vdc_object_id(clusters.objects[i]),
			       arena, &hosts, err);
		if (!r && hosts.n)
			vdc_buf_add(&all, hosts.objects, hosts.n * sizeof(void *));
	}
	if (r)
		return r;
	copy = vdc_arena_alloc(arena, all.len + sizeof(void *));
	if (all.len)
		memcpy(copy, all.data, all.len);
	*ret = copy;
	*n = all.len / sizeof(void *);
	return 0;
}

int vdc_spm_data_center(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
			const char **ret, struct vdc_err *err)
{
	const struct vdc_cluster *cluster;
	void *found;
	int r = vdc_store_get(db, &vdc_cluster_kind, host->cluster.id, 0, arena, &found, err);

	if (r)
		return r;
	cluster = found;
	if (!cluster->data_center.id)
		return vdc_err_set(err, -ENOENT,
				   "host %s: its cluster %s belongs to no data centre", host->name,
				   cluster->name);
	*ret = cluster->data_center.id;
	return 0;
}

const char *vdc_spm_sanlock_name(const struct vdc_host *host)
{
	if (host->sanlock_name && strcmp(host->sanlock_name, host->id) == 0)
		return host->id;
	return host->hardware_uuid ?: host->id;
}

int vdc_spm_member_of(const struct vdc_spm_storage *storage, const struct vdc_host *host,
		      int64_t host_id, struct vdc_arena *arena, struct vdc_lockspaces *ret,
		      struct vdc_err *err)
{
	struct vdc_lockspace **all = vdc_arena_alloc(arena, (storage->n + 1) * sizeof(*all));
	const char *name = vdc_spm_sanlock_name(host);
	int r = 0;

	for (size_t i = 0; i < storage->n && !r; i++)
		r = vdc_storage_domain_lockspace(storage->domains[i], host_id, name, arena, &all[i],
						 err);
	if (!r)
		*ret = (struct vdc_lockspaces){ all, storage->n };
	return r;
}

int vdc_spm_member(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
		   struct vdc_lockspaces *ret, struct vdc_err *err)
{
	struct vdc_spm_storage storage;
	const struct vdc_host *host;
	const char *data_center = NULL;
	void *found;
	int r = vdc_store_get(db, &vdc_host_kind, host_id, 0, arena, &found, err);

	if (r)
		return r;
	host = found;
	r = vdc_spm_data_center(db, host, arena, &data_center, err);
	if (!r)
		r = vdc_spm_storage(db, data_center, arena, &storage, err);
	if (r)
		return r;
	if (host->spm_id == VDC_UNSET)
		return vdc_err_set(err, -ENODATA,
				   "host %s has no host id in data centre %s yet; spm-elect join "
				   "%s gives it one",
				   host->name, storage.data_center->name, host->name);
	return vdc_spm_member_of(&storage, host, host->spm_id, arena, ret, err);
}
