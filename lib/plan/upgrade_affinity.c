/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Affinity groups of a cluster, as the planner of its upgrade keeps them: what must be, between VMs. */
#include "plan/placement_part.h"
#include "plan/upgrade_snapshot.h"

struct numbers {
	const struct vdc_placement *placement;
	uint32_t *of; /* per VM of the placement; n_vms: it does not take part */
	uint32_t n_vms;
};

static void add_group(const struct numbers *numbers, const struct place_group *group,
		      struct vdc_upgrade_group *ret, struct vdc_arena *arena)
{
	uint32_t *vms = vdc_arena_alloc(arena, (group->n_vms + 1) * sizeof(*vms));

	*ret = (struct vdc_upgrade_group){
		.vms = vms,
		.together = vdc_is_true(group->group->vms_positive),
	};
	for (size_t i = 0; i < group->n_vms; i++)
		if (numbers->of[group->vms[i]] < numbers->n_vms)
			vms[ret->n_vms++] = numbers->of[group->vms[i]];
}

void vdc_upgrade_snapshot_groups(struct vdc_upgrade_snapshot *snapshot, struct vdc_arena *arena)
{
	const struct vdc_placement *placement = snapshot->placement;
	struct vdc_upgrade_input *in = &snapshot->input;
	struct vdc_upgrade_group *groups =
		vdc_arena_alloc(arena, (placement->n_groups + 1) * sizeof(*groups));
	vdc_autofree uint32_t *of = vdc_realloc(NULL, placement->n_vms + 1, sizeof(*of));
	const struct numbers numbers = { placement, of, in->n_vms };

	if (place_cluster_of(placement, snapshot->cluster->id)->upgrade)
		return;
	for (size_t i = 0; i < placement->n_vms; i++)
		of[i] = in->n_vms;
	for (uint32_t v = 0; v < in->n_vms; v++) {
		const struct place_vm *vm = place_vm_of(placement, snapshot->vms[v]->id);

		if (vm)
			of[vm - placement->vms] = v;
	}
	for (size_t i = 0; i < placement->n_groups; i++) {
		if (!place_binds_vms(&placement->groups[i], true))
			continue;
		add_group(&numbers, &placement->groups[i], &groups[in->n_groups], arena);
		in->n_groups += groups[in->n_groups].n_vms > 1;
	}
	in->groups = groups;
}
