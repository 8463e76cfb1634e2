/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/placement_kin.h"

#include <inttypes.h>

#include "base/buf.h"
#include "plan/placement_part.h"

/* Filters look at the very host of a VM that is bound to some: it is no kin of any other. */
enum { NO_KIN = UINT32_MAX };

enum verdict { UNASKED, FITS, REFUSED };

struct vdc_place_kin {
	struct vdc_placement *placement;
	const struct vdc_vm *const *vms;
	const struct vdc_host *const *hosts;
	bool accept_unknown;
	uint32_t *vm_kins, *host_kins;
	uint32_t n_host_kins;
	char *verdicts; /* enum verdict, a row per kin of VMs */
};

static uint32_t number_of(struct vdc_map *map, const struct vdc_buf *key)
{
	uint64_t *number = vdc_map_add(map, key->data, key->len);

	if (!*number)
		*number = vdc_map_count(map);
	return (uint32_t)(*number - 1);
}

static void write_vm(const struct vdc_placement *placement, const struct place_vm *vm,
		     struct vdc_buf *key)
{
	const int64_t numbers[] = {
		(int64_t)vm->class,
		vm->host < 0 ? 0 : (int64_t)placement->hosts[vm->host].class + 1,
		vm->vm->vcpus,
	};

	vdc_buf_add(key, numbers, sizeof(numbers));
	vdc_buf_puts(key, vm->networks ?: "");
}

static uint32_t number_vms(struct vdc_place_kin *kin, size_t n)
{
	struct vdc_map *map = vdc_map_new();
	vdc_autobuf key = { 0 };
	uint32_t count;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = kin->vms[i];
		const struct place_vm *known = place_vm_of(kin->placement, vm->id);

		kin->vm_kins[i] = NO_KIN;
		if (!known || (vm->pinned_hosts && *vm->pinned_hosts) ||
		    vdc_is_true(vm->local_storage) || place_is_bound(kin->placement, known))
			continue;
		key.len = 0;
		write_vm(kin->placement, known, &key);
		kin->vm_kins[i] = number_of(map, &key);
	}
	count = (uint32_t)vdc_map_count(map);
	vdc_map_free(map);
	return count;
}

static void number_hosts(struct vdc_place_kin *kin, size_t n)
{
	struct vdc_map *map = vdc_map_new();
	vdc_autobuf key = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct place_host *host = place_host_of(kin->placement, kin->hosts[i]->id);

		key.len = 0;
		vdc_buf_printf(&key, "%zu %" PRId64 " %s/%s", host->class, host->cpus,
			       host->networks ?: "", host->known_networks ?: "");
		kin->host_kins[i] = number_of(map, &key);
	}
	kin->n_host_kins = (uint32_t)vdc_map_count(map);
	vdc_map_free(map);
}

struct vdc_place_kin *vdc_place_kin_new(struct vdc_placement *placement,
					const struct vdc_vm *const *vms, size_t n_vms,
					const struct vdc_host *const *hosts, size_t n_hosts,
					bool accept_unknown, struct vdc_arena *arena)
{
	struct vdc_place_kin *kin = vdc_arena_alloc(arena, sizeof(*kin));
	uint32_t n_vm_kins;

	*kin = (struct vdc_place_kin){
		.placement = placement,
		.vms = vms,
		.hosts = hosts,
		.accept_unknown = accept_unknown,
		.vm_kins = vdc_arena_alloc(arena, n_vms * sizeof(*kin->vm_kins)),
		.host_kins = vdc_arena_alloc(arena, n_hosts * sizeof(*kin->host_kins)),
	};
	n_vm_kins = number_vms(kin, n_vms);
	number_hosts(kin, n_hosts);
	kin->verdicts = vdc_arena_alloc(arena, (size_t)n_vm_kins * kin->n_host_kins);
	return kin;
}

static bool ask(struct vdc_place_kin *kin, uint32_t vm, uint32_t host)
{
	struct vdc_place_query query = {
		.vm = kin->vms[vm],
		.accept_unknown = kin->accept_unknown,
	};

	return !vdc_place_never(kin->placement, &query, kin->hosts[host], NULL, NULL);
}

bool vdc_place_kin_fits(struct vdc_place_kin *kin, uint32_t vm, uint32_t host)
{
	char *verdict;

	if (kin->vm_kins[vm] == (uint32_t)NO_KIN)
		return ask(kin, vm, host);
	verdict =
		&kin->verdicts[(size_t)kin->vm_kins[vm] * kin->n_host_kins + kin->host_kins[host]];
	if (*verdict == UNASKED)
		*verdict = ask(kin, vm, host) ? FITS : REFUSED;
	return *verdict == FITS;
}
