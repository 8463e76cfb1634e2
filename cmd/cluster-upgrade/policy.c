/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade policy show, set, reset: the in-cluster upgrade policy */
#include <errno.h>
#include <stdio.h>

#include "act/upgrade_policy.h"
#include "cli/findings.h"
#include "cli/list.h"
#include "cluster_upgrade.h"
#include "plan/upgrade_policy.h"
#include "plan/upgrade_units.h"
#include "store/store.h"

struct policy_change {
	struct vdc_call *call;
	vdc_upgrade_policy_fn *apply;
	const char *done; /* for people */
	struct vdc_upgrade_policy policy;
};

static const char *operand(struct vdc_call *call)
{
	const char *const *words;

	vdc_call_operands(call, &words);
	return words[0];
}

static void say_policy(const struct vdc_cluster *cluster, const char *has)
{
	printf("cluster %s %s the policy %s", cluster->name, has, cluster->scheduling_policy);
	if (vdc_policy_is_upgrade(cluster))
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
		say_policy(found, "has");
	for (const struct vdc_upgrade_unit *unit = vdc_upgrade_units; unit->name && !r; unit++) {
		const struct vdc_policy_unit is = vdc_upgrade_unit_in(unit, found);

		r = vdc_list_add(list, &is, err);
	}
	return r ? r : vdc_list_end(list, err);
}

static int decide(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct policy_change *change = ctx;
	int r = change->apply(db, NULL, &change->policy, vdc_call_arena(change->call), err);

	/* A dry run does everything and then takes it back. */
	return !r && vdc_given(change->call, "dry-run") ? -ECANCELED : r;
}

static void report(const struct policy_change *change)
{
	bool dry = vdc_given(change->call, "dry-run");

	if (vdc_given(change->call, "quiet") || vdc_call_output(change->call) != VDC_OUTPUT_TABLE)
		return;
	if (change->policy.changed)
		printf("%s%s of cluster %s\n", dry ? "would have " : "", change->done,
		       change->policy.is->name);
	say_policy(change->policy.is, dry && change->policy.changed ? "would have" : "has");
}

static int run(struct policy_change *change, struct vdc_err *err)
{
	int r, printed = 0;

	change->policy.cluster = operand(change->call);
	r = vdc_db_transaction(vdc_call_db(change->call), decide, change, err);
	if (r == -ECANCELED && vdc_given(change->call, "dry-run"))
		r = 0;
	if (change->policy.against.n)
		printed = vdc_print_findings(change->call, &change->policy.against, r ? NULL : err);
	if (!r)
		report(change);
	return r ? r : printed;
}

int cluster_upgrade_policy_set(struct vdc_call *call, struct vdc_err *err)
{
	struct policy_change change = {
		.call = call,
		.apply = vdc_upgrade_policy_set,
		.done = "set the in-cluster upgrade policy",
	};

	return run(&change, err);
}

int cluster_upgrade_policy_reset(struct vdc_call *call, struct vdc_err *err)
{
	struct policy_change change = {
		.call = call,
		.apply = vdc_upgrade_policy_restore,
		.done = "reset the policy",
		.policy.abandon = vdc_given(call, "abandon"),
	};

	return run(&change, err);
}
