/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The world prepared: what is known of each host and VM, and what they take up. */
#include <stdlib.h>
#include <string.h>

#include "model/host_network.h"
#include "model/network.h"
#include "model/vm_nic.h"
#include "plan/placement_part.h"
#include "plan/vm_status.h"

const struct vdc_kind *const vdc_placement_kinds[] = {
	&vdc_cluster_kind,	  &vdc_host_kind,
	&vdc_network_kind,	  &vdc_vm_kind,
	&vdc_host_network_kind,	  &vdc_vm_nic_kind,
	&vdc_affinity_group_kind, &vdc_affinity_vm_kind,
	&vdc_affinity_host_kind,  NULL,
};

static uint64_t *slot(const struct vdc_placement *placement, char kind, const char *id, bool add)
{
	char key[64] = { kind };
	size_t len = strlen(id), n = 1 + (len < sizeof(key) - 1 ? len : sizeof(key) - 1);

	memcpy(key + 1, id, n - 1);
	return add ? vdc_map_add(placement->by_id, key, n) : vdc_map_find(placement->by_id, key, n);
}

static void *at(const struct vdc_placement *placement, char kind, const char *id, void *items,
		size_t size)
{
	const uint64_t *found = id ? slot(placement, kind, id, false) : NULL;

	return found ? (char *)items + (size_t)(*found - 1) * size : NULL;
}

struct place_cluster *place_cluster_of(const struct vdc_placement *placement, const char *id)
{
	return at(placement, 'c', id, placement->clusters, sizeof(*placement->clusters));
}

struct place_host *place_host_of(const struct vdc_placement *placement, const char *id)
{
	return at(placement, 'h', id, placement->hosts, sizeof(*placement->hosts));
}

struct place_vm *place_vm_of(const struct vdc_placement *placement, const char *id)
{
	return at(placement, 'v', id, placement->vms, sizeof(*placement->vms));
}

const char *place_network_name(const struct vdc_placement *placement, const char *id)
{
	const struct vdc_network *network = vdc_world_find(placement->world, &vdc_network_kind, id);

	return network && network->name ? network->name : id;
}

/* A number among "name=value" lines. */
static int64_t property(const char *lines, const char *name, int64_t least, int64_t otherwise)
{
	size_t len = strlen(name);

	for (const char *line = lines; line && *line;) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, name, len) == 0 && line[len] == '=') {
			long value = strtol(line + len + 1, NULL, 10);

			return value >= least && value <= 100000 ? value : otherwise;
		}
		line = end ? end + 1 : NULL;
	}
	return otherwise;
}

/* What a cluster says of the load of its hosts holds under the policy of an upgrade, too, which has no
 * properties of its own. */
static const char *properties_of(const struct vdc_cluster *cluster)
{
	bool upgraded = vdc_policy_is_upgrade(cluster) || vdc_policy_is_maintenance(cluster);

	return cluster->scheduling_properties
		       ?: (upgraded ? cluster->saved_scheduling_properties : NULL);
}

static void take_clusters(struct vdc_placement *placement, const struct vdc_world *world)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_cluster_kind, &all);

	placement->clusters =
		vdc_arena_alloc(placement->arena, (n + 1) * sizeof(*placement->clusters));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_cluster *cluster = all[i];
		const char *properties = properties_of(cluster);

		placement->clusters[i] = (struct place_cluster){
			.cluster = cluster,
			.upgrade = vdc_policy_is_upgrade(cluster),
			.maintenance = vdc_policy_is_maintenance(cluster),
			.load_percent =
				property(properties, "HighUtilization", 1, VDC_LOAD_PERCENT),
			.load_us = property(properties, "CpuOverCommitDurationMinutes", 0,
					    VDC_LOAD_MINUTES) *
				   60 * INT64_C(1000000),
		};
		*slot(placement, 'c', cluster->id, true) = i + 1;
	}
	placement->n_clusters = n;
}

/* Its samples stand together. */
static struct place_load find_load(const struct vdc_placement_input *input,
				   const struct vdc_map *first, const struct vdc_host *host,
				   const struct place_cluster *cluster)
{
	const uint64_t *found = vdc_map_find(first, host->id, strlen(host->id));
	size_t from = found ? (size_t)(*found - 1) : input->n_samples, to = from;

	while (to < input->n_samples && strcmp(input->samples[to].host_id, host->id) == 0)
		to++;
	return place_load_of(input->samples ? input->samples + from : NULL, to - from, host,
			     cluster, input->now);
}

/* Where the samples of each host begin. */
static struct vdc_map *index_samples(const struct vdc_placement_input *input)
{
	struct vdc_map *first = vdc_map_new();

	for (size_t i = 0; i < input->n_samples; i++) {
		const char *id = input->samples[i].host_id;
		uint64_t *place = vdc_map_add(first, id, strlen(id));

		*place = *place ? *place : i + 1;
	}
	return first;
}

static int64_t cpus_of(const struct vdc_host *host, const struct place_cluster *cluster)
{
	bool threads = !cluster || vdc_is_true(cluster->cluster->threads_as_cores);

	if (host->cpu_count == VDC_UNSET || host->cpu_count <= 0)
		return VDC_UNSET;
	if (threads || host->cpu_threads == VDC_UNSET || host->cpu_threads <= 1)
		return host->cpu_count;
	return host->cpu_count / host->cpu_threads;
}

