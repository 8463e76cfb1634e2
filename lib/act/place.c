/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/place.h"

#include <string.h>

#include "base/map.h"
#include "base/setting.h"
#include "base/time.h"
#include "doc/catalogue.h"
#include "store/load.h"
#include "store/world.h"

/* Long enough for "over-loaded for five minutes" and what a site may make of it. */
#define LOADS (30 * 60 * VDC_SECOND)

struct reading {
	struct vdc_arena *arena;
	struct vdc_world *world;
	struct vdc_scene *scene;
	struct vdc_buf samples;
	int64_t now;
};

struct sampling {
	const struct vdc_world *world;
	struct vdc_buf *samples;
};

static int add_sample(void *ctx, const char *id, int64_t time, int64_t cpu,
		      struct vdc_err *err vdc_unused)
{
	struct sampling *sampling = ctx;
	const struct vdc_host *host = vdc_world_find(sampling->world, &vdc_host_kind, id);
	struct vdc_load_sample sample = { .time = time, .cpu = cpu };

	if (host) {
		sample.host_id = host->id;
		vdc_buf_add(sampling->samples, &sample, sizeof(sample));
	}
	return 0;
}

int vdc_scene_samples(struct vdc_db *db, const struct vdc_world *world, int64_t now,
		      struct vdc_buf *samples, struct vdc_err *err)
{
	struct sampling sampling = { world, samples };

	vdc_buf_clear(samples);
	return vdc_store_host_loads(db, now - LOADS, add_sample, &sampling, err);
}

/* They come in the order of time: the last one stays. */
static int add_vm_sample(void *ctx, const char *id, int64_t time vdc_unused, int64_t cpu,
			 struct vdc_err *err vdc_unused)
{
	struct reading *reading = ctx;

	*vdc_map_add(reading->scene->cpu, id, strlen(id)) = (uint64_t)(cpu < 0 ? 0 : cpu) + 1;
	return 0;
}

static int read_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct reading *reading = ctx;
	int r;

	reading->world = vdc_world_new(reading->arena);
	r = vdc_store_world(db, vdc_placement_kinds, &vdc_host_kind, reading->world, err);
	if (!r)
		r = vdc_store_world(db, vdc_placement_reach_kinds, NULL, reading->world, err);
	if (!r && vdc_placement_wants_disks(reading->world, reading->now,
					    vdc_setting_number(VDC_SETTING_STORAGE_REACH_AGE)))
		r = vdc_store_world(db, vdc_placement_disk_kinds, NULL, reading->world, err);
	if (!r)
		r = vdc_scene_samples(db, reading->world, reading->now, &reading->samples, err);
	if (!r)
		r = vdc_store_vm_loads(db, reading->now - LOADS, add_vm_sample, reading, err);
	return r;
}

int vdc_scene_open(struct vdc_db *db, struct vdc_scene *ret, struct vdc_err *err)
{
	struct vdc_scene scene = {
		.arena = vdc_arena_new(),
		.cpu = vdc_map_new(),
		.read = vdc_time_monotonic(),
	};
	struct reading reading = {
		.arena = scene.arena,
		.scene = &scene,
		.now = vdc_time_now(),
	};
	int r = vdc_db_snapshot(db, read_all, &reading, err);

	/* Without it nothing crosses clusters: that is when somebody is told. */
	if (!r && vdc_catalogue_read(scene.arena, &scene.catalogue, NULL))
		scene.catalogue = NULL;
	if (!r) {
		const struct vdc_placement_input input = {
			.world = reading.world,
			.catalogue = scene.catalogue,
			.samples = (const void *)reading.samples.data,
			.n_samples = reading.samples.len / sizeof(struct vdc_load_sample),
			.now = reading.now,
			.reach_age = vdc_setting_number(VDC_SETTING_STORAGE_REACH_AGE),
		};

		scene.world = reading.world;
		scene.placement = vdc_placement_new(&input, scene.arena);
		*ret = scene;
	} else {
		vdc_scene_close(&scene);
	}
	vdc_buf_free(&reading.samples);
	return r;
}

void vdc_scene_close(struct vdc_scene *scene)
{
	vdc_placement_free(scene->placement);
	vdc_map_free(scene->cpu);
	vdc_arena_free(scene->arena);
	*scene = (struct vdc_scene){ 0 };
}

int64_t vdc_scene_cpu(const struct vdc_scene *scene, const char *vm_id)
{
	const uint64_t *found = vdc_map_find(scene->cpu, vm_id, strlen(vm_id));

	return found ? (int64_t)(*found - 1) : INT64_MAX;
}
