/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade policy show, set, reset: the in-cluster upgrade policy */
#include <errno.h>
#include <stdio.h>

#include "cli/findings.h"
#include "cli/list.h"
#include "cluster_upgrade.h"
#include "plan/upgrade_check.h"
#include "plan/upgrade_policy.h"
#include "plan/upgrade_units.h"
#include "store/events.h"
#include "store/world.h"

static const struct vdc_kind *const kinds[] = { &vdc_cluster_kind, &vdc_host_kind, &vdc_vm_kind,
						NULL };

struct policy_change {
	struct vdc_call *call;
	const char *name; /* operand */
	/* Decides and writes; leaves DONE NULL when there is nothing to do. */
	int (*apply)(struct vdc_db *db, struct policy_change *change, struct vdc_err *err);
	struct vdc_world *world;
	struct vdc_cluster *cluster;
	struct vdc_findings findings; /* what stands against it */
	const char *done;
};

static const char *operand(struct vdc_call *call)
{
	const char *const *words;

	vdc_call_operands(call, &words);
	return words[0];
}

static void say_policy(const struct vdc_cluster *cluster)
{
	bool upgrade = vdc_policy_is_upgrade(cluster);

	printf("cluster %s has the policy %s", cluster->name, cluster->scheduling_policy);
	if (upgrade)
		printf(" (" VDC_POLICY_IN_CLUSTER_UPGRADE_ID "); before it had %s",
		       cluster->saved_scheduling_policy ? cluster->saved_scheduling_policy
							: "one that nobody noted");
	putchar('\n');
}

int cluster_upgrade_policy_show(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_list *list;
	void *found;
	int r = vdc_store_get(vdc_call_db(call), &vdc_cluster_kind, operand(call), 0,
			      vdc_call_arena(call), &found, err);

	if (!r)
		r = vdc_list_new(call, &vdc_policy_unit_kind, &list, err);
	if (r)
		return r;
	if (vdc_call_output(call) == VDC_OUTPUT_TABLE && !vdc_given(call, "noheadings"))
		say_policy(found);
	for (const struct vdc_upgrade_unit *unit = vdc_upgrade_units; unit->name && !r; unit++) {
		const struct vdc_policy_unit is = vdc_upgrade_unit_in(unit, found);

		r = vdc_list_add(list, &is, err);
	}
	return r ? r : vdc_list_end(list, err);
}

/* One field of the cluster, also its absence. */
static int put_text(struct vdc_db *db, struct vdc_cluster *cluster, const char *field, char *value,
		    struct vdc_err *err)
{
	const struct vdc_field *f = vdc_kind_field(&vdc_cluster_kind, field);

	*vdc_text_of(f, cluster) = value;
	return vdc_store_set(db, &vdc_cluster_kind, cluster->id, f, cluster, err);
}

struct texts {
	char *policy, *properties, *saved_policy, *saved_properties;
};

static int put_all(struct vdc_db *db, struct vdc_cluster *cluster, const struct texts *texts,
		   struct vdc_err *err)
{
	int r = put_text(db, cluster, "scheduling_policy", texts->policy, err);

	if (!r)
		r = put_text(db, cluster, "scheduling_properties", texts->properties, err);
	if (!r)
		r = put_text(db, cluster, "saved_scheduling_policy", texts->saved_policy, err);
	if (!r)
		r = put_text(db, cluster, "saved_scheduling_properties", texts->saved_properties,
			     err);
	return r;
}

static int refuse(const struct policy_change *change, const char *what, struct vdc_err *err)
{
	size_t n = change->findings.n;

	return vdc_err_set(err, -EPERM, "cluster %s cannot %s yet: %zu finding%s",
			   change->cluster->name, what, n, n == 1 ? "" : "s");
}

