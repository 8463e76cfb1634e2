/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence history */
#include <string.h>

#include "cli/list.h"
#include "cli/named.h"
#include "fence.h"
#include "model/fence_record.h"
#include "model/host.h"
#include "store/store.h"

struct showing {
	struct vdc_list *list;
	const struct vdc_host *const *hosts;
	size_t n; /* 0: all hosts */
};

static int show(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		struct vdc_err *err)
{
	const struct showing *showing = ctx;
	const struct vdc_fence_record *record = object;

	for (size_t i = 0; i < showing->n; i++)
		if (strcmp(showing->hosts[i]->id, record->host.id) == 0)
			return vdc_list_add(showing->list, record, err);
	return showing->n ? 0 : vdc_list_add(showing->list, record, err);
}

int fence_history(struct vdc_call *call, struct vdc_err *err)
{
	const struct vdc_field *time = vdc_kind_field(&vdc_fence_record_kind, "start_time");
	vdc_autobuf hosts = { 0 };
	struct showing showing = { 0 };
	const char *const *names;
	int r = vdc_list_new(call, &vdc_fence_record_kind, &showing.list, err);

	if (!r && vdc_call_operands(call, &names))
		r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);
	if (r)
		return r;
	showing.hosts = (const void *)hosts.data;
	showing.n = hosts.len / sizeof(void *);
	r = vdc_store_each_in(vdc_call_db(call), &vdc_fence_record_kind, time, 0, INT64_MAX,
			      vdc_list_store_flags(showing.list), NULL, show, &showing, err);
	return r ? r : vdc_list_end(showing.list, err);
}
