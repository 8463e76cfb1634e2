/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which levels a host can run, from what it runs: never from what somebody wrote. Every host of a
 * cluster must be able to run its level, whatever its status (oVirt checks only those that are up).
 */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/host.h"
#include "model/world.h"

struct vdc_host_levels {
	vdc_level_set can; /* by what was last seen of it */
	vdc_level_set now; /* what it counts for: CAN, or none while it is down or unknown */
	int newest;	   /* of CAN: index in the family's levels; -1 for none */
	const char *
		reason; /* why NOW is not CAN, or CAN is empty; static or in the arena; else NULL */
};

/* Machine types are long words; hosts that say the same share the work. */
struct vdc_level_judge;
struct vdc_level_judge *vdc_level_judge_new(const struct vdc_level_family *family,
					    struct vdc_arena *arena);
struct vdc_host_levels vdc_plan_host_levels(struct vdc_level_judge *judge,
					    const struct vdc_host *host);

/* Kinds that the world must hold for the functions below; ends with NULL. */
extern const struct vdc_kind *const vdc_level_world_kinds[];

struct vdc_cluster_offer {
	const struct vdc_cluster *cluster;
	const struct vdc_level_family
		*family; /* never NULL: of the cluster, or the one that its hosts show */
	int level;	 /* index of its version, -1: has none, or one that the family lacks */
	vdc_level_set supported; /* `supported_versions`: above LEVEL, and every host runs it */
	vdc_level_set bound; /* all levels that every host runs; all of the family without hosts */
	const struct vdc_host *least; /* the least capable host, NULL without hosts */
	const char
		*reason; /* why SUPPORTED is not more: names hosts; NULL when nothing is missing */
};

struct vdc_data_center_offer {
	const struct vdc_data_center *data_center;
	const struct vdc_level_family *family; /* NULL: its clusters have different ones */
	int level;
	vdc_level_set
		supported; /* above LEVEL, and every cluster is at least there; none without clusters */
	const char *reason;
};

struct vdc_host_state {
	const struct vdc_host *host;
	const struct vdc_level_family *family;
	struct vdc_host_levels levels;
};

struct vdc_level_state { /* all in the order of the world */
	struct vdc_host_state *hosts;
	size_t n_hosts;
	struct vdc_cluster_offer *clusters;
	size_t n_clusters;
	struct vdc_data_center_offer *data_centers;
	size_t n_data_centers;
};

/* A host without cluster is judged by the family that fits it: the first that gives it a level.
 * -EINVAL names a cluster whose family the catalogue lacks. */
int vdc_plan_level_state(const struct vdc_world *world, const struct vdc_catalogue *catalogue,
			 struct vdc_arena *arena, struct vdc_level_state *ret, struct vdc_err *err);