static int set(struct vdc_db *db, struct policy_change *change, struct vdc_err *err)
{
	struct vdc_cluster *cluster = change->cluster;
	const struct texts texts = {
		.policy = vdc_arena_strdup(vdc_world_arena(change->world),
					   VDC_POLICY_IN_CLUSTER_UPGRADE),
		.saved_policy = cluster->scheduling_policy,
		.saved_properties = cluster->scheduling_properties,
	};
	int r;

	if (vdc_policy_is_upgrade(cluster))
		return 0;
	if (vdc_policy_is_maintenance(cluster) || vdc_is_true(cluster->upgrade_in_progress))
		return vdc_err_set(
			err, -EPERM,
			"an upgrade of cluster %s is under way: finish or abort it first",
			cluster->name);
	vdc_plan_upgrade_policy_check(change->world, cluster, &change->findings);
	if (change->findings.n)
		return refuse(change, "get the policy", err);
	r = put_all(db, cluster, &texts, err);
	if (!r)
		r = vdc_event_note(db, VDC_SEVERITY_NORMAL, "upgrade_policy_set", &vdc_cluster_kind,
				   cluster, err,
				   "cluster %s got the in-cluster upgrade policy in place of %s",
				   cluster->name, texts.saved_policy);
	change->done = "set";
	return r;
}

static int may_reset(struct policy_change *change, struct vdc_err *err)
{
	if (vdc_given(change->call, "abandon"))
		return 0;
	if (vdc_is_true(change->cluster->upgrade_in_progress))
		return vdc_err_set(err, -EPERM,
				   "an upgrade of cluster %s is under way: finish or abort it "
				   "first, or give --abandon",
				   change->cluster->name);
	vdc_plan_upgrade_policy_done(change->world, change->cluster, &change->findings);
	return change->findings.n ? refuse(change, "leave the policy without --abandon", err) : 0;
}

static int reset(struct vdc_db *db, struct policy_change *change, struct vdc_err *err)
{
	struct vdc_cluster *cluster = change->cluster;
	bool abandon = vdc_given(change->call, "abandon");
	const struct texts texts = {
		.policy = cluster->saved_scheduling_policy
				  ?: vdc_arena_strdup(vdc_world_arena(change->world), "none"),
		.properties = cluster->saved_scheduling_properties,
	};
	int r;

	if (!vdc_policy_is_upgrade(cluster))
		return 0;
	r = may_reset(change, err);
	if (!r)
		r = put_all(db, cluster, &texts, err);
	if (!r)
		r = vdc_event_note(
			db, abandon ? VDC_SEVERITY_WARNING : VDC_SEVERITY_NORMAL,
			abandon ? "upgrade_policy_abandoned" : "upgrade_policy_reset",
			&vdc_cluster_kind, cluster, err,
			"cluster %s left the in-cluster upgrade policy%s and has %s again",
			cluster->name, abandon ? ", unfinished or not," : "", texts.policy);
	change->done = "reset";
	return r;
}

static int decide(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct policy_change *change = ctx;
	struct vdc_arena *arena = vdc_call_arena(change->call);
	void *found;
	int r = vdc_store_get(db, &vdc_cluster_kind, change->name, 0, arena, &found, err);

	change->world = vdc_world_new(arena);
	change->findings = (struct vdc_findings){ .arena = arena };
	change->done = NULL;
	if (!r)
		r = vdc_store_world(db, kinds, NULL, change->world, err);
	if (r)
		return r;
	change->cluster = found;
	r = change->apply(db, change, err);
	/* A dry run does everything and then takes it back. */
	return !r && vdc_given(change->call, "dry-run") ? -ECANCELED : r;
}

static void report(const struct policy_change *change)
{
	if (vdc_given(change->call, "quiet") || vdc_call_output(change->call) != VDC_OUTPUT_TABLE)
		return;
	if (change->done)
		printf("%s%s the in-cluster upgrade policy of cluster %s\n",
		       vdc_given(change->call, "dry-run") ? "would have " : "", change->done,
		       change->cluster->name);
	say_policy(change->cluster);
}

static int run(struct policy_change *change, struct vdc_err *err)
{
	int r, printed = 0;

	change->name = operand(change->call);
	r = vdc_db_transaction(vdc_call_db(change->call), decide, change, err);
	if (r == -ECANCELED && vdc_given(change->call, "dry-run"))
		r = 0;
	if (change->findings.n)
		printed = vdc_print_findings(change->call, &change->findings, r ? NULL : err);
	if (!r)
		report(change);
	return r ? r : printed;
}

int cluster_upgrade_policy_set(struct vdc_call *call, struct vdc_err *err)
{
	struct policy_change change = { .call = call, .apply = set };

	return run(&change, err);
}

int cluster_upgrade_policy_reset(struct vdc_call *call, struct vdc_err *err)
{
	struct policy_change change = { .call = call, .apply = reset };

	return run(&change, err);
}
