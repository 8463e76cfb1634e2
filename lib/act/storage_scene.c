/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/storage_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/setting.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "store/store.h"

struct gathering {
	struct vdc_db *db;
	struct vdc_arena *arena;
	struct vdc_buf domains, hosts, reaches; /* pointers to objects */
};

static int take(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		struct vdc_err *err vdc_unused)
{
	vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

/* Without their long fields: hosts have many of them. */
static int each_of(struct gathering *g, const struct vdc_kind *kind, const char *field,
		   const char *id, struct vdc_buf *into, struct vdc_err *err)
{
	return vdc_store_each_of(g->db, kind, vdc_kind_field(kind, field), id, 0, g->arena, take,
				 into, err);
}

static int by_name(const void *a, const void *b)
{
	const struct vdc_host *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int gather_hosts(struct gathering *g, const char *data_center_id, struct vdc_err *err)
{
	vdc_autobuf clusters = { 0 };
	void *const *all;
	int r = each_of(g, &vdc_cluster_kind, "data_center", data_center_id, &clusters, err);

	all = (void *const *)(const void *)clusters.data;
	for (size_t i = 0; i < clusters.len / sizeof(*all) && !r; i++)
		if (vdc_is_true(((const struct vdc_cluster *)all[i])->virt_service))
			r = each_of(g, &vdc_host_kind, "cluster", vdc_object_id(all[i]), &g->hosts,
				    err);
	if (!r && g->hosts.len)
		qsort(g->hosts.data, g->hosts.len / sizeof(void *), sizeof(void *), by_name);
	return r;
}

static int gather(struct gathering *g, const char *data_center_id, struct vdc_err *err)
{
	void *const *domains;
	int r = each_of(g, &vdc_storage_domain_kind, "data_center", data_center_id, &g->domains,
			err);

	if (!r)
		r = gather_hosts(g, data_center_id, err);
	domains = (void *const *)(const void *)g->domains.data;
	for (size_t i = 0; i < g->domains.len / sizeof(*domains) && !r; i++)
		r = each_of(g, &vdc_domain_reach_kind, "storage_domain", vdc_object_id(domains[i]),
			    &g->reaches, err);
	return r;
}

static void *kept(struct gathering *g, const struct vdc_buf *buf, size_t *n)
{
	void *all = vdc_arena_alloc(g->arena, buf->len + sizeof(void *));

	if (buf->len)
		memcpy(all, buf->data, buf->len);
	*n = buf->len / sizeof(void *);
	return all;
}

/* Where each object stands in its list. */
static struct vdc_map *numbered(void *const *objects, size_t n)
{
	struct vdc_map *map = vdc_map_new();

	for (size_t i = 0; i < n; i++)
		*vdc_map_add(map, vdc_object_id(objects[i]), strlen(vdc_object_id(objects[i]))) = i;
	return map;
}

/* Reaches of hosts of other data centres are left out. */
static void arrange(struct gathering *g, struct vdc_storage_scene *ret)
{
	size_t n;
	struct vdc_domain_reach *const *reaches = kept(g, &g->reaches, &n);
	const struct vdc_domain_reach **grid;
	struct vdc_map *hosts, *domains;

	ret->domains = kept(g, &g->domains, &ret->n_domains);
	ret->hosts = kept(g, &g->hosts, &ret->n_hosts);
	grid = vdc_arena_alloc(g->arena, (ret->n_domains * ret->n_hosts + 1) * sizeof(*grid));
	hosts = numbered((void *const *)(const void *)g->hosts.data, ret->n_hosts);
	domains = numbered((void *const *)(const void *)g->domains.data, ret->n_domains);
	for (size_t i = 0; i < n; i++) {
		const char *host = reaches[i]->host.id, *domain = reaches[i]->storage_domain.id;
		const uint64_t *h = vdc_map_find(hosts, host, strlen(host));
		const uint64_t *d = vdc_map_find(domains, domain, strlen(domain));

		if (h && d)
			grid[*h * ret->n_domains + *d] = reaches[i];
	}
	ret->reaches = grid;
	vdc_map_free(hosts);
	vdc_map_free(domains);
}

int vdc_storage_scene(struct vdc_db *db, const char *data_center_id, struct vdc_arena *arena,
		      struct vdc_storage_scene *ret, struct vdc_err *err)
{
	struct gathering g = { .db = db, .arena = arena };
	int r = gather(&g, data_center_id, err);

	if (!r)
		arrange(&g, ret);
	vdc_buf_free(&g.domains);
	vdc_buf_free(&g.hosts);
	vdc_buf_free(&g.reaches);
	return r;
}

int vdc_reach_of_data_center(struct vdc_db *db, const char *data_center_id, int64_t now,
			     struct vdc_arena *arena, struct vdc_spm_reach_row **ret, size_t *n,
			     struct vdc_err *err)
{
	const int64_t age = vdc_setting_number(VDC_SETTING_STORAGE_REACH_AGE);
	struct vdc_storage_scene scene;
	struct vdc_spm_reach_row *rows;
	int r = vdc_storage_scene(db, data_center_id, arena, &scene, err);

	if (r)
		return r;
	rows = vdc_arena_alloc(arena, (scene.n_hosts + 1) * sizeof(*rows));
	for (size_t i = 0; i < scene.n_hosts; i++)
		rows[i] = (struct vdc_spm_reach_row){
			.host_id = scene.hosts[i]->id,
			.view = vdc_storage_spm_view(&scene, i, now, age),
		};
	*ret = rows;
	*n = scene.n_hosts;
	return 0;
}
