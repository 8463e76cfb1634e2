/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Generated worlds: the placement with its sums and classes against a reference that works everything
 * out anew for each pair, and what it costs with thousands of hosts.
 */
#include <string.h>

#include "base/time.h"
#include "base/words.h"
#include "plan/placement.h"
#include "plan/upgrade_policy.h"
#include "plan/vm_status.h"
#include "unit.h"

#define GIB (INT64_C(1) << 30)

static uint64_t seed;

static unsigned below(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

static char *number(struct vdc_arena *arena, const char *what, size_t n)
{
	return vdc_arena_format(arena, "%s%zu", what, n);
}

/* Every property is now and then unknown. */
static void make_host(struct vdc_world *world, size_t i, struct vdc_cluster *cluster)
{
	static const char *const systems[] = { "RHEL", "RHEL", "RHEL", "Fedora", NULL };
	static const char *const models[] = { "qemu64", "qemu64 Nehalem", "Nehalem", NULL };
	static const char *const machines[] = { "m1 m2", "m1 m2 m3", "m3", NULL };
	struct vdc_arena *arena = vdc_world_arena(world);
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);

	host->id = host->name = number(arena, "h", i);
	host->cluster.id = cluster->id;
	host->status = below(8) ? VDC_HOST_UP : VDC_HOST_MAINTENANCE;
	host->architecture = vdc_arena_strdup(arena, "x86_64");
	host->cpu_models = vdc_arena_strdup(arena, models[below(4)]);
	host->machine_types = vdc_arena_strdup(arena, machines[below(4)]);
	host->os_type = vdc_arena_strdup(arena, systems[below(5)]);
	host->os_major = 7 + below(3);
	host->cpu_count = below(10) ? 4 + below(60) : VDC_UNSET;
	host->memory = below(20) ? (8 + below(56)) * GIB : VDC_UNSET;
	host->spm_status = below(5) ? VDC_SPM_NONE : VDC_SPM_SPM;
	vdc_world_add(world, &vdc_host_kind, host);
}

static void make_vm(struct vdc_world *world, size_t i, struct vdc_cluster *cluster, size_t n_hosts)
{
	static const char *const models[] = { "qemu64", "Nehalem", NULL };
	static const char *const machines[] = { "m1", "m2", "m3", NULL };
	struct vdc_arena *arena = vdc_world_arena(world);
	struct vdc_vm *vm = vdc_object_new(&vdc_vm_kind, arena);

	vm->id = vm->name = number(arena, "v", i);
	vm->cluster.id = cluster->id;
	vm->status = below(4) ? VDC_VM_UP : VDC_VM_DOWN;
	vm->host.id = vm->status == VDC_VM_UP ? number(arena, "h", below((unsigned)n_hosts)) : NULL;
	vm->memory = (1 + below(4)) * GIB;
	vm->vcpus = 1 + below(8);
	vm->custom_cpu_model = vdc_arena_strdup(arena, models[below(3)]);
	vm->running_machine_type = vdc_arena_strdup(arena, machines[below(4)]);
	vm->migration_barrier = (struct vdc_level){ 4, below(10) ? 6 : 8 };
	vdc_world_add(world, &vdc_vm_kind, vm);
}

static struct vdc_cluster *make_world(struct vdc_world *world, size_t hosts, size_t vms)
{
	struct vdc_arena *arena = vdc_world_arena(world);
	struct vdc_cluster *cluster = vdc_object_new(&vdc_cluster_kind, arena);

	cluster->id = cluster->name = vdc_arena_strdup(arena, "c");
	cluster->version = (struct vdc_level){ 4, 7 };
	cluster->overcommit_percent = 100 + 50 * below(2);
	cluster->scheduling_policy =
		vdc_arena_strdup(arena, below(2) ? VDC_POLICY_IN_CLUSTER_UPGRADE : "none");
	vdc_world_add(world, &vdc_cluster_kind, cluster);
	for (size_t i = 0; i < hosts; i++)
		make_host(world, i, cluster);
	for (size_t i = 0; i < vms; i++)
		make_vm(world, i, cluster, hosts);
	return cluster;
}

/* Straight from the rules, without a memory. */
struct reference {
	const struct vdc_world *world;
	const struct vdc_cluster *cluster;
};

static int64_t taken(const struct reference *ref, const struct vdc_host *host)
{
	int64_t sum = 0;
	void *const *vms;
	size_t n = vdc_world_all(ref->world, &vdc_vm_kind, &vms);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = vms[i];

		if (vdc_vm_is_active(vm->status) && vm->host.id &&
		    strcmp(vm->host.id, host->id) == 0)
			sum += vm->memory;
	}
	return sum;
}

static bool policy_allows(const struct reference *ref, const struct vdc_host *from,
			  const struct vdc_host *to)
{
	if (!vdc_policy_is_upgrade(ref->cluster) || !from)
		return true;
	return from->os_type && to->os_type && strcmp(from->os_type, to->os_type) == 0 &&
	       to->os_major >= from->os_major;
}

