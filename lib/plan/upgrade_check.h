/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands against the upgrade of a cluster, all of it at once. Errors are blockers. For a change
 * of the operating system's major version, what ovirt-engine asks before it sets its policy of that
 * name (InClusterUpgradeValidator) is asked too. Pure.
 */
#pragma once

#include "model/finding.h"
#include "plan/upgrade_snapshot.h"

/* Every code there is, for the man page and its test; ends with a row without code. */
extern const struct vdc_finding_code vdc_upgrade_codes[];

struct vdc_upgrade_question {
	struct vdc_world *world;		     /* holds vdc_upgrade_check_kinds */
	const struct vdc_upgrade_snapshot *snapshot; /* of that world */
	const struct vdc_catalogue *catalogue;	     /* NULL: levels are not asked about */
	uint64_t qemu;				     /* release that the hosts get; 0: unknown */
	bool os_major;				     /* hosts of two major versions will be mixed */
	bool raise_level;    /* the next level is to follow: what will be in its way? */
	bool images;	     /* hosts lose what is on their disks */
	bool accept_unknown; /* as vdc_place_query has it */
};

/* Kinds that the world must hold; ends with NULL. */
extern const struct vdc_kind *const vdc_upgrade_check_kinds[];

/* FINDINGS' arena holds the texts. A plan is tried for room and reserve. */
void vdc_plan_upgrade_check(const struct vdc_upgrade_question *question,
			    struct vdc_findings *findings);

/* Only what the in-cluster upgrade policy asks before it may be set. */
void vdc_plan_upgrade_policy_check(const struct vdc_world *world, const struct vdc_cluster *cluster,
				   struct vdc_findings *findings);

/* Of one VM of the cluster. */
void vdc_plan_upgrade_policy_check_vm(const struct vdc_vm *vm, struct vdc_findings *findings);

/* What stands against leaving that policy: hosts whose major version is not the newest of their
 * family, or unreadable. */
void vdc_plan_upgrade_policy_done(const struct vdc_world *world, const struct vdc_cluster *cluster,
				  struct vdc_findings *findings);
