/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "model/snapshot.h"
#include "model/vm_nic.h"
#include "plan/level_check_part.h"

static bool same_id(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Another cluster's mistakes are none of this question's business. */
static struct vdc_world *part_of_world(const struct vdc_level_question *question,
				       struct vdc_arena *arena)
{
	struct vdc_world *part = vdc_world_new(arena);
	void *const *all;
	size_t n = vdc_world_all(question->world, &vdc_cluster_kind, &all);

	if (question->data_center)
		vdc_world_add(part, &vdc_data_center_kind,
			      (void *)(uintptr_t)question->data_center);
	else
		vdc_world_add(part, &vdc_cluster_kind, (void *)(uintptr_t)question->cluster);
	for (size_t i = 0; question->data_center && i < n; i++) {
		const struct vdc_cluster *cluster = all[i];

		if (same_id(cluster->data_center.id, question->data_center->id))
			vdc_world_add(part, &vdc_cluster_kind, all[i]);
	}
	n = vdc_world_all(question->world, &vdc_host_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];

		if (vdc_world_find(part, &vdc_cluster_kind, host->cluster.id))
			vdc_world_add(part, &vdc_host_kind, all[i]);
	}
	return part;
}

bool level_case_has_vm(const struct level_case *c, const struct vdc_vm *vm)
{
	return same_id(vm->cluster.id, c->cluster->id);
}

static int find_subject(struct level_case *c, struct vdc_err *err)
{
	const struct vdc_data_center_offer *dc = c->state.data_centers;

	if (c->question->data_center) {
		c->family = dc->family;
		c->version = dc->data_center->version;
		if (!c->family)
			return vdc_err_set(err, -EINVAL,
					   "data centre %s: %s; it gets its levels "
					   "from its clusters",
					   dc->data_center->name, dc->reason);
		return 0;
	}
	c->offer = &c->state.clusters[0];
	c->cluster = c->offer->cluster;
	c->family = c->offer->family;
	c->version = c->cluster->version;
	c->architecture = c->cluster->cpu_architecture;
	for (size_t i = 0; !c->architecture && i < c->state.n_hosts; i++)
		c->architecture = c->state.hosts[i].host->architecture;
	return 0;
}

static const char *subject_name(const struct level_case *c)
{
	return c->cluster ? c->cluster->name : c->question->data_center->name;
}

static int find_level(struct level_case *c, struct vdc_err *err)
{
	const struct vdc_level_family *family = c->family;
	struct vdc_level to = c->question->to;

	c->to = level_is_set(to) ? vdc_family_level(family, to) : -1;
	c->before = level_at_most(family, c->version);
	if (c->to >= 0)
		return 0;
	if (!family->n_levels)
		return vdc_err_set(err, -EINVAL, "family %s has no levels", family->name);
	return vdc_err_set(err, -EINVAL,
			   "%s: family %s has no level %d.%d; its levels go from "
			   "%d.%d to %d.%d",
			   subject_name(c), family->name, to.major, to.minor,
			   family->levels[0].level.major, family->levels[0].level.minor,
			   family->levels[family->n_levels - 1].level.major,
			   family->levels[family->n_levels - 1].level.minor);
}

static int check_direction(const struct level_case *c, struct vdc_err *err)
{
	const struct vdc_data_center *dc = NULL;
	struct vdc_level to = c->question->to, at = c->version;
	int order = vdc_level_compare(to, at);

	if (c->cluster)
		dc = vdc_world_find(c->question->world, &vdc_data_center_kind,
				    c->cluster->data_center.id);
	if (dc && vdc_level_compare(to, dc->version) < 0)
		return vdc_err_set(err, -EINVAL,
				   "cluster %s: level %d.%d is below %d.%d of its data centre %s",
				   c->cluster->name, to.major, to.minor, dc->version.major,
				   dc->version.minor, dc->name);
	if (c->raises ? order >= 0 : order <= 0)
		return 0;
	if (!level_is_set(at))
		return vdc_err_set(err, -EINVAL, "%s has no level that could be lowered",
				   subject_name(c));
	return vdc_err_set(err, -EINVAL,
			   "%s is at level %d.%d, which is %s %d.%d; see compat-level %s",
			   subject_name(c), at.major, at.minor, c->raises ? "above" : "below",
			   to.major, to.minor, c->raises ? "lower" : "raise");
}

static void add_trait(struct level_case *c, const char *vm, enum level_trait trait)
{
	if (vm)
		*vdc_map_add(c->traits, vm, strlen(vm)) |= trait;
}

static void find_traits(struct level_case *c)
{
	void *const *all;
	size_t n = vdc_world_all(c->question->world, &vdc_vm_nic_kind, &all);

	c->traits = vdc_map_new();
	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm_nic *nic = all[i];

		if (nic->interface && strcmp(nic->interface, "virtio") == 0)
			add_trait(c, nic->vm.id, LEVEL_TRAIT_VIRTIO_NIC);
	}
	n = vdc_world_all(c->question->world, &vdc_snapshot_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_snapshot *snapshot = all[i];

		if (snapshot->type == VDC_SNAPSHOT_PREVIEW ||
		    snapshot->status == VDC_SNAPSHOT_IN_PREVIEW)
			add_trait(c, snapshot->vm.id, LEVEL_TRAIT_PREVIEW);
		if (vdc_is_true(snapshot->memory))
			add_trait(c, snapshot->vm.id, LEVEL_TRAIT_MEMORY);
	}
}

uint64_t level_traits(const struct level_case *c, const struct vdc_vm *vm)
{
	const uint64_t *traits = vm->id ? vdc_map_find(c->traits, vm->id, strlen(vm->id)) : NULL;

	return traits ? *traits : 0;
}

bool level_domain_differs(const struct level_case *c, const struct vdc_storage_domain *domain)
{
	int64_t format = c->family->levels[c->to].storage_format;

	return same_id(domain->data_center.id, c->question->data_center->id) &&
	       domain->type == VDC_STORAGE_DOMAIN_DATA && format > 0 &&
	       domain->storage_format > 0 && domain->storage_format != format;
}

static void prepare_cluster(struct level_case *c)
{
	c->limits = vdc_level_limits_of(&c->family->levels[c->to], c->architecture);
	c->bochs = vdc_family_feature(c->family, "bochs_display");
	c->cirrus = vdc_family_feature(c->family, "cirrus_display");
	c->nics = vdc_family_feature(c->family, "virtio_nic_renumbering");
	c->blank = vdc_object_new(&vdc_vm_kind, c->arena);
	level_choose_machines(c);
	find_traits(c);
}

int level_case_open(const struct vdc_level_question *question, bool raises, struct vdc_arena *arena,
		    struct level_case *ret, struct vdc_err *err)
{
	struct level_case c = { .question = question, .arena = arena, .raises = raises };
	int r = vdc_plan_level_state(part_of_world(question, arena), question->catalogue, arena,
				     &c.state, err);

	if (!r)
		r = find_subject(&c, err);
	if (!r)
		r = find_level(&c, err);
	if (!r)
		r = check_direction(&c, err);
	if (r)
		return r;
	if (c.cluster)
		prepare_cluster(&c);
	*ret = c;
	return 0;
}

void level_case_close(struct level_case *c)
{
	vdc_map_free(c->traits);
	vdc_map_free(c->machines);
}
