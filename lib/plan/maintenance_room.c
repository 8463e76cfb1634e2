/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan/maintenance_part.h"
#include "plan/vm_status.h"

/* All hosts that are drained, and FAILED (may be NULL). */
static size_t ban(const struct maintenance_work *w, const struct vdc_host *failed,
		  struct vdc_place_ban **ret)
{
	const struct vdc_maintenance_input *input = w->input;
	struct vdc_place_ban *bans =
		vdc_arena_alloc(w->arena, (input->n_hosts + 1) * sizeof(*bans));
	size_t n = 0;

	if (failed)
		bans[n++] = (struct vdc_place_ban){ failed->id, "it runs there" };
	for (size_t i = 0; i < input->n_hosts; i++)
		bans[n++] = (struct vdc_place_ban){ input->hosts[i]->id, "it is drained, too" };
	*ret = bans;
	return n;
}

static int by_memory(const void *a, const void *b)
{
	const struct vdc_vm *one = *(const struct vdc_vm *const *)a;
	const struct vdc_vm *other = *(const struct vdc_vm *const *)b;

	if (one->memory != other->memory)
		return one->memory > other->memory ? -1 : 1;
	return strcmp(one->id, other->id);
}

static const struct vdc_host *wish_of(const struct maintenance_work *w, const struct vdc_vm *vm)
{
	for (size_t i = 0; i < w->input->n_wishes; i++)
		if (strcmp(w->input->wishes[i].vm_id, vm->id) == 0)
			return vdc_world_find(w->input->world, &vdc_host_kind,
					      w->input->wishes[i].to_id);
	return NULL;
}

/* Text of why nobody takes it; NULL: it is placed. */
static const char *place(struct maintenance_work *w, struct vdc_maintenance_vm *one,
			 const struct vdc_place_ban *bans, size_t n_bans)
{
	struct vdc_placement *placement = w->input->placement;
	const struct vdc_host *wish = wish_of(w, one->vm);
	const struct vdc_place_query query = {
		.vm = one->vm,
		.start = one->verdict.drain == VDC_DRAIN_RESTART,
		.again = true,
		.bans = bans,
		.n_bans = n_bans,
		.accept_unknown = w->input->accept_unknown,
		.any_load = w->input->any_load,
	};
	struct vdc_place_result result = { 0 };
	struct vdc_err err = { 0 };

	if (wish && !vdc_place_refuses(placement, &query, wish, w->arena, NULL))
		one->to = wish;
	else if (vdc_place(placement, &query, w->arena, &result, &err))
		return vdc_arena_strdup(w->arena, vdc_err_text(&err));
	else
		one->to = result.best;
	if (one->to)
		vdc_placement_put(placement, one->vm, one->to);
	return one->to ? NULL : result.none;
}

static struct vdc_maintenance_vm *of_vm(const struct maintenance_work *w, const struct vdc_vm *vm)
{
	for (size_t i = 0; i < w->ret->n_vms; i++)
		if (w->ret->vms[i].vm == vm)
			return &w->ret->vms[i];
	return NULL;
}

static size_t index_of(const struct maintenance_work *w, const struct vdc_host *host)
{
	size_t at = 0;

	while (w->input->hosts[at] != host)
		at++;
	return at;
}

/* The largest first: they are the hardest to find room for. */
void maintenance_place(struct maintenance_work *w)
{
	const struct vdc_vm **sorted =
		vdc_arena_alloc(w->arena, (w->ret->n_vms + 1) * sizeof(*sorted));
	struct vdc_place_ban *bans;
	size_t n = 0, n_bans = ban(w, NULL, &bans);

	for (size_t i = 0; i < w->ret->n_vms; i++) {
		const struct vdc_maintenance_vm *one = &w->ret->vms[i];

		if (one->verdict.drain == VDC_DRAIN_STOP)
			vdc_placement_put(w->input->placement, one->vm, NULL);
		else if (one->verdict.drain)
			sorted[n++] = one->vm;
	}
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_memory);
	for (size_t i = 0; i < n; i++) {
		struct vdc_maintenance_vm *one = of_vm(w, sorted[i]);
		const char *why = place(w, one, bans, n_bans);

		if (why)
			MAINTENANCE_FOUND(w, index_of(w, one->host), VM_WITHOUT_DESTINATION,
					  vdc_vm_kind, one->vm,
					  "no other host can take VM %s of host %s: %s",
					  one->vm->name, one->host->name, why);
	}
}

