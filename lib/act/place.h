/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The world of a placement, read from the database as one snapshot. */
#pragma once

#include "base/buf.h"
#include "edge/db.h"
#include "plan/placement.h"

/* All that a placement needs, as it is at one moment; long fields only of hosts: nobody plans with
 * the XML of a hundred thousand VMs in memory. */
struct vdc_scene {
	struct vdc_arena *arena;
	struct vdc_world *world;
	struct vdc_placement *placement;
	const struct vdc_catalogue *catalogue; /* NULL: it cannot be read */
	struct vdc_map *cpu; /* VM's id -> thousandths of a CPU that it used lately, plus one */
	int64_t read;	     /* monotonic: when */
};

int vdc_scene_open(struct vdc_db *db, struct vdc_scene *ret, struct vdc_err *err);
void vdc_scene_close(struct vdc_scene *scene); /* one that was never opened is fine, if zeroed */

/* What was measured lately of the hosts of WORLD, struct vdc_load_sample each, into SAMPLES; NOW is
 * the wall clock. In a transaction or a snapshot. */
int vdc_scene_samples(struct vdc_db *db, const struct vdc_world *world, int64_t now,
		      struct vdc_buf *samples, struct vdc_err *err);

/* What a VM used lately, thousandths of a CPU; INT64_MAX: nobody measured it. */
int64_t vdc_scene_cpu(const struct vdc_scene *scene, const char *vm_id);
