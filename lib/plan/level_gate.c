/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a level forbids: ways into a cluster, and features. */
#include <errno.h>
#include <string.h>

#include "base/words.h"
#include "plan/level_part.h"
#include "plan/level_vm.h"
#include "plan/vm_status.h"

static bool same_cluster(const struct vdc_cluster *a, const struct vdc_cluster *b)
{
	return a == b || (a->id && b->id && strcmp(a->id, b->id) == 0);
}

/* A VM that was not upgraded since may go back to where it came from. */
static bool goes_back(const struct vdc_vm *vm, const struct vdc_cluster *to)
{
	return vdc_is_true(vm->compatibility_mode) && vm->migrated_from_cluster && to->name &&
	       strcmp(vm->migrated_from_cluster, to->name) == 0 &&
	       (!level_is_set(vm->migrated_from_level) ||
		vdc_level_compare(vm->migrated_from_level, to->version) == 0);
}

/* A cluster without level may be of any: nothing shows that it is not below. */
static int pass_barrier(const struct vdc_vm *vm, const struct vdc_cluster *from,
			const struct vdc_cluster *to, struct vdc_err *err)
{
	struct vdc_level barrier = vm->migration_barrier;

	if (!level_is_set(barrier) || vdc_level_compare(to->version, barrier) >= 0 ||
	    (same_cluster(from, to) && !level_is_set(to->version)))
		return 0;
	if (!level_is_set(to->version))
		return vdc_err_set(err, -EPERM,
				   "VM %s was upgraded to level %d.%d and may never go below it: "
				   "cluster %s has no level; set its version first",
				   vm->name, barrier.major, barrier.minor, to->name);
	return vdc_err_set(err, -EPERM,
			   "VM %s was upgraded to level %d.%d and may never go below it: "
			   "cluster %s is at %d.%d",
			   vm->name, barrier.major, barrier.minor, to->name, to->version.major,
			   to->version.minor);
}

static int level_exists(const struct vdc_catalogue *catalogue, const struct vdc_vm *vm,
			const struct vdc_cluster *to, struct vdc_err *err)
{
	const struct vdc_level_family *family = vdc_catalogue_family(catalogue, to->level_family);
	struct vdc_level own = vm->custom_compatibility_version;

	if (!family || !level_is_set(own) || vdc_family_level(family, own) >= 0)
		return 0;
	return vdc_err_set(
		err, -EPERM,
		"VM %s has level %d.%d of its own, which family %s of cluster %s does not "
		"have; change custom_compatibility_version",
		vm->name, own.major, own.minor, family->name, to->name);
}

/* Whether a VM that runs at a level of FROM may move live to the level of TO. */
static bool is_pair(const struct vdc_level_family *family, const struct vdc_vm *vm,
		    const struct vdc_cluster *from, const struct vdc_cluster *to)
{
	int level = vdc_plan_vm_level(family, from, vm).running;
	int enters = level_is_set(to->version) ? vdc_family_level(family, to->version) : -1;
	const struct vdc_level_entry *entry;

	if (level < 0 || enters < 0)
		return false;
	entry = &family->levels[level];
	if (entry->enters_architectures && from->cpu_architecture &&
	    !vdc_words_have(entry->enters_architectures, from->cpu_architecture))
		return false;
	return entry->enters & level_bit(enters);
}

static int cross(const struct vdc_catalogue *catalogue, const struct vdc_vm *vm,
		 const struct vdc_cluster *from, const struct vdc_cluster *to, struct vdc_err *err)
{
	const struct vdc_level_family *source = vdc_catalogue_family(catalogue, from->level_family);
	const struct vdc_level_family *target = vdc_catalogue_family(catalogue, to->level_family);

	if (!source || !target)
		return vdc_err_set(
			err, -EPERM,
			"VM %s runs and may not leave cluster %s for %s: the family of "
			"levels of %s is not known; set level_family, or stop the VM first",
			vm->name, from->name, to->name, source ? to->name : from->name);
	if (source == target && (goes_back(vm, to) || is_pair(source, vm, from, to)))
		return 0;
	return vdc_err_set(
		err, -EPERM,
		"VM %s runs and may not leave cluster %s (%s %d.%d) for %s (%s %d.%d): the "
		"catalogue of levels has no such pair; stop the VM first",
		vm->name, from->name, source->name, from->version.major, from->version.minor,
		to->name, target->name, to->version.major, to->version.minor);
}

int vdc_plan_vm_may_enter(const struct vdc_catalogue *catalogue, const struct vdc_vm *vm,
			  const struct vdc_cluster *from, const struct vdc_cluster *to,
			  struct vdc_err *err)
{
	int r = pass_barrier(vm, from, to, err);

	if (!r)
		r = level_exists(catalogue, vm, to, err);
	if (!r && !same_cluster(from, to) && vdc_vm_is_active(vm->status))
		r = cross(catalogue, vm, from, to, err);
	return r;
}

static bool has_everything(const struct vdc_cluster *cluster)
{
	return !cluster->level_family || !level_is_set(cluster->version);
}

static bool on_architecture(const struct vdc_level_feature *feature,
			    const struct vdc_cluster *cluster)
{
	return !feature->architectures || !cluster->cpu_architecture ||
	       vdc_words_have(feature->architectures, cluster->cpu_architecture);
}

static int refuse(const struct vdc_level_family *family, const struct vdc_cluster *cluster,
		  const struct vdc_level_feature *feature, int level, struct vdc_err *err)
{
	int first = level_lowest(feature->levels);
	struct vdc_level brings = { -1, -1 }, at = cluster->version;

	if (first >= 0)
		brings = family->levels[first].level;
	if (!on_architecture(feature, cluster))
		return vdc_err_set(err, -EPERM,
				   "feature %s: cluster %s is %s, which does not have it",
				   feature->name, cluster->name, cluster->cpu_architecture);
	if (first < 0 || first <= level)
		return vdc_err_set(
			err, -EPERM,
			"feature %s: cluster %s is at level %d.%d, which does not have it "
			"any more",
			feature->name, cluster->name, at.major, at.minor);
	return vdc_err_set(
		err, -EPERM,
		"feature %s comes with level %d.%d; cluster %s is at %d.%d: raise it with "
		"compat-level",
		feature->name, brings.major, brings.minor, cluster->name, at.major, at.minor);
}

int vdc_plan_level_allows(const struct vdc_catalogue *catalogue, const struct vdc_cluster *cluster,
			  const char *feature, struct vdc_err *err)
{
	const struct vdc_level_family *family;
	const struct vdc_level_feature *found;
	int level;

	if (has_everything(cluster))
		return 0;
	family = vdc_catalogue_family(catalogue, cluster->level_family);
	if (!family)
		return vdc_err_set(err, -EINVAL,
				   "cluster %s: the catalogue has no family of levels '%s'",
				   cluster->name, cluster->level_family);
	found = vdc_family_feature(family, feature);
	if (!found)
		return vdc_err_set(err, -ENOENT,
				   "family %s has no feature '%s'; see "
				   "compat-level features",
				   family->name, feature);
	level = level_at_most(family, cluster->version);
	if (on_architecture(found, cluster) && (found->levels & level_bit(level)))
		return 0;
	return refuse(family, cluster, found, level, err);
}
