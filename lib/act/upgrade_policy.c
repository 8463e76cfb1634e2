/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/upgrade_policy.h"

#include <errno.h>

#include "act/update.h"
#include "model/host.h"
#include "model/vm.h"
#include "plan/upgrade_check.h"
#include "plan/upgrade_policy.h"
#include "store/events.h"
#include "store/world.h"

static const struct vdc_kind *const kinds[] = { &vdc_cluster_kind, &vdc_host_kind, &vdc_vm_kind,
						NULL };

/* A change that is being decided. */
struct change {
	struct vdc_db *db;
	struct vdc_arena *arena;
	bool owned; /* by the job that upgrades the cluster */
	struct vdc_upgrade_policy *policy;
	struct vdc_cluster *cluster;
};

static int begin(struct vdc_db *db, const struct vdc_job_lease *lease,
		 struct vdc_upgrade_policy *policy, struct vdc_arena *arena, struct change *ret,
		 struct vdc_err *err)
{
	void *found;
	int r = lease ? vdc_job_guard(lease, db, err) : 0;

	if (!r)
		r = vdc_store_get(db, &vdc_cluster_kind, policy->cluster, 0, arena, &found, err);
	if (r)
		return r;
	policy->is = found;
	policy->against = (struct vdc_findings){ .arena = arena };
	policy->changed = false;
	*ret = (struct change){
		.db = db,
		.arena = arena,
		.owned = lease,
		.policy = policy,
		.cluster = found,
	};
	return 0;
}

static char *text(const struct change *change, const char *constant)
{
	return vdc_arena_strdup(change->arena, constant);
}

static int write_cluster(struct change *change, struct vdc_cluster *after, struct vdc_err *err)
{
	int r = vdc_update(change->db, &vdc_cluster_kind, change->cluster, after, change->arena,
			   &change->policy->changed, err);

	if (!r)
		change->policy->is = after;
	return r;
}

/* NAME in place of the cluster's own, which is kept. What an upgrade kept before stays so; what is
 * kept of a policy that somebody changed by hand since is of no use. */
static int put(struct change *change, const char *name, struct vdc_err *err)
{
	struct vdc_cluster *after =
		vdc_object_copy(&vdc_cluster_kind, change->cluster, change->arena);

	if (!vdc_policy_is_maintenance(after) || !after->saved_scheduling_policy) {
		after->saved_scheduling_policy = after->scheduling_policy;
		after->saved_scheduling_properties = after->scheduling_properties;
	}
	after->scheduling_policy = text(change, name);
	after->scheduling_properties = NULL;
	return write_cluster(change, after, err);
}

static int refuse_upgrading(const struct change *change, const char *or_else, struct vdc_err *err)
{
	return vdc_err_set(err, -EPERM,
			   "an upgrade of cluster %s is under way: finish or abort it first%s",
			   change->cluster->name, or_else);
}

static int refuse_findings(const struct change *change, const char *what, struct vdc_err *err)
{
	size_t n = change->policy->against.n;

	return vdc_err_set(err, -EPERM, "cluster %s cannot %s yet: %zu finding%s",
			   change->cluster->name, what, n, n == 1 ? "" : "s");
}

static int read_world(struct change *change, struct vdc_world **ret, struct vdc_err *err)
{
	*ret = vdc_world_new(change->arena);
	return vdc_store_world(change->db, kinds, NULL, *ret, err);
}

static int may_set(struct change *change, struct vdc_err *err)
{
	const struct vdc_cluster *cluster = change->cluster;
	struct vdc_world *world;
	int r;

	if (!change->owned &&
	    (vdc_policy_is_maintenance(cluster) || vdc_is_true(cluster->upgrade_in_progress)))
		return refuse_upgrading(change, "", err);
	r = read_world(change, &world, err);
	if (r)
		return r;
	vdc_plan_upgrade_policy_check(world, cluster, &change->policy->against);
	return change->policy->against.n ? refuse_findings(change, "get the policy", err) : 0;
}

int vdc_upgrade_policy_set(struct vdc_db *db, const struct vdc_job_lease *lease,
			   struct vdc_upgrade_policy *policy, struct vdc_arena *arena,
			   struct vdc_err *err)
{
	struct change change;
	int r = begin(db, lease, policy, arena, &change, err);

