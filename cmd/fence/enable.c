/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fence enable, fence disable: power management of hosts, fencing in clusters */
#include <errno.h>
#include <string.h>

#include "cli/change.h"
#include "fence.h"
#include "model/cluster.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "store/events.h"
#include "store/store.h"

struct switching {
	const char *const *names;
	int n;
	bool on;
};

static int set_bool(struct vdc_db *db, const struct vdc_kind *kind, const char *field, void *object,
		    bool on, struct vdc_err *err)
{
	const struct vdc_field *f = vdc_kind_field(kind, field);

	*vdc_int_of(f, object) = on;
	return vdc_store_set(db, kind, vdc_object_id(object), f, object, err);
}

int fence_switch_host(struct vdc_db *db, struct vdc_change *change, struct vdc_host *host, bool on,
		      struct vdc_err *err)
{
	const char *done = on ? "enabled" : "disabled";
	int r;

	if (vdc_is_true(host->pm_enabled) == on)
		return 0;
	r = set_bool(db, &vdc_host_kind, "pm_enabled", host, on, err);
	if (r)
		return r;
	vdc_change_say(change, done, "power management of host %s", host->name);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL,
			      on ? "power_management_enabled" : "power_management_disabled",
			      &vdc_host_kind, host, err, "Host %s: power management was %s",
			      host->name, done);
}

static int switch_cluster(struct vdc_db *db, struct vdc_change *change, struct vdc_cluster *cluster,
			  bool on, struct vdc_err *err)
{
	const char *done = on ? "enabled" : "disabled";
	int r;

	if (vdc_is_true(cluster->fencing_enabled) == on)
		return 0;
	r = set_bool(db, &vdc_cluster_kind, "fencing_enabled", cluster, on, err);
	if (r)
		return r;
	vdc_change_say(change, done, "fencing in cluster %s", cluster->name);
	return vdc_event_note(db, on ? VDC_SEVERITY_NORMAL : VDC_SEVERITY_WARNING,
			      on ? "fencing_enabled" : "fencing_disabled", &vdc_cluster_kind,
			      cluster, err, "Cluster %s: fencing was %s", cluster->name, done);
}

static int count(void *ctx, const struct vdc_kind *kind vdc_unused, void *object vdc_unused,
		 struct vdc_err *err vdc_unused)
{
	++*(size_t *)ctx;
	return 0;
}

static int check_agents(struct vdc_db *db, const struct vdc_host *host, struct vdc_err *err)
{
	const struct vdc_field *of = vdc_kind_field(&vdc_fence_agent_kind, "host");
	size_t n = 0;
	int r = vdc_store_each_of(db, &vdc_fence_agent_kind, of, host->id, 0, NULL, count, &n, err);

	if (!r && !n)
		return vdc_err_set(err, -EPERM,
				   "host %s has no fence agent; 'fence configure %s' gives it one",
				   host->name, host->name);
	return r;
}

/* A name can be a cluster's or a host's. */
static int switch_one(struct vdc_db *db, struct vdc_change *change, const char *name, bool on,
		      struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(change->call);
	void *cluster = NULL, *host = NULL;
	int r = vdc_store_get(db, &vdc_cluster_kind, name, 0, arena, &cluster, err), r2;

	if (r && r != -ENOENT)
		return r;
	r2 = vdc_store_get(db, &vdc_host_kind, name, 0, arena, &host, r ? err : NULL);
	if (r2 && r2 != -ENOENT)
		return r2;
	if (r && r2)
		return vdc_err_set(err, -ENOENT, "there is no host and no cluster '%.60s'", name);
	if (!r && !r2)
		return vdc_err_set(
			err, -EINVAL,
			"there is a cluster '%s' and a host of that name: give the id of "
			"the one that is meant",
			name);
	if (!r)
		return switch_cluster(db, change, cluster, on, err);
	r = on ? check_agents(db, host, err) : 0;
	return r ? r : fence_switch_host(db, change, host, on, err);
}

static int switch_all(struct vdc_db *db, struct vdc_change *change, struct vdc_err *err)
{
	const struct switching *switching = change->ctx;
	int r = 0;

	for (int i = 0; i < switching->n && !r; i++)
		r = switch_one(db, change, switching->names[i], switching->on, err);
	return r;
}

int fence_enable(struct vdc_call *call, struct vdc_err *err)
{
	struct switching switching = { .on = strcmp(vdc_call_verb(call)->name, "enable") == 0 };
	struct vdc_change change = { .call = call, .ctx = &switching, .apply = switch_all };

	switching.n = vdc_call_operands(call, &switching.names);
	return vdc_change_run(&change, err);
}
