/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Affinity groups: what must be is a filter, what is only wished a weight. While the in-cluster
 * upgrade policy is set they count for nothing: afterwards they are repaired (plan/affinity_repair.h).
 */
#include <string.h>

#include "plan/placement_part.h"

static bool has_rule(const struct place_group *group, bool of_hosts, bool must)
{
	const struct vdc_affinity_group *g = group->group;

	return vdc_is_true(of_hosts ? g->hosts_enabled : g->vms_enabled) &&
	       vdc_is_true(of_hosts ? g->hosts_enforcing : g->vms_enforcing) == must;
}

bool place_binds_vms(const struct place_group *group, bool must)
{
	return has_rule(group, false, must);
}

bool place_binds_hosts(const struct place_group *group, bool must)
{
	return has_rule(group, true, must);
}

/* Where it will be: VMs that are on their way belong to where they go. */
static ptrdiff_t will_be_at(const struct place_vm *vm)
{
	if (vm->other >= 0)
		return vm->other;
	return vm->leaves ? -1 : vm->host;
}

/* HOST breaks a rule that its VMs run together: *AT is where the others are. */
static bool tears_apart(const struct vdc_placement *placement, const struct place_group *group,
			const struct place_vm *vm, ptrdiff_t host, ptrdiff_t *at)
{
	*at = -1;
	for (size_t i = 0; i < group->n_vms; i++) {
		const struct place_vm *other = &placement->vms[group->vms[i]];
		ptrdiff_t there = other == vm ? -1 : will_be_at(other);

		if (there == host)
			return false;
		if (there >= 0)
			*at = there;
	}
	return *at >= 0;
}

const struct place_vm *place_met_at(const struct vdc_placement *placement,
				    const struct place_group *group, const struct place_vm *vm,
				    ptrdiff_t host)
{
	for (size_t i = 0; i < group->n_vms; i++) {
		const struct place_vm *other = &placement->vms[group->vms[i]];

		if (other != vm && (other->host == host || other->other == host))
			return other;
	}
	return NULL;
}

static bool names_host(const struct place_group *group, ptrdiff_t host)
{
	for (size_t i = 0; i < group->n_hosts; i++)
		if ((ptrdiff_t)group->hosts[i] == host)
			return true;
	return false;
}

bool place_is_off_limits(const struct place_group *group, ptrdiff_t host)
{
	return group->n_hosts &&
	       names_host(group, host) != vdc_is_true(group->group->hosts_positive);
}

enum place_answer place_vm_affinity(struct place_ask *ask)
{
	const struct vdc_placement *p = ask->placement;
	ptrdiff_t host = ask->host - p->hosts, at;

	for (size_t i = 0; i < ask->vm->n_groups && !ask->host->cluster->upgrade; i++) {
		const struct place_group *group = &p->groups[ask->vm->groups[i]];
		const struct place_vm *met;

		if (!place_binds_vms(group, true))
			continue;
		if (vdc_is_true(group->group->vms_positive)) {
			if (tears_apart(p, group, ask->vm, host, &at))
				return place_says(ask, PLACE_NO,
						  "the VMs of affinity group %s run on %s",
						  group->group->name, p->hosts[at].host->name);
			continue;
		}
		met = place_met_at(p, group, ask->vm, host);
		if (met)
			return place_says(ask, PLACE_NO,
					  "it has VM %s, from which affinity group %s keeps it "
					  "apart",
					  met->vm->name, group->group->name);
	}
	return PLACE_YES;
}

enum place_answer place_host_affinity(struct place_ask *ask)
{
	const struct vdc_placement *p = ask->placement;

	for (size_t i = 0; i < ask->vm->n_groups && !ask->host->cluster->upgrade; i++) {
		const struct place_group *group = &p->groups[ask->vm->groups[i]];

		if (place_binds_hosts(group, true) &&
		    place_is_off_limits(group, ask->host - p->hosts))
			return place_says(ask, PLACE_NO,
					  "affinity group %s keeps the VM away from it",
					  group->group->name);
	}
	return PLACE_YES;
}

