/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Somebody's word for an update. */
#include <errno.h>
#include <string.h>

#include "act/update.h"
#include "act/updates.h"
#include "base/time.h"
#include "edge/user.h"
#include "plan/update_channel.h"
#include "plan/update_state.h"
#include "store/events.h"

/* What the host is offered in its place; NULL: nothing. */
static const struct vdc_update *newer_one(const struct vdc_world *world,
					  const struct vdc_update *update)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_update_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_update *other = all[i];

		if (other->component == update->component && vdc_update_is_open(other))
			return other;
	}
	return NULL;
}

static int refuse_superseded(const struct vdc_world *world, const struct vdc_host *host,
			     const struct vdc_update *update, struct vdc_err *err)
{
	const struct vdc_update *newer = newer_one(world, update);
	const char *component = vdc_enum_word(&vdc_component_values, update->component);

	if (!newer)
		return vdc_err_set(err, -EPERM, "update %s: host %s is not offered %s %s any more",
				   update->name, host->name, component, update->version);
	return vdc_err_set(err, -EPERM,
			   "update %s was superseded: host %s is offered %s %s now, update %s",
			   update->name, host->name, component, newer->version, newer->name);
}

static int may_approve(const struct vdc_world *world, const struct vdc_host *host,
		       const struct vdc_update *update, struct vdc_err *err)
{
	switch (update->status) {
	case VDC_UPDATE_SUPERSEDED:
		return refuse_superseded(world, host, update, err);
	case VDC_UPDATE_RUNNING:
		return vdc_err_set(err, -EPERM, "update %s is being carried out on host %s",
				   update->name, host->name);
	case VDC_UPDATE_DONE:
		return vdc_err_set(err, -EPERM, "update %s was carried out on host %s already",
				   update->name, host->name);
	default:
		return 0;
	}
}

/* The channel may have changed since. */
static int still_leads_there(const struct vdc_world *world, const struct vdc_cluster *cluster,
			     const struct vdc_update *update, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_world_arena((struct vdc_world *)(uintptr_t)world);
	const struct vdc_channel channel =
		vdc_channel_of(world, cluster->update_channel, update->component, arena);
	int r = vdc_plan_channel_allows(&channel, update->installed, update->version, arena, err);

	return r ? vdc_err_prefix(err, "update %s: ", update->name) : 0;
}

static int put(struct vdc_db *db, const struct vdc_host *host, const struct vdc_update *before,
	       struct vdc_update *after, struct vdc_arena *arena, struct vdc_err *err)
{
	int r;

	after->status = VDC_UPDATE_APPROVED;
	after->approved_by = vdc_arena_strdup(arena, vdc_user_caller());
	after->approved_time = vdc_time_now();
	after->job_id = NULL;
	if (before->status == VDC_UPDATE_FAILED)
		after->message = NULL;
	r = vdc_update(db, &vdc_update_kind, before, after, arena, NULL, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "update_approved", &vdc_update_kind,
				  after, err, "%s %s for host %s was approved (update %s)",
				  vdc_enum_word(&vdc_component_values, after->component),
				  after->version, host->name, after->name);
}

int vdc_update_approve(struct vdc_db *db, const char *id_or_name, struct vdc_arena *arena,
		       struct vdc_update **ret, bool *changed, struct vdc_err *err)
{
	struct vdc_world *world = vdc_world_new(arena);
	const struct vdc_update *before;
	struct vdc_cluster *cluster;
	struct vdc_host *host;
	struct vdc_update *after;
	void *found;
	int r = vdc_store_get(db, &vdc_update_kind, id_or_name, VDC_WITH_LONG | VDC_WITH_NAMES,
			      arena, &found, err);

	if (r)
		return r;
	before = found;
	r = vdc_updates_world(db, before->host.id, world, &host, &cluster, err);
	if (!r)
		r = may_approve(world, host, before, err);
	if (!r)
		r = still_leads_there(world, cluster, before, err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_update_kind, before, arena);
	*changed = before->status != VDC_UPDATE_APPROVED;
	if (*changed)
		r = put(db, host, before, after, arena, err);
	if (!r)
		*ret = after;
	return r;
}