	if (r || vdc_policy_is_upgrade(change.cluster))
		return r;
	r = may_set(&change, err);
	if (!r)
		r = put(&change, VDC_POLICY_IN_CLUSTER_UPGRADE, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "upgrade_policy_set", &vdc_cluster_kind,
				  policy->is, err,
				  "cluster %s got the in-cluster upgrade policy in place of %s",
				  policy->is->name, change.cluster->scheduling_policy);
}

int vdc_upgrade_policy_maintain(struct vdc_db *db, const struct vdc_job_lease *lease,
				struct vdc_upgrade_policy *policy, struct vdc_arena *arena,
				struct vdc_err *err)
{
	struct change change;
	int r = begin(db, lease, policy, arena, &change, err);

	if (r || vdc_policy_is_upgrade(change.cluster) || vdc_policy_is_maintenance(change.cluster))
		return r;
	if (!change.owned && vdc_is_true(change.cluster->upgrade_in_progress))
		return refuse_upgrading(&change, "", err);
	r = put(&change, VDC_POLICY_CLUSTER_MAINTENANCE, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "cluster_maintenance_set",
				  &vdc_cluster_kind, policy->is, err,
				  "cluster %s got the policy cluster_maintenance in place of %s",
				  policy->is->name, change.cluster->scheduling_policy);
}

static int may_restore(struct change *change, struct vdc_err *err)
{
	const struct vdc_cluster *cluster = change->cluster;
	struct vdc_world *world;
	int r;

	if (change->policy->abandon)
		return 0;
	if (!change->owned && vdc_is_true(cluster->upgrade_in_progress))
		return refuse_upgrading(change, ", or give --abandon", err);
	if (!vdc_policy_is_upgrade(cluster))
		return 0;
	r = read_world(change, &world, err);
	if (r)
		return r;
	vdc_plan_upgrade_policy_done(world, cluster, &change->policy->against);
	return change->policy->against.n
		       ? refuse_findings(change, "leave the policy without --abandon", err)
		       : 0;
}

static int note_restored(const struct change *change, struct vdc_err *err)
{
	const struct vdc_cluster *is = change->policy->is;

	if (!vdc_policy_is_upgrade(change->cluster))
		return vdc_event_note(change->db, VDC_SEVERITY_NORMAL, "cluster_maintenance_reset",
				      &vdc_cluster_kind, is, err,
				      "cluster %s left the policy cluster_maintenance and has %s "
				      "again",
				      is->name, is->scheduling_policy);
	return vdc_event_note(
		change->db, change->policy->abandon ? VDC_SEVERITY_WARNING : VDC_SEVERITY_NORMAL,
		change->policy->abandon ? "upgrade_policy_abandoned" : "upgrade_policy_reset",
		&vdc_cluster_kind, is, err,
		"cluster %s left the in-cluster upgrade policy%s and has %s again", is->name,
		change->policy->abandon ? ", unfinished or not," : "", is->scheduling_policy);
}

int vdc_upgrade_policy_restore(struct vdc_db *db, const struct vdc_job_lease *lease,
			       struct vdc_upgrade_policy *policy, struct vdc_arena *arena,
			       struct vdc_err *err)
{
	struct change change;
	struct vdc_cluster *after;
	int r = begin(db, lease, policy, arena, &change, err);

	if (r ||
	    !(vdc_policy_is_upgrade(change.cluster) || (vdc_policy_is_maintenance(change.cluster) &&
							change.cluster->saved_scheduling_policy)))
		return r;
	r = may_restore(&change, err);
	if (r)
		return r;
	after = vdc_object_copy(&vdc_cluster_kind, change.cluster, arena);
	after->scheduling_policy = after->saved_scheduling_policy ?: text(&change, "none");
	after->scheduling_properties = after->saved_scheduling_properties;
	after->saved_scheduling_policy = NULL;
	after->saved_scheduling_properties = NULL;
	r = write_cluster(&change, after, err);
	return r ? r : note_restored(&change, err);
}
