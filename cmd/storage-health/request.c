/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is looked at: whole data centres, or some of their hosts and domains. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "storage_health.h"
#include "store/store.h"

struct request {
	struct vdc_call *call;
	struct vdc_storage_part *parts;
	bool *whole; /* beside PARTS: it is named itself */
	size_t n;
	size_t room; /* of each list */
};

/* What a name stands for. */
struct meant {
	const struct vdc_kind *kind; /* NULL: nothing */
	void *object;
};

static int look_up(struct vdc_call *call, const char *name, struct meant *ret, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_data_center_kind,
							&vdc_storage_domain_kind, &vdc_host_kind };

	*ret = (struct meant){ 0 };
	for (size_t i = 0; i < VDC_COUNT(kinds); i++) {
		struct vdc_err why = { 0 };
		void *object;
		int r = vdc_store_get(vdc_call_db(call), kinds[i], name, 0, vdc_call_arena(call),
				      &object, &why);

		if (r && r != -ENOENT) {
			*err = why;
			return r;
		}
		if (!r && ret->kind)
			return vdc_err_set(err, -EINVAL,
					   "%s is the name of a %s and of a %s: give the id of the "
					   "one that is meant",
					   name, ret->kind->word, kinds[i]->word);
		if (!r)
			*ret = (struct meant){ kinds[i], object };
	}
	return ret->kind ? 0
			 : vdc_err_set(err, -ENOENT,
				       "there is no data center, storage domain or host %s", name);
}

static struct vdc_storage_part *part_of(struct request *request, const char *data_center)
{
	struct vdc_arena *arena = vdc_call_arena(request->call);
	size_t i = 0;

	while (i < request->n && strcmp(request->parts[i].data_center_id, data_center) != 0)
		i++;
	if (i == request->n)
		request->parts[request->n++] = (struct vdc_storage_part){
			.data_center_id = data_center,
			.hosts = vdc_arena_alloc(arena, request->room * sizeof(char *)),
			.domains = vdc_arena_alloc(arena, request->room * sizeof(char *)),
		};
	return &request->parts[i];
}

static void add(const char *const *ids, size_t *n, const char *id)
{
	((const char **)(uintptr_t)ids)[(*n)++] = id;
}

static int add_domain(struct request *request, const struct vdc_storage_domain *domain,
		      struct vdc_err *err)
{
	struct vdc_storage_part *part;

	if (!domain->data_center.id)
		return vdc_err_set(err, -EINVAL,
				   "storage domain %s is attached to no data center: no host has a "
				   "part in it",
				   domain->name);
	part = part_of(request, domain->data_center.id);
	add(part->domains, &part->n_domains, domain->id);
	return 0;
}

static int add_host(struct request *request, const struct vdc_host *host, struct vdc_err *err)
{
	const struct vdc_cluster *cluster;
	struct vdc_storage_part *part;
	void *found;
	int r = vdc_store_get(vdc_call_db(request->call), &vdc_cluster_kind, host->cluster.id, 0,
			      vdc_call_arena(request->call), &found, err);

	if (r)
		return r;
	cluster = found;
	if (!cluster->data_center.id)
		return vdc_err_set(err, -EINVAL,
				   "host %s is in cluster %s, which is in no data center",
				   host->name, cluster->name);
	if (!vdc_storage_host_counts(host))
		return vdc_err_set(err, -EINVAL,
				   "host %s is %s: only hosts that are up are asked, or "
				   "non_operational for a lack of storage",
				   host->name,
				   vdc_enum_word(&vdc_host_status_values, host->status));
	part = part_of(request, cluster->data_center.id);
	add(part->hosts, &part->n_hosts, host->id);
	return 0;
}

static int add_named(struct request *request, const char *name, struct vdc_err *err)
{
	struct meant meant;
	int r = look_up(request->call, name, &meant, err);

	if (r)
		return r;
	if (meant.kind == &vdc_storage_domain_kind)
		return add_domain(request, meant.object, err);
	if (meant.kind == &vdc_host_kind)
		return add_host(request, meant.object, err);
	request->whole[part_of(request, vdc_object_id(meant.object)) - request->parts] = true;
	return 0;
}

static int take(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		struct vdc_err *err vdc_unused)
{
	const char *id = vdc_object_id(object);

	vdc_buf_add(ctx, &id, sizeof(id));
	return 0;
}

static int add_all(struct request *request, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(request->call);
	vdc_autobuf ids = { 0 };
	int r = vdc_store_each(vdc_call_db(request->call), &vdc_data_center_kind, 0, arena, take,
			       &ids, err);

	request->n = ids.len / sizeof(char *);
	request->parts = vdc_arena_alloc(arena, (request->n + 1) * sizeof(*request->parts));
	for (size_t i = 0; i < request->n; i++)
		request->parts[i].data_center_id = ((const char *const *)(const void *)ids.data)[i];
	return r;
}

int storage_health_parts(struct vdc_call *call, struct vdc_storage_part **ret, size_t *n,
			 struct vdc_err *err)
{
	const char *const *names;
	int operands = vdc_call_operands(call, &names), r = 0;
	struct request request = { .call = call, .room = (size_t)operands + 1 };

	if (!operands) {
		r = add_all(&request, err);
	} else {
		request.parts = vdc_arena_alloc(vdc_call_arena(call),
						request.room * sizeof(*request.parts));
		request.whole = vdc_arena_alloc(vdc_call_arena(call),
						request.room * sizeof(*request.whole));
	}
	for (int i = 0; i < operands && !r; i++)
		r = add_named(&request, names[i], err);
	for (size_t i = 0; operands && i < request.n; i++)
		if (request.whole[i])
			request.parts[i].n_hosts = request.parts[i].n_domains = 0;
	*ret = request.parts;
	*n = request.n;
	return r;
}