static const struct vdc_host *after(const struct maintenance_work *w, const struct vdc_vm *vm)
{
	const struct vdc_maintenance_vm *one = of_vm(w, vm);

	if (one)
		return one->to;
	return vdc_world_find(w->input->world, &vdc_host_kind, vm->host.id);
}

/* Those of HOST that would have to be started elsewhere if it failed, the largest first. */
static size_t protected_on(const struct maintenance_work *w, const struct vdc_host *host,
			   const struct vdc_vm **ret)
{
	void *const *all;
	size_t n = vdc_world_all(w->input->world, &vdc_vm_kind, &all), found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = all[i];

		if (vdc_is_true(vm->high_availability) && vdc_vm_is_active(vm->status) &&
		    after(w, vm) == host)
			ret[found++] = vm;
	}
	if (found)
		qsort(ret, found, sizeof(*ret), by_memory);
	return found;
}

static const struct vdc_host *refuge(struct maintenance_work *w, const struct vdc_vm *vm,
				     const struct vdc_place_ban *bans, size_t n_bans)
{
	const struct vdc_place_query query = {
		.vm = vm,
		.start = true,
		.again = true,
		.bans = bans,
		.n_bans = n_bans,
		.accept_unknown = w->input->accept_unknown,
		.any_load = w->input->any_load,
	};
	struct vdc_place_result result;

	return vdc_place(w->input->placement, &query, w->arena, &result, NULL) ? NULL : result.best;
}

static void tell_unprotected(struct maintenance_work *w, const struct vdc_vm *vm,
			     const struct vdc_host *host)
{
	for (size_t at = 0; at < w->input->n_hosts; at++)
		if (w->input->hosts[at]->cluster.id && host->cluster.id &&
		    strcmp(w->input->hosts[at]->cluster.id, host->cluster.id) == 0)
			MAINTENANCE_FOUND(w, at, HA_WITHOUT_CAPACITY, vdc_vm_kind, vm,
					  "VM %s is highly available, and no host could take it "
					  "if host %s failed meanwhile",
					  vm->name, host->name);
}

/* What HOST runs after the drain, were it to fail. That no host could take it anyway is not the
 * drain's doing. */
static void check_failure(struct maintenance_work *w, const struct vdc_host *host,
			  const struct vdc_vm **vms)
{
	size_t n = protected_on(w, host, vms), n_bans;
	struct vdc_place_ban *bans;

	n_bans = n ? ban(w, host, &bans) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *to = refuge(w, vms[i], bans, n_bans);

		if (!to && refuge(w, vms[i], bans, 1))
			tell_unprotected(w, vms[i], host);
		if (to)
			vdc_placement_reserve(w->input->placement, vms[i], to);
	}
	for (size_t i = 0; i < n; i++)
		vdc_placement_put(w->input->placement, vms[i], host);
}

static bool is_concerned(const struct maintenance_work *w, const struct vdc_host *host)
{
	for (size_t i = 0; i < w->input->n_hosts; i++)
		if (host->cluster.id && w->input->hosts[i]->cluster.id &&
		    strcmp(w->input->hosts[i]->cluster.id, host->cluster.id) == 0)
			return true;
	return false;
}

void maintenance_reserve(struct maintenance_work *w)
{
	void *const *all;
	size_t n_vms = vdc_world_all(w->input->world, &vdc_vm_kind, &all), n;
	const struct vdc_vm **room = vdc_arena_alloc(w->arena, (n_vms + 1) * sizeof(*room));

	n = vdc_world_all(w->input->world, &vdc_host_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];

		if (host->status == VDC_HOST_UP && !maintenance_drains(w, host) &&
		    is_concerned(w, host))
			check_failure(w, host, room);
	}
}
