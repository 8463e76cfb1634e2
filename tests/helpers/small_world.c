/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "small_world.h"

static struct vdc_host *host_of(const char *id, struct vdc_cluster *cluster,
				struct vdc_arena *arena)
{
	struct vdc_host *host = vdc_object_new(&vdc_host_kind, arena);

	vdc_object_preset(&vdc_host_kind, host, arena);
	host->id = host->name = vdc_arena_strdup(arena, id);
	host->cluster.id = cluster->id;
	host->status = VDC_HOST_UP;
	host->memory = 100 * GIB;
	host->update_available = 1;
	host->os_type = vdc_arena_strdup(arena, "RHEL");
	host->os_major = 8;
	host->cpu_count = 8;
	host->architecture = vdc_arena_strdup(arena, "x86_64");
	return host;
}

static struct vdc_vm *vm_of(const char *id, struct vdc_host *host, struct vdc_arena *arena)
{
	struct vdc_vm *vm = vdc_object_new(&vdc_vm_kind, arena);

	vdc_object_preset(&vdc_vm_kind, vm, arena);
	vm->id = vm->name = vdc_arena_strdup(arena, id);
	vm->cluster.id = host->cluster.id;
	vm->host.id = host->id;
	vm->status = VDC_VM_UP;
	vm->memory = 20 * GIB;
	vm->vcpus = 1;
	return vm;
}

struct small_world small_world_new(struct vdc_arena *arena)
{
	static const char *const host_ids[] = { "h1", "h2", "h3" };
	static const char *const vm_ids[] = { "a", "b", "c", "d" };
	struct small_world w = { .world = vdc_world_new(arena) };

	w.cluster = vdc_object_new(&vdc_cluster_kind, arena);
	vdc_object_preset(&vdc_cluster_kind, w.cluster, arena);
	w.cluster->id = w.cluster->name = vdc_arena_strdup(arena, "c1");
	vdc_world_add(w.world, &vdc_cluster_kind, w.cluster);
	for (int i = 0; i < 3; i++) {
		w.hosts[i] = host_of(host_ids[i], w.cluster, arena);
		vdc_world_add(w.world, &vdc_host_kind, w.hosts[i]);
	}
	for (int i = 0; i < 4; i++) {
		w.vms[i] = vm_of(vm_ids[i], w.hosts[i % 3], arena);
		vdc_world_add(w.world, &vdc_vm_kind, w.vms[i]);
	}
	return w;
}
