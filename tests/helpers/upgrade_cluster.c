/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upgrade_cluster.h"

static const int64_t HOST_MEMORY = INT64_C(256) << 30;

uint64_t next_random(uint64_t *seed) /* xorshift64 */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Sizes 1 : 2 : 3 : 4 in turn, so that together they fill PERCENT of the host. */
static int64_t vm_memory(const struct cluster_shape *shape, uint32_t v, uint64_t *seed)
{
	int64_t unit = HOST_MEMORY / 100 * shape->percent * 2 / 5 / shape->vms_per_host;
	uint32_t size = 1 + (shape->seed ? (uint32_t)(next_random(seed) % 4) : v % 4);

	return unit * size;
}

struct made_cluster make_cluster(const struct cluster_shape *shape, struct vdc_arena *arena)
{
	uint32_t n_vms = shape->hosts * shape->vms_per_host;
	uint64_t seed = shape->seed;
	struct made_cluster made = {
		.hosts = vdc_arena_alloc(arena, sizeof(*made.hosts) * shape->hosts),
		.vms = vdc_arena_alloc(arena, sizeof(*made.vms) * (n_vms + 1)),
	};

	for (uint32_t h = 0; h < shape->hosts; h++)
		made.hosts[h] = (struct vdc_upgrade_host){
			.name = vdc_arena_format(arena, "h%u", h + 1),
			.memory = HOST_MEMORY,
			.slots = 2,
			.selected = true,
			.spm = h == 0,
		};
	for (uint32_t v = 0; v < n_vms; v++)
		made.vms[v] = (struct vdc_upgrade_vm){
			.name = vdc_arena_format(arena, "vm%u", v + 1),
			.host = v / shape->vms_per_host,
			.drain = VDC_DRAIN_MOVE,
			.memory = vm_memory(shape, v, &seed),
			.cpu = v * 37 % 1000,
		};
	made.in = (struct vdc_upgrade_input){
		.hosts = made.hosts,
		.n_hosts = shape->hosts,
		.vms = made.vms,
		.n_vms = n_vms,
		.max_away = shape->hosts < 10 ? 1 : shape->hosts / 10,
		.ceiling = 90,
		.ha_reserve = 1,
		.bandwidth = INT64_C(52) << 20,
		.host_time = INT64_C(600000000),
		.stop_time = INT64_C(60000000),
	};
	return made;
}
