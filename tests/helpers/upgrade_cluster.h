/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made-up clusters to plan the upgrade of: equal hosts, VMs of four sizes, as full as asked for. */
#pragma once

#include "plan/upgrade_plan.h"

struct cluster_shape {
	uint32_t hosts, vms_per_host;
	unsigned percent; /* of memory in use */
	uint64_t seed;	  /* 0: every host alike */
};

/* Room for changes: the arrays of the input are the caller's to edit. */
struct made_cluster {
	struct vdc_upgrade_input in;
	struct vdc_upgrade_host *hosts;
	struct vdc_upgrade_vm *vms;
};

struct made_cluster make_cluster(const struct cluster_shape *shape, struct vdc_arena *arena);
uint64_t next_random(uint64_t *seed);
