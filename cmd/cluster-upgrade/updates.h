/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `updates` and what it starts share. */
#pragma once

#include "cli/command.h"
#include "plan/update_state.h"

/* The clusters that were asked for, and their updates, as they are now. In the call's arena. */
struct updates_scene {
	struct vdc_call *call;
	struct vdc_arena *arena;
	const char *cluster_id; /* NULL: all */
	unsigned store_flags;	/* that the updates are read with */
	struct vdc_world *world;
	struct vdc_update_state *states; /* of all clusters */
	size_t n_states;
};

bool cluster_upgrade_asked(const struct updates_scene *scene, const struct vdc_cluster *cluster);

/* Looks at the hosts. 0, or an exit code when some or all could not be looked at. */
int cluster_upgrade_look(const struct updates_scene *scene, struct vdc_err *err);

/* Begins an upgrade in each cluster that has updates which may go. 0, or VDC_EXIT_FINDINGS when one of
 * them could not begin; why is said. */
int cluster_upgrade_start_all(const struct updates_scene *scene);

/*
 * `cluster-upgrade run CLUSTER --background`, with this very program. Only of the updates that may go:
 * hosts that have others are left out. What it answered is printed.
 */
int cluster_upgrade_start(const struct updates_scene *scene, const struct vdc_cluster *cluster,
			  struct vdc_err *err);
