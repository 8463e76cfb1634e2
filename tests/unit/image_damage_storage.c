/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only storage in place shows. */
#include "image_damage_part.h"

static void set_tags(struct image_world *w, int i, int v, struct vdc_uuid image,
		     struct vdc_uuid parent)
{
	struct vdc_storage_tags *tags = vdc_arena_alloc(w->arena, sizeof(*tags));

	tags->image = image;
	tags->parent = parent;
	VOLUME(v).tags = tags;
}

DAMAGE(tagged_with_other_image)
{
	int v = any(w, i);

	set_tags(w, i, v, image_random_id(w), VOLUME(v).parent);
}

DAMAGE(tagged_with_other_parent)
{
	int v = any(w, i);

	set_tags(w, i, v, VOLUME(v).image, image_random_id(w));
}

DAMAGE(creation_stopped)
{
	struct vdc_storage_volume begun = vdc_storage_volume(VOLUME(0).id);

	begun.status = VDC_STORAGE_VOLUME_INVALID;
	begun.flags = VDC_STORAGE_VOLUME_CREATING;
	begun.created = IMAGE_NOW - 7200;
	VOLUME(0) = begun;
	IMAGE->no_row[0] = true;
	IMAGE->lease_at[0] = 0;
}

DAMAGE(no_room_for_metadata)
{
	w->self[IMAGE->domain].metadata_size = 100 * MIB;
	w->self[IMAGE->domain].metadata_free = 20 * MIB - 1;
}

DAMAGE(written_without_bitmaps)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].stale_bitmaps = true;
}

DAMAGE(wrong_sum)
{
	w->self[IMAGE->domain].checksum_wrong = true;
}

DAMAGE(no_id)
{
	w->self[IMAGE->domain].nameless = true;
}

DAMAGE(areas)
{
	w->self[IMAGE->domain].areas_wrong = true;
}

DAMAGE(not_closed)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].dirty = true;
}

DAMAGE(index_damaged)
{
	(void)i;
	w->self[0].vm_lease_index = VDC_VM_LEASE_INDEX_DAMAGED;
	w->self[0].whole = false;
}

/* A VM has its lease there. */
DAMAGE(index_blank)
{
	index_damaged(w, i);
	w->self[0].vm_lease_index = VDC_VM_LEASE_INDEX_BLANK;
}

DAMAGE(entry_damaged)
{
	(void)i;
	w->other_vm_lease = (struct vdc_storage_vm_lease){ .id = "", .damaged = true };
}

DAMAGE(vm_lease_unlisted)
{
	(void)i;
	w->other_vm_lease = (struct vdc_storage_vm_lease){ .id = "at", .resource = "old" };
}

DAMAGE(vm_lease_without_resource)
{
	(void)i;
	w->vm_lease.resource = "";
}

DAMAGE(vm_lease_of_other)
{
	(void)i;
	w->vm_lease.resource = "another";
}

static const struct damage damages[] = {
	{ tagged_with_other_image, NEEDS_PLAIN | NEEDS_BLOCK, "TAG_IMAGE_DIFFERS", "", false },
	{ tagged_with_other_parent, NEEDS_PLAIN | NEEDS_BLOCK, "TAG_PARENT_DIFFERS", "", false },
	{ creation_stopped, NEEDS_PLAIN | NEEDS_BLOCK | NEEDS_ONE, "CREATION_LEFTOVER", "", false },
	{ written_without_bitmaps, NEEDS_PLAIN | NEEDS_TWO, "BITMAPS_STALE", "", false },
	{ wrong_sum, 0, "DOMAIN_CHECKSUM_WRONG", "", true },
	{ no_id, 0, "DOMAIN_ID_MISSING", "", true },
	{ areas, 0, "METADATA_AREAS_WRONG", "", true },
	{ not_closed, NEEDS_PLAIN | NEEDS_TWO, "IMAGE_NOT_CLOSED", "", false },
	{ index_damaged, 0, "VM_LEASE_INDEX_DAMAGED", "", true },
	{ index_blank, 0, "VM_LEASE_INDEX_DAMAGED", "", true },
	{ entry_damaged, 0, "VM_LEASE_INDEX_DAMAGED", "", true },
	{ vm_lease_unlisted, 0, "VM_LEASE_UNLISTED", "", true },
	{ vm_lease_without_resource, 0, "VM_LEASE_OF_OTHER", "", true },
	{ vm_lease_of_other, 0, "VM_LEASE_OF_OTHER", "", true },
	{ no_room_for_metadata, 0, "DOMAIN_METADATA_FULL", "", true },
};

const struct damage_topic damage_storage = { damages, VDC_COUNT(damages) };
