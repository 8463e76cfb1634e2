/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Affinity that does not hold, as after an upgrade which did not respect it: which VMs have to move
 * where, and what cannot be mended.
 *
 * What must be comes before what is only wished, and in each the groups by name. For one rule as few
 * VMs move as it takes: those that belong together meet where most of them are, of those that belong
 * apart one stays on its host. VMs that must be together move together, also for another rule's sake.
 * No move breaks what must be. Pure and deterministic.
 */
#pragma once

#include "model/affinity.h"
#include "plan/placement.h"

struct vdc_affinity_move {
	const struct vdc_vm *vm;
	const struct vdc_host *from, *to;
	const struct vdc_affinity_group *group; /* for whose sake */
};

/* A rule that does not hold after all moves. */
struct vdc_affinity_left {
	const struct vdc_affinity_group *group;
	bool must;	    /* it is no mere wish */
	const char *reason; /* one sentence */
};

struct vdc_affinity_repair {
	const struct vdc_affinity_move *moves; /* in the order in which they may be done */
	size_t n_moves;
	const struct vdc_affinity_left *left;
	size_t n_left;
};

/*
 * For the groups of a cluster; the VMs of PLACEMENT are where they go to afterwards. Nothing is to be
 * done while the cluster has the in-cluster upgrade policy. ACCEPT_UNKNOWN and ANY_LOAD are those of
 * vdc_place_query. RET lives in ARENA.
 */
void vdc_plan_affinity_repair(struct vdc_placement *placement, const char *cluster_id,
			      bool accept_unknown, bool any_load, struct vdc_arena *arena,
			      struct vdc_affinity_repair *ret);

/*
 * How many moves from FIRST on, at least one, may be under way at once: nobody goes where another one
 * of them still has to leave, and nobody goes twice.
 */
size_t vdc_affinity_repair_batch(const struct vdc_affinity_repair *repair, size_t first);
