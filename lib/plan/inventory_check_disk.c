/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/disk.h"
#include "model/volume.h"
#include "plan/inventory_check_part.h"

static const char *disk_of(const void *object)
{
	return ((const struct vdc_volume *)object)->disk.id;
}

static const char *parent_of(const void *object)
{
	const char *parent = ((const struct vdc_volume *)object)->parent;

	return parent && strcmp(parent, VDC_BLANK_UUID) != 0 ? parent : NULL;
}

/* Where the volumes begin whose parent is ID, or would stand; CHILDREN is sorted by parent. */
static size_t first_child(void *const *children, size_t n, const char *id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(parent_of(children[middle]), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether a volume of the same disk names it as its parent. */
static bool has_child(void *const *children, size_t n, const struct vdc_volume *volume)
{
	for (size_t i = first_child(children, n, volume->id);
	     i < n && !strcmp(parent_of(children[i]), volume->id); i++) {
		const char *disk = disk_of(children[i]);

		if (disk && !strcmp(disk, disk_of(volume)))
			return true;
	}
	return false;
}

#define FOUND(code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_inventory_codes[code], &(kind), object, __VA_ARGS__)

static void check_leaves(const struct vdc_world *world, const char *disk_id, int leaves,
			 struct vdc_findings *findings)
{
	const struct vdc_disk *disk = vdc_world_find(world, &vdc_disk_kind, disk_id);

	if (!disk)
		return;
	if (leaves == 0)
		FOUND(DISK_WITHOUT_LEAF, vdc_disk_kind, disk,
		      "the chain of disk %s has no end: its volumes are each other's parents",
		      disk->name);
	if (leaves > 1)
		FOUND(DISK_SEVERAL_LEAVES, vdc_disk_kind, disk, "the chain of disk %s has %d ends",
		      disk->name, leaves);
}

static void check_chains(const struct vdc_world *world, struct vdc_findings *findings)
{
	void **volumes, **children;
	size_t n = sorted_by(world, &vdc_volume_kind, disk_of, findings->arena, &volumes);
	size_t n_children =
		sorted_by(world, &vdc_volume_kind, parent_of, findings->arena, &children);
	int leaves = 0;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_volume *volume = volumes[i];

		leaves += !has_child(children, n_children, volume);
		if (i + 1 == n || strcmp(disk_of(volumes[i + 1]), disk_of(volume)) != 0) {
			check_leaves(world, disk_of(volume), leaves, findings);
			leaves = 0;
		}
	}
}

static void check_parent(const struct vdc_world *world, const struct vdc_volume *volume,
			 struct vdc_findings *findings)
{
	const char *id = parent_of(volume);
	const struct vdc_volume *parent = vdc_world_find(world, &vdc_volume_kind, id);

	if (!id)
		return;
	if (!parent)
		FOUND(VOLUME_PARENT_MISSING, vdc_volume_kind, volume,
		      "the parent %s of volume %s is not there", id, volume->id);
	else if (parent->voltype != VDC_VOLTYPE_SHARED && parent->disk.id && volume->disk.id &&
		 strcmp(parent->disk.id, volume->disk.id) != 0)
		FOUND(VOLUME_PARENT_OF_OTHER_DISK, vdc_volume_kind, volume,
		      "the parent %s of volume %s belongs to another disk", id, volume->id);
}

void check_disks(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_disk_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_disk *disk = all[i];

		if (disk->lost_since != VDC_UNSET)
			FOUND(DISK_LOST, vdc_disk_kind, disk,
			      "disk %s was in a VM once, and no VM shows it any more", disk->name);
	}
	check_chains(world, findings);
	n = vdc_world_all(world, &vdc_volume_kind, &all);
	for (size_t i = 0; i < n; i++)
		check_parent(world, all[i], findings);
}
