/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of the power of hosts: rows and exit codes. */
#include <errno.h>

#include "base/log.h"
#include "cli/list.h"
#include "model/host_power.h"
#include "power.h"
#include "store/store.h"

struct vdc_fence_wish *fence_power_wishes(struct vdc_call *call, const struct fence_power *what)
{
	struct vdc_fence_wish *wishes =
		vdc_arena_alloc(vdc_call_arena(call), (what->n + 1) * sizeof(*wishes));

	for (size_t i = 0; i < what->n; i++) {
		wishes[i].host_id = what->hosts[i]->id;
		wishes[i].action = what->action;
		wishes[i].frees_leases = true;
		wishes[i].number = 1 + (int64_t)i * VDC_FENCE_NUMBERS;
	}
	return wishes;
}

enum vdc_exit fence_power_code(struct vdc_call *call, const struct vdc_fence_wish *wishes, size_t n)
{
	enum vdc_exit *codes = vdc_arena_alloc(vdc_call_arena(call), (n + 1) * sizeof(*codes));

	/* What was fenced a moment ago is what was asked for. */
	for (size_t i = 0; i < n; i++)
		codes[i] = wishes[i].code == -EALREADY ? VDC_EXIT_OK : vdc_exit_of(wishes[i].code);
	return vdc_work_exit(codes, n);
}

static int add_row(struct vdc_call *call, struct vdc_list *list, const struct vdc_fence_wish *wish,
		   const char *job, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_host_power *row = vdc_object_new(&vdc_host_power_kind, arena);
	const struct vdc_host *host;
	void *found;
	int r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, wish->host_id, 0, arena, &found,
			      err);

	if (r)
		return r;
	host = found;
	row->id = host->id;
	row->host = host->name;
	row->action = wish->action;
	row->result = wish->result;
	row->power = wish->power;
	row->status = host->status;
	row->ha_vms = wish->ha_vms;
	row->evidence = vdc_arena_strdup(arena, wish->evidence);
	row->reason = vdc_arena_strdup(arena, wish->reason);
	row->job = vdc_arena_strdup(arena, job);
	return vdc_list_add(list, row, err);
}

int fence_power_print(struct vdc_call *call, const struct vdc_fence_wish *wishes, size_t n,
		      const char *job, struct vdc_err *err)
{
	struct vdc_list *list;
	int r;

	for (size_t i = 0; i < n; i++)
		if (wishes[i].complaint)
			vdc_log(VDC_LOG_WARNING, "%s", wishes[i].complaint);
	if (vdc_given(call, "quiet") && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		return 0;
	r = vdc_list_new(call, &vdc_host_power_kind, &list, err);
	for (size_t i = 0; i < n && !r; i++)
		r = add_row(call, list, &wishes[i], job, err);
	return r ? r : vdc_list_end(list, err);
}
