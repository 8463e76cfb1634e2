/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cluster that nothing is wrong with, for tests of plans to spoil: three hosts, four VMs. */
#pragma once

#include "model/cluster.h"
#include "model/host.h"
#include "model/vm.h"
#include "model/world.h"

#define GIB (INT64_C(1) << 30)

struct small_world {
	struct vdc_world *world;
	struct vdc_cluster *cluster; /* c1 */
	struct vdc_host *hosts[3];   /* h1 h2 h3: 100 GiB each */
	struct vdc_vm *vms[4];	     /* a b c d: 20 GiB each, on h1 h2 h3 h1 */
};

struct small_world small_world_new(struct vdc_arena *arena);