static bool allows(const struct reference *ref, const struct vdc_vm *vm,
		   const struct vdc_host *from, const struct vdc_host *to)
{
	const char *machine = vm->running_machine_type;

	if (to == from || to->status != VDC_HOST_UP || vm->migration_barrier.minor > 7)
		return false;
	if (vm->custom_cpu_model && !vdc_words_have(to->cpu_models, vm->custom_cpu_model))
		return false;
	if (from && (!machine || !vdc_words_have(to->machine_types, machine)))
		return false;
	if (vm->vcpus > 1 && (to->cpu_count == VDC_UNSET || to->cpu_count < vm->vcpus))
		return false;
	return policy_allows(ref, from, to) && to->memory != VDC_UNSET &&
	       taken(ref, to) + vm->memory <= to->memory / 100 * ref->cluster->overcommit_percent;
}

static void check_vm(struct vdc_placement *placement, const struct reference *ref,
		     const struct vdc_vm *vm, struct vdc_arena *arena)
{
	const struct vdc_host *from =
		vdc_vm_is_active(vm->status)
			? vdc_world_find(ref->world, &vdc_host_kind, vm->host.id)
			: NULL;
	const struct vdc_place_query query = { .vm = vm, .start = !from };
	struct vdc_place_result result;

	assert_int_equal(vdc_place(placement, &query, arena, &result, NULL), 0);
	for (size_t i = 0; i < result.n; i++) {
		const struct vdc_place_choice *choice = &result.hosts[i];
		bool fits = allows(ref, vm, from, choice->host);

		if (fits != !choice->filter)
			fail_msg("%s to %s: %s", vm->name, choice->host->name,
				 choice->filter ? choice->filter : "fits");
		assert_true(!!choice->filter == (i >= result.n_fit));
		if (i && i < result.n_fit)
			assert_true(result.hosts[i - 1].score >= choice->score);
	}
	if (vdc_policy_is_upgrade(ref->cluster) && from && result.best)
		for (size_t i = 1; i < result.n_fit; i++)
			assert_true(result.best->os_major >= result.hosts[i].host->os_major ||
				    result.best->os_major > from->os_major);
}

static void every_pair_as_the_reference_says(void **state)
{
	(void)state;
	for (seed = 1; seed < 13;) {
		uint64_t at = seed;
		vdc_autoarena *arena = vdc_arena_new();
		struct vdc_world *world = vdc_world_new(arena);
		struct reference ref = { world, make_world(world, 1 + below(25), below(80)) };
		const struct vdc_placement_input input = { .world = world, .now = 1 };
		struct vdc_placement *placement = vdc_placement_new(&input, arena);
		void *const *vms;
		size_t n = vdc_world_all(world, &vdc_vm_kind, &vms);

		for (size_t i = 0; i < n; i++)
			check_vm(placement, &ref, vms[i], arena);
		/* The sums follow the moves. */
		for (size_t i = 0; i < n; i++) {
			struct vdc_vm *vm = vms[i];
			struct vdc_host *to = vdc_world_find(world, &vdc_host_kind,
							     number(arena, "h", below(25)));

			vdc_placement_put(placement, vm, to);
			vm->status = to ? VDC_VM_UP : VDC_VM_DOWN;
			vm->host.id = to ? to->id : NULL;
			check_vm(placement, &ref, vm, arena);
		}
		vdc_placement_free(placement);
		seed = at + 1;
	}
}

/* What a planner does: each VM asks hosts until one takes it. The limit is generous: it catches
 * what grows with the square. */
static void thousands_of_hosts_stay_cheap(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_world *world = vdc_world_new(arena);
	int64_t began = vdc_time_monotonic();
	struct vdc_placement *placement;
	void *const *vms, *const *hosts;
	size_t n_vms, n_hosts, placed = 0;

	(void)state;
	seed = 7;
	make_world(world, 4000, 40000);
	n_vms = vdc_world_all(world, &vdc_vm_kind, &vms);
	n_hosts = vdc_world_all(world, &vdc_host_kind, &hosts);
	placement =
		vdc_placement_new(&(struct vdc_placement_input){ .world = world, .now = 1 }, arena);
	for (size_t i = 0, at = 0; i < n_vms; i++) {
		const struct vdc_place_query query = { .vm = vms[i] };
		size_t tries = 0;

		for (; tries < 20; tries++, at = (at + 1) % n_hosts)
			if (!vdc_place_refuses(placement, &query, hosts[at], NULL, NULL))
				break;
		if (tries == 20)
			continue;
		vdc_placement_put(placement, vms[i], hosts[at]);
		placed++;
	}
	assert_true(placed > 1000);
	vdc_placement_free(placement);
	assert_true(vdc_time_monotonic() - began < 120 * VDC_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_as_the_reference_says),
		cmocka_unit_test(thousands_of_hosts_stay_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
