/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of the updates that were found: which may be carried out now and what the others wait
 * for, and whether a cluster's versions go together. The platform of a host goes before the next minor
 * version of its virtualization packages. Pure.
 */
#pragma once

#include "model/cluster.h"
#include "model/cluster_update.h"
#include "model/host.h"
#include "model/update.h"
#include "model/world.h"

/* What the world must hold for all of this; ends with NULL. */
extern const struct vdc_kind *const vdc_update_kinds[];

/* One that is not over: pending, approved, running or failed. */
struct vdc_update_state {
	const struct vdc_update *update;
	const struct vdc_host *host;
	const struct vdc_cluster *cluster;
	const char *waits; /* why it may not be carried out now; NULL: it may */
};

/* By cluster, host and component; returns how many. */
size_t vdc_plan_update_states(const struct vdc_world *world, struct vdc_arena *arena,
			      struct vdc_update_state **ret);

bool vdc_update_is_open(const struct vdc_update *update);

/* CLUSTER's row: supported or not, why, and how many of STATES, those of all clusters, it has. */
struct vdc_cluster_update *vdc_plan_cluster_update(const struct vdc_world *world,
						   const struct vdc_cluster *cluster,
						   const struct vdc_update_state *states, size_t n,
						   struct vdc_arena *arena);
