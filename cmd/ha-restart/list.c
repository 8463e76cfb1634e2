/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ha-restart list */
#include <string.h>

#include "cli/list.h"
#include "cli/named.h"
#include "ha_restart.h"
#include "model/host.h"
#include "store/store.h"

static bool is_known(const struct vdc_buf *ids, const char *id)
{
	for (size_t i = 0; i < ids->len / sizeof(char *); i++)
		if (strcmp(((char *const *)(const void *)ids->data)[i], id) == 0)
			return true;
	return false;
}

static int take_job(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	const struct vdc_job *job = object;

	if (job->action && strcmp(job->action, VDC_HA_ACTION) == 0 && job->object_id &&
	    vdc_job_is_open(job->status) && !is_known(ctx, job->object_id))
		vdc_buf_add(ctx, &job->object_id, sizeof(job->object_id));
	return 0;
}

int ha_restart_hosts(struct vdc_call *call, struct vdc_buf *ids, struct vdc_err *err)
{
	return vdc_store_each(vdc_call_db(call), &vdc_job_kind, 0, vdc_call_arena(call), take_job,
			      ids, err);
}

int ha_restart_list(struct vdc_call *call, struct vdc_err *err)
{
	const struct vdc_ha_options options = ha_restart_options(call);
	vdc_autobuf hosts = { 0 }, ids = { 0 };
	struct vdc_ha_rows rows = { 0 };
	const char *const *names;
	int r;

	if (!vdc_call_operands(call, &names))
		r = ha_restart_hosts(call, &ids, err);
	else
		r = vdc_named_objects(call, &vdc_host_kind, &hosts, err);
	for (size_t i = 0; i < hosts.len / sizeof(void *) && !r; i++)
		vdc_buf_add(&ids, &((struct vdc_host *const *)(const void *)hosts.data)[i]->id,
			    sizeof(char *));
	if (!r)
		r = vdc_ha_preview(vdc_call_db(call), (const void *)ids.data,
				   ids.len / sizeof(char *), false, &options, vdc_call_arena(call),
				   &rows, err);
	return r ? r : ha_restart_print(call, &rows, err);
}