int64_t place_vm_wishes(const struct place_ask *ask, const struct place_host *host)
{
	const struct vdc_placement *p = ask->placement;
	ptrdiff_t index = host - p->hosts, at;
	int64_t n = 0;

	for (size_t i = 0; i < ask->vm->n_groups && !host->cluster->upgrade; i++) {
		const struct place_group *group = &p->groups[ask->vm->groups[i]];

		if (place_binds_vms(group, false))
			n += vdc_is_true(group->group->vms_positive)
				     ? tears_apart(p, group, ask->vm, index, &at)
				     : place_met_at(p, group, ask->vm, index) != NULL;
	}
	return n;
}

int64_t place_host_wishes(const struct place_ask *ask, const struct place_host *host)
{
	const struct vdc_placement *p = ask->placement;
	int64_t n = 0;

	for (size_t i = 0; i < ask->vm->n_groups && !host->cluster->upgrade; i++) {
		const struct place_group *group = &p->groups[ask->vm->groups[i]];

		n += place_binds_hosts(group, false) && place_is_off_limits(group, host - p->hosts);
	}
	return n;
}

bool place_is_bound(const struct vdc_placement *placement, const struct place_vm *vm)
{
	for (size_t i = 0; i < vm->n_groups; i++)
		if (place_binds_hosts(&placement->groups[vm->groups[i]], true))
			return true;
	return false;
}

/* INDEX as one more of the *N. */
static void add_index(struct vdc_arena *arena, size_t **items, size_t *n, size_t index)
{
	if ((*n & (*n - 1)) == 0) { /* full: 0, 1, 2, 4, ... */
		size_t *bigger = vdc_arena_alloc(arena, (*n ? 2 * *n : 1) * sizeof(*bigger));

		if (*n)
			memcpy(bigger, *items, *n * sizeof(*bigger));
		*items = bigger;
	}
	(*items)[(*n)++] = index;
}

static struct place_group *group_of(const struct vdc_placement *placement,
				    const struct vdc_map *numbers, const char *id)
{
	const uint64_t *found = id ? vdc_map_find(numbers, id, strlen(id)) : NULL;

	return found ? &placement->groups[*found - 1] : NULL;
}

static void take_members(struct vdc_placement *placement, const struct vdc_world *world,
			 const struct vdc_map *numbers)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_affinity_vm_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_affinity_vm *member = all[i];
		struct place_group *group = group_of(placement, numbers, member->affinity_group.id);
		struct place_vm *vm = place_vm_of(placement, member->vm.id);

		if (!group || !vm)
			continue;
		add_index(placement->arena, &group->vms, &group->n_vms,
			  (size_t)(vm - placement->vms));
		add_index(placement->arena, &vm->groups, &vm->n_groups,
			  (size_t)(group - placement->groups));
	}
	n = vdc_world_all(world, &vdc_affinity_host_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_affinity_host *member = all[i];
		struct place_group *group = group_of(placement, numbers, member->affinity_group.id);
		const struct place_host *host = place_host_of(placement, member->host.id);

		if (group && host)
			add_index(placement->arena, &group->hosts, &group->n_hosts,
				  (size_t)(host - placement->hosts));
	}
}

void place_take_groups(struct vdc_placement *placement, const struct vdc_world *world)
{
	struct vdc_map *numbers = vdc_map_new();
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_affinity_group_kind, &all);

	placement->groups = vdc_arena_alloc(placement->arena, (n + 1) * sizeof(*placement->groups));
	placement->n_groups = n;
	for (size_t i = 0; i < n; i++) {
		const struct vdc_affinity_group *group = all[i];

		placement->groups[i].group = group;
		*vdc_map_add(numbers, group->id, strlen(group->id)) = i + 1;
	}
	take_members(placement, world, numbers);
	vdc_map_free(numbers);
}

void vdc_placement_leaves(struct vdc_placement *placement, const char *vm_id)
{
	struct place_vm *known = place_vm_of(placement, vm_id);

	if (known)
		known->leaves = true;
}
