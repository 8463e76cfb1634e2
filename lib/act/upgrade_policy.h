/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The scheduling policies that a cluster has while it is upgraded, and the way back to its own, which
 * is kept with it meanwhile (saved_scheduling_policy). To set what is set changes nothing, and what
 * is kept is never overwritten: each may be done again after a crash.
 */
#pragma once

#include "model/cluster.h"
#include "model/finding.h"
#include "store/job.h"

struct vdc_upgrade_policy {
	const char *cluster; /* its name or id */
	bool abandon;	     /* back also when hosts still differ or an upgrade is under way */
	/* What came of it, in the arena of the call. */
	struct vdc_cluster *is;	     /* as it is now */
	struct vdc_findings against; /* what a refusal is about, all of it */
	bool changed;
};

/*
 * Must run in a transaction; writes an event with each change. LEASE is that of the job which upgrades
 * the cluster and is guarded; without one (NULL) a cluster that is being upgraded is left alone.
 */
typedef int vdc_upgrade_policy_fn(struct vdc_db *db, const struct vdc_job_lease *lease,
				  struct vdc_upgrade_policy *policy, struct vdc_arena *arena,
				  struct vdc_err *err);

/* The in-cluster upgrade policy. -EPERM: something stands against it (plan/upgrade_check.h). */
vdc_upgrade_policy_fn vdc_upgrade_policy_set;

/* cluster_maintenance; a cluster with the in-cluster upgrade policy keeps that. */
vdc_upgrade_policy_fn vdc_upgrade_policy_maintain;

/*
 * What the cluster had. -EPERM while the in-cluster upgrade policy is needed: hosts of several major
 * versions. A cluster whose maintenance is not an upgrade's, nothing is kept then, stays in it.
 */
vdc_upgrade_policy_fn vdc_upgrade_policy_restore;
