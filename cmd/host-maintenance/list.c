/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host-maintenance list */
#include <string.h>

#include "cli/list.h"
#include "cli/named.h"
#include "host_maintenance.h"
#include "model/vm.h"
#include "plan/vm_status.h"
#include "store/store.h"

static int count_there(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		       struct vdc_err *err vdc_unused)
{
	const struct vdc_vm *vm = object;
	struct vdc_host_away *row = ctx;

	row->vms += vdc_vm_is_active(vm->status);
	return 0;
}

static int count_home(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		      struct vdc_err *err vdc_unused)
{
	const struct vdc_vm *vm = object;
	struct vdc_host_away *row = ctx;

	if (!vdc_vm_is_active(vm->status))
		row->off += vdc_is_true(vm->starts_with_home);
	else if (vm->host.id && strcmp(vm->host.id, row->id) != 0)
		row->away++;
	return 0;
}

int maintenance_row(struct vdc_call *call, const char *host_id, struct vdc_host_away **ret,
		    struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_host_away *row = vdc_object_new(&vdc_host_away_kind, arena);
	const struct vdc_host *host;
	void *found;
	int r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, host_id, 0, arena, &found, err);

	if (r)
		return r;
	host = found;
	row->id = host->id;
	row->host = host->name;
	row->status = host->status;
	row->since = host->status_since;
	row->reason = host->status_detail;
	row->vms = row->off = row->away = 0;
	r = vdc_store_each_of(vdc_call_db(call), &vdc_vm_kind, vdc_kind_field(&vdc_vm_kind, "host"),
			      host->id, 0, NULL, count_there, row, err);
	if (!r)
		r = vdc_store_each_of(vdc_call_db(call), &vdc_vm_kind,
				      vdc_kind_field(&vdc_vm_kind, "home_host"), host->id, 0, NULL,
				      count_home, row, err);
	*ret = row;
	return r;
}

static bool is_away(const struct vdc_host *host)
{
	return host->status == VDC_HOST_MAINTENANCE ||
	       host->status == VDC_HOST_PREPARING_FOR_MAINTENANCE;
}

static int take_away(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		     struct vdc_err *err vdc_unused)
{
	if (is_away(object))
		vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

int host_maintenance_list(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	vdc_autobuf hosts = { 0 };
	const char *const *names;
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_host_away_kind, &list, err);

	if (!r && vdc_call_operands(call, &names))
		r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);
	else if (!r)
		r = vdc_store_each(vdc_call_db(call), &vdc_host_kind, 0, arena, take_away, &hosts,
				   err);
	for (size_t i = 0; i < hosts.len / sizeof(void *) && !r; i++) {
		const struct vdc_host *host = ((void *const *)(const void *)hosts.data)[i];
		struct vdc_host_away *row;

		r = maintenance_row(call, host->id, &row, err);
		if (!r)
			r = vdc_list_add(list, row, err);
	}
	return r ? r : vdc_list_end(list, err);
}
