/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a cluster as the planner of its upgrade sees it (plan/upgrade_plan.h). */
#pragma once

#include "model/catalogue.h"
#include "model/world.h"
#include "plan/placement.h"
#include "plan/upgrade_plan.h"

/* What was asked for. */
struct vdc_upgrade_choice {
	const char *cluster_id;
	const char *const *hosts; /* names or ids; none: those that have an update, or ALL */
	size_t n_hosts;
	bool all;		      /* also hosts of which no update is known */
	int64_t max_away;	      /* hosts; VDC_UNSET: AWAY_PERCENT */
	int64_t away_percent;	      /* of the cluster's hosts, rounded down, at least one */
	int64_t ceiling;	      /* percent */
	int64_t ha_reserve;	      /* hosts */
	int64_t host_time, stop_time; /* microseconds */
	uint64_t qemu;		      /* release that the hosts get; 0: unknown */
	bool accept_unknown;	      /* as vdc_place_query has it */
	bool os_major; /* with the in-cluster upgrade policy, which ignores affinity */
	/* What was measured, as vdc_placement_input has it; the plan does without. */
	const struct vdc_load_sample *samples;
	size_t n_samples;
	int64_t now;
};

extern const struct vdc_upgrade_choice vdc_upgrade_choice_default;

/* A VM that is in the way of the drain of its host. */
struct vdc_upgrade_blocker {
	const struct vdc_vm *vm;
	const struct vdc_host *host;
	const char *reason;
};

struct vdc_upgrade_snapshot {
	const struct vdc_cluster *cluster;
	struct vdc_upgrade_input input;
	const struct vdc_host **hosts; /* as numbered in the input */
	const struct vdc_vm **vms;
	struct vdc_upgrade_blocker *blockers; /* in the input their VMs are shut down */
	size_t n_blockers;
	const bool *loses_machine;	 /* per VM: the new release lacks its machine type */
	struct vdc_placement *placement; /* of the same world, for whom it serves */
	/*
	 * Says whether the cluster is still as it was: hosts, their status, versions and memory, what
	 * runs where and how large it is. 16 hexadecimal digits.
	 */
	const char *fingerprint;
};

/* The world must hold vdc_placement_kinds. RET lives in ARENA, but for what
 * vdc_upgrade_snapshot_free frees. -ENOENT: no such cluster or host. */
int vdc_upgrade_snapshot(struct vdc_world *world, const struct vdc_catalogue *catalogue,
			 const struct vdc_upgrade_choice *choice, struct vdc_arena *arena,
			 struct vdc_upgrade_snapshot *ret, struct vdc_err *err);
/* The groups of its input, from its placement; none while the cluster's policy goes over them. */
void vdc_upgrade_snapshot_groups(struct vdc_upgrade_snapshot *snapshot, struct vdc_arena *arena);
void vdc_upgrade_snapshot_free(struct vdc_upgrade_snapshot *snapshot);

/* Its fingerprint, in ARENA; vdc_upgrade_snapshot sets it. */
const char *vdc_upgrade_fingerprint(const struct vdc_upgrade_snapshot *snapshot,
				    struct vdc_arena *arena);
