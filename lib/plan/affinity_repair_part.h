/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/affinity_repair*.c. */
#pragma once

#include "base/buf.h"
#include "plan/affinity_repair.h"
#include "plan/placement_part.h"

/* VMs that run and move together: they must be on one host. Valid until the next one is asked for. */
struct affinity_clump {
	size_t *vms; /* indices */
	size_t n;
};

struct affinity_repair {
	struct vdc_placement *placement;
	const struct place_cluster *cluster;
	bool accept_unknown, any_load;
	struct vdc_arena *arena;
	const struct place_group *group; /* whose turn it is */
	size_t *scratch;		 /* of the clump */
	bool *in_clump;			 /* per VM, while one is gathered */
	struct vdc_buf moves, left;
};

/* May the clump be on HOST, as far as the rule of the group whose turn it is is concerned? */
typedef bool affinity_allows_fn(const struct affinity_repair *r, const struct affinity_clump *clump,
				ptrdiff_t host);

struct affinity_clump affinity_clump_of(struct affinity_repair *r, size_t vm);
struct affinity_clump affinity_clump_of_group(struct affinity_repair *r);

/* Moves the clump to where the fewest of it have to move, of the hosts that the rule allows and that
 * can take them all. False, and nothing is moved: there is none. */
bool affinity_settle(struct affinity_repair *r, const struct affinity_clump *clump,
		     affinity_allows_fn *allows);