static void take_hosts(struct vdc_placement *placement, const struct vdc_placement_input *input)
{
	struct vdc_map *first = index_samples(input);
	void *const *all;
	size_t n = vdc_world_all(input->world, &vdc_host_kind, &all);

	placement->hosts = vdc_arena_alloc(placement->arena, (n + 1) * sizeof(*placement->hosts));
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];
		struct place_cluster *cluster = place_cluster_of(placement, host->cluster.id);

		placement->hosts[i] = (struct place_host){
			.host = host,
			.cluster = cluster,
			.os = vdc_os_of_host(host),
			.load = find_load(input, first, host, cluster),
			.cpus = cpus_of(host, cluster),
		};
		if (cluster)
			cluster->n_hosts++;
		*slot(placement, 'h', host->id, true) = i + 1;
	}
	placement->n_hosts = n;
	vdc_map_free(first);
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct vdc_placement *placement = ctx;
	const struct vdc_host *one = placement->hosts[*(const size_t *)a].host;
	const struct vdc_host *other = placement->hosts[*(const size_t *)b].host;
	int r = strcmp(one->name ? one->name : "", other->name ? other->name : "");

	return r ? r : strcmp(one->id, other->id);
}

static void list_hosts(struct vdc_placement *placement)
{
	for (size_t i = 0; i < placement->n_clusters; i++) {
		struct place_cluster *cluster = &placement->clusters[i];

		cluster->hosts = vdc_arena_alloc(placement->arena,
						 (cluster->n_hosts + 1) * sizeof(*cluster->hosts));
		cluster->n_hosts = 0;
	}
	for (size_t i = 0; i < placement->n_hosts; i++) {
		struct place_cluster *cluster = placement->hosts[i].cluster;

		if (cluster)
			cluster->hosts[cluster->n_hosts++] = i;
	}
	for (size_t i = 0; i < placement->n_clusters; i++)
		qsort_r(placement->clusters[i].hosts, placement->clusters[i].n_hosts,
			sizeof(size_t), by_name, placement);
}

static void take_vms(struct vdc_placement *placement, const struct vdc_world *world)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_vm_kind, &all);

	placement->vms = vdc_arena_alloc(placement->arena, (n + 1) * sizeof(*placement->vms));
	placement->n_vms = n;
	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = all[i];

		placement->vms[i] = (struct place_vm){
			.vm = vm,
			.cluster = place_cluster_of(placement, vm->cluster.id),
			.host = -1,
			.other = -1,
		};
		*slot(placement, 'v', vm->id, true) = i + 1;
		if (vdc_vm_is_active(vm->status))
			vdc_placement_put(placement, vm,
					  (const struct vdc_host *)vdc_world_find(
						  world, &vdc_host_kind, vm->host.id));
	}
	/* What ran before is measured already. */
	for (size_t i = 0; i < placement->n_hosts; i++)
		placement->hosts[i].added = 0;
}

void place_add_word(struct vdc_arena *arena, const char **words, const char *word)
{
	*words = *words ? vdc_arena_format(arena, "%s %s", *words, word)
			: vdc_arena_strdup(arena, word);
}

/* Cards of VMs and networks of hosts. A card without a network of ours may be anywhere. */
static void take_networks(struct vdc_placement *placement, const struct vdc_world *world)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_host_network_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host_network *has = all[i];
		struct place_host *host = place_host_of(placement, has->host.id);

		if (!host || !has->network.id)
			continue;
		place_add_word(placement->arena, &host->known_networks, has->network.id);
		if (has->status == VDC_HOST_NETWORK_UP ||
		    has->status == VDC_HOST_NETWORK_OUT_OF_SYNC)
			place_add_word(placement->arena, &host->networks, has->network.id);
	}
	n = vdc_world_all(world, &vdc_vm_nic_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm_nic *nic = all[i];
		struct place_vm *vm = place_vm_of(placement, nic->vm.id);

		if (vm && nic->network.id && nic->plugged != 0)
			place_add_word(placement->arena, &vm->networks, nic->network.id);
	}
}

struct vdc_placement *vdc_placement_new(const struct vdc_placement_input *input,
					struct vdc_arena *arena)
{
	struct vdc_placement *placement = vdc_arena_alloc(arena, sizeof(*placement));

	*placement = (struct vdc_placement){
		.arena = arena,
		.world = input->world,
		.catalogue = input->catalogue,
		.now = input->now,
		.by_id = vdc_map_new(),
		.classes = vdc_map_new(),
		.verdicts = vdc_map_new(),
	};
	take_clusters(placement, input->world);
	take_hosts(placement, input);
	list_hosts(placement);
	take_vms(placement, input->world);
	take_networks(placement, input->world);
	place_take_storage(placement, input->reach_age);
	place_take_groups(placement, input->world);
	place_classify(placement);
	return placement;
}

void vdc_placement_free(struct vdc_placement *placement)
{
	if (!placement)
		return;
	vdc_map_free(placement->by_id);
	vdc_map_free(placement->classes);
	vdc_map_free(placement->verdicts);
	*placement = (struct vdc_placement){ 0 };
}
