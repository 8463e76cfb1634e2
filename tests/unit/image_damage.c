/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "image_damage_part.h"

DAMAGE(row_lost)
{
	IMAGE->no_row[any(w, i)] = true;
}

DAMAGE(leaf_lost)
{
	IMAGE->gone[TOP] = true;
	IMAGE->lease_at[TOP] = 0;
}

DAMAGE(base_lost)
{
	IMAGE->gone[0] = true;
	IMAGE->lease_at[0] = 0;
}

DAMAGE(leaf_lost_without_lease)
{
	IMAGE->gone[TOP] = true;
}

DAMAGE(other_domain)
{
	int v = any(w, i);

	ROW(v).storage_domain.id = w->rows[1 - IMAGE->domain].id;
}

DAMAGE(unknown_domain)
{
	ROW(any(w, i)).storage_domain.id = image_id_text(w, image_random_id(w));
}

DAMAGE(other_capacity)
{
	ROW(any(w, i)).capacity += 2048;
}

DAMAGE(other_parent)
{
	ROW(any(w, i)).parent = image_id_text(w, image_random_id(w));
}

DAMAGE(no_parent_in_database)
{
	ROW(TOP).parent = NULL;
}

DAMAGE(other_image)
{
	ROW(any(w, i)).image = image_id_text(w, image_random_id(w));
}

DAMAGE(other_format)
{
	struct vdc_volume *row = &ROW(any(w, i));

	row->format = row->format == VDC_DISK_COW ? VDC_DISK_RAW : VDC_DISK_COW;
}

DAMAGE(other_allocation)
{
	struct vdc_volume *row = &ROW(any(w, i));

	row->allocation = VDC_ALLOCATION_PREALLOCATED + VDC_ALLOCATION_SPARSE - row->allocation;
}

DAMAGE(illegal_in_database)
{
	ROW(any(w, i)).status = VDC_DISK_ILLEGAL;
}

DAMAGE(illegal_leaf)
{
	VOLUME(TOP).legality = VDC_LEGALITY_ILLEGAL;
}

DAMAGE(illegal_below)
{
	VOLUME(0).legality = VDC_LEGALITY_ILLEGAL;
}

DAMAGE(illegal_on_both_sides)
{
	int v = any(w, i);

	VOLUME(v).legality = VDC_LEGALITY_ILLEGAL;
	ROW(v).status = VDC_DISK_ILLEGAL;
}

DAMAGE(other_voltype)
{
	ROW(0).voltype = VDC_VOLTYPE_LEAF;
}

DAMAGE(internal_is_active)
{
	ROW(0).voltype = 0;
	ROW(0).active = 1;
	ROW(TOP).active = 0;
}

DAMAGE(other_content)
{
	ROW(any(w, i)).content_type = VDC_CONTENT_OVF_STORE;
}

DAMAGE(other_description)
{
	ROW(any(w, i)).description = text("renamed");
}

DAMAGE(other_sequence)
{
	ROW(any(w, i)).sequence += 7;
}

DAMAGE(other_actual_size)
{
	ROW(any(w, i)).actual_size *= 3;
}

DAMAGE(no_disk)
{
	ROW(any(w, i)).disk.id = NULL;
}

DAMAGE(none_active)
{
	ROW(TOP).active = 0;
}

DAMAGE(two_active)
{
	ROW(0).active = 1;
	ROW(0).voltype = VDC_UNSET;
	VOLUME(0).voltype = 0;
}

DAMAGE(loop)
{
	image_set_parent(w, i, 0, VOLUME(TOP).id);
}

DAMAGE(own_parent)
{
	image_set_parent(w, i, 0, VOLUME(0).id);
}

DAMAGE(forked)
{
	image_set_parent(w, i, 2, VOLUME(0).id);
}

DAMAGE(parent_lost)
{
	image_set_parent(w, i, TOP, image_random_id(w));
}

/* The other one is of the same domain, and no template. */
DAMAGE(parent_elsewhere)
{
	int other = i >= 4 ? i - 2 : i + 2;

	image_set_parent(w, i, 0, w->images[other].volumes[w->images[other].n - 1].id);
}

DAMAGE(pieces)
{
	image_set_parent(w, i, 1, (struct vdc_uuid){ 0 });
}

static void set_voltype(struct image_world *w, int i, int v, int voltype)
{
	VOLUME(v).voltype = (uint8_t)voltype;
	ROW(v).voltype = voltype;
}

DAMAGE(no_leaf)
{
	set_voltype(w, i, TOP, VDC_VOLTYPE_INTERNAL);
}

DAMAGE(two_leaves)
{
	set_voltype(w, i, 0, VDC_VOLTYPE_LEAF);
}

DAMAGE(template_with_parent)
{
	image_set_parent(w, i, 0, image_random_id(w));
}

DAMAGE(raw_child)
{
	VOLUME(TOP).format = VDC_DISK_RAW;
	ROW(TOP).format = VDC_DISK_RAW;
}

DAMAGE(smaller_child)
{
	VOLUME(TOP).capacity -= MIB;
	ROW(TOP).capacity -= MIB;
}

DAMAGE(same_sequence)
{
	VOLUME(1).sequence = VOLUME(0).sequence;
	ROW(1).sequence = ROW(0).sequence;
}

DAMAGE(invalid)
{
	struct vdc_storage_volume *volume = &VOLUME(any(w, i));
	struct vdc_storage_volume left = vdc_storage_volume(volume->id);

	left.slot = volume->slot;
	left.status = VDC_STORAGE_VOLUME_INVALID;
	left.image = volume->image;
	left.parent = volume->parent;
	left.flags = VDC_STORAGE_VOLUME_HAS_IMAGE | VDC_STORAGE_VOLUME_HAS_PARENT;
	*volume = left;
}

DAMAGE(no_metadata)
{
	invalid(w, i);
	for (int v = 0; v < IMAGE->n; v++)
		if (VOLUME(v).status == VDC_STORAGE_VOLUME_INVALID)
			VOLUME(v).flags |= VDC_STORAGE_VOLUME_NO_METADATA;
}

DAMAGE(no_data)
{
	struct vdc_storage_volume *volume = &VOLUME(any(w, i));

	volume->flags |= VDC_STORAGE_VOLUME_NO_DATA;
	volume->apparent_size = volume->true_size = VDC_UNSET;
}

DAMAGE(nonsense_header)
{
	IMAGE->headers_read = true;
	IMAGE->headers[any(w, i)].format = 0;
}

DAMAGE(corrupt_header)
{
	IMAGE->headers_read = true;
	IMAGE->headers[any(w, i)].corrupt = true;
}

DAMAGE(damaged_inside)
{
	IMAGE->damaged[TOP] = 3;
}

DAMAGE(leaks)
{
	IMAGE->leaked[TOP] = 1;
}

DAMAGE(header_of_other_format)
{
	struct vdc_storage_header *header = &IMAGE->headers[any(w, i)];

	IMAGE->headers_read = true;
	header->format = header->format == VDC_DISK_COW ? VDC_DISK_RAW : VDC_DISK_COW;
}

DAMAGE(header_of_other_parent)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].backing = image_id_text(w, image_random_id(w));
}

DAMAGE(header_without_parent)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].backing = NULL;
}

DAMAGE(header_of_strange_parent)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].backing = "base.qcow2";
}

DAMAGE(header_of_other_size)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].capacity += 512;
}

DAMAGE(cut_image)
{
	IMAGE->headers_read = true;
	IMAGE->headers[TOP].cut = true;
}

DAMAGE(other_compat)
{
	IMAGE->headers_read = true;
	ROW(TOP).qcow_compat = VDC_QCOW2_V2;
}

DAMAGE(odd)
{
	VOLUME(any(w, i)).flags |= VDC_STORAGE_VOLUME_ODD;
}

DAMAGE(foreign)
{
	VOLUME(any(w, i)).flags |= VDC_STORAGE_VOLUME_FOREIGN;
}

DAMAGE(twice)
{
	IMAGE->twice = true;
}

DAMAGE(truncated)
{
	VOLUME(0).apparent_size -= 1;
}

DAMAGE(too_large)
{
	VOLUME(TOP).apparent_size = VOLUME(TOP).capacity * 2;
}

DAMAGE(raw_and_sparse)
{
	VOLUME(0).allocation = VDC_ALLOCATION_SPARSE;
	ROW(0).allocation = VDC_ALLOCATION_SPARSE;
}

DAMAGE(cut_description)
{
	int v = any(w, i);

	VOLUME(v).description = "{\"DiskAlias\":\"d";
	ROW(v).description = text(VOLUME(v).description);
}

DAMAGE(no_time)
{
	VOLUME(any(w, i)).created = 0;
}

DAMAGE(future)
{
	VOLUME(any(w, i)).created = IMAGE_NOW + 1000000;
}

DAMAGE(removal_stopped)
{
	VOLUME(0).status = VDC_STORAGE_VOLUME_REMOVED;
	IMAGE->no_row[0] = true;
}

DAMAGE(removal_of_leaf)
{
	VOLUME(TOP).status = VDC_STORAGE_VOLUME_REMOVED;
}

/* As a move that failed leaves it. */
DAMAGE(on_two_domains)
{
	struct image_of *copy = &w->images[w->n++];

	*copy = *IMAGE;
	copy->domain = 1 - IMAGE->domain;
	for (int v = 0; v < copy->n; v++) {
		copy->no_row[v] = true;
		copy->lease_at[v] = 0;
		copy->volumes[v].slot = VDC_UNSET;
	}
}

DAMAGE(same_slot)
{
	VOLUME(1).slot = VOLUME(0).slot;
	IMAGE->lease_at[1] = 0;
}

DAMAGE(reserved_slot)
{
	VOLUME(0).slot = 0;
	IMAGE->lease_at[0] = 100 * MIB;
}

DAMAGE(high_slot)
{
	VOLUME(0).slot = 16256;
	IMAGE->lease_at[0] = 16356 * MIB;
}

DAMAGE(lease_lost)
{
	IMAGE->lease_at[any(w, i)] = 0;
}

DAMAGE(lease_of_other)
{
	memcpy(IMAGE->lease_of[1], IMAGE->lease_of[0], sizeof(IMAGE->lease_of[1]));
}

DAMAGE(lease_of_nobody)
{
	snprintf(IMAGE->lease_of[0], sizeof(IMAGE->lease_of[0]), "_MERGE");
}

DAMAGE(vm_lease_half)
{
	(void)i;
	w->vm_lease.updating = true;
}

DAMAGE(vm_lease_lost)
{
	(void)i;
	w->no_vm_lease = true;
}

DAMAGE(vm_lost)
{
	(void)i;
	w->no_vm = true;
}

DAMAGE(domain_unwell)
{
	w->self[IMAGE->domain].unwell = true;
}

DAMAGE(domain_unknown)
{
	w->no_row[IMAGE->domain] = true;
}

DAMAGE(other_domain_format)
{
	w->rows[IMAGE->domain].storage_format = VDC_STORAGE_V4;
}

DAMAGE(no_master)
{
	(void)i;
	w->self[0].master = false;
}

DAMAGE(two_masters)
{
	(void)i;
	w->self[1].master = true;
}

static const struct damage damages[] = {
	{ row_lost, NEEDS_PLAIN, "VOLUME_ONLY_ON_STORAGE", "", false },
	{ leaf_lost, NEEDS_PLAIN | NEEDS_TWO, "VOLUME_ONLY_IN_DATABASE NO_LEAF",
	  "INTERNAL_WITHOUT_CHILD", false },
	{ base_lost, NEEDS_PLAIN | NEEDS_TWO, "VOLUME_ONLY_IN_DATABASE PARENT_MISSING", "", false },
	{ base_lost, NEEDS_TEMPLATE, "VOLUME_ONLY_IN_DATABASE", "PARENT_MISSING", true },
	{ leaf_lost_without_lease, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK,
	  "VOLUME_ONLY_IN_DATABASE NO_LEAF LEASE_LEFTOVER", "INTERNAL_WITHOUT_CHILD", false },
	{ other_domain, NEEDS_PLAIN, "DOMAIN_DIFFERS", "", false },
	{ unknown_domain, NEEDS_PLAIN, "DOMAIN_DIFFERS", "", false },
	{ other_capacity, NEEDS_PLAIN, "CAPACITY_DIFFERS", "", false },
	{ other_parent, NEEDS_PLAIN, "PARENT_DIFFERS", "", false },
	{ no_parent_in_database, NEEDS_PLAIN | NEEDS_TWO, "PARENT_DIFFERS", "", false },
	{ other_image, NEEDS_PLAIN, "IMAGE_DIFFERS", "", false },
	{ other_format, NEEDS_PLAIN, "FORMAT_DIFFERS", "", false },
	{ other_allocation, NEEDS_PLAIN, "ALLOCATION_DIFFERS", "", false },
	{ illegal_in_database, NEEDS_PLAIN, "LEGALITY_DIFFERS", "", false },
	{ illegal_leaf, NEEDS_PLAIN, "LEGALITY_DIFFERS", "", false },
	{ illegal_below, NEEDS_PLAIN | NEEDS_TWO, "LEGALITY_DIFFERS ILLEGAL_IN_CHAIN", "", false },
	{ illegal_on_both_sides, NEEDS_PLAIN, "ILLEGAL_ON_BOTH_SIDES", "", false },
	{ other_voltype, NEEDS_PLAIN | NEEDS_TWO, "VOLTYPE_DIFFERS", "", false },
	{ internal_is_active, NEEDS_PLAIN | NEEDS_TWO, "VOLTYPE_DIFFERS", "", false },
	{ other_content, NEEDS_PLAIN, "CONTENT_TYPE_DIFFERS", "", false },
	{ other_description, NEEDS_PLAIN, "DESCRIPTION_DIFFERS", "", false },
	{ other_sequence, NEEDS_PLAIN, "SEQUENCE_DIFFERS", "", false },
	{ other_actual_size, NEEDS_PLAIN, "ACTUAL_SIZE_DIFFERS", "", false },
	{ no_disk, NEEDS_PLAIN, "ROW_WITHOUT_DISK", "", false },
	{ none_active, NEEDS_PLAIN, "ACTIVE_COUNT", "", false },
	{ two_active, NEEDS_PLAIN | NEEDS_TWO, "ACTIVE_COUNT", "", false },
	{ loop, NEEDS_PLAIN | NEEDS_TWO | NEEDS_OWN_BASE,
	  "CHAIN_LOOP LEAF_WITH_CHILD CHILD_NOT_COW SEQUENCE_NOT_GROWING", "", false },
	{ own_parent, NEEDS_PLAIN | NEEDS_ONE | NEEDS_OWN_BASE,
	  "CHAIN_LOOP LEAF_WITH_CHILD CHILD_NOT_COW SEQUENCE_NOT_GROWING", "", false },
	{ forked, NEEDS_PLAIN | NEEDS_THREE, "CHAIN_FORK INTERNAL_WITHOUT_CHILD", "", false },
	{ parent_lost, NEEDS_PLAIN, "PARENT_MISSING", "INTERNAL_WITHOUT_CHILD CHILD_NOT_COW",
	  false },
	{ parent_elsewhere, NEEDS_PLAIN, "PARENT_OF_OTHER_IMAGE LEAF_WITH_CHILD", "CHILD_NOT_COW",
	  true },
	{ pieces, NEEDS_PLAIN | NEEDS_TWO, "CHAIN_IN_PIECES INTERNAL_WITHOUT_CHILD", "", false },
	{ no_leaf, NEEDS_PLAIN, "NO_LEAF INTERNAL_WITHOUT_CHILD", "", false },
	{ two_leaves, NEEDS_PLAIN | NEEDS_TWO, "SEVERAL_LEAVES LEAF_WITH_CHILD", "", false },
	{ template_with_parent, NEEDS_TEMPLATE, "SHARED_WITH_PARENT PARENT_MISSING CHILD_NOT_COW",
	  "", true },
	{ raw_child, NEEDS_PLAIN | NEEDS_TWO, "CHILD_NOT_COW TRUNCATED", "RAW_SPARSE_ON_BLOCK",
	  false },
	{ smaller_child, NEEDS_PLAIN | NEEDS_TWO, "CAPACITY_BELOW_PARENT", "", false },
	{ same_sequence, NEEDS_PLAIN | NEEDS_TWO, "SEQUENCE_NOT_GROWING", "", false },
	{ invalid, NEEDS_PLAIN, "METADATA_INVALID", "", false },
	{ no_metadata, NEEDS_PLAIN, "METADATA_MISSING", "", false },
	{ no_data, NEEDS_PLAIN, "DATA_MISSING", "", false },
	{ nonsense_header, NEEDS_PLAIN, "HEADER_DAMAGED", "", false },
	{ corrupt_header, NEEDS_PLAIN, "HEADER_DAMAGED", "", false },
	{ damaged_inside, NEEDS_PLAIN | NEEDS_TWO, "IMAGE_DAMAGED", "", false },
	{ leaks, NEEDS_PLAIN | NEEDS_TWO, "IMAGE_LEAKED", "", false },
	{ header_of_other_format, NEEDS_PLAIN, "HEADER_FORMAT_DIFFERS", "", false },
	{ header_of_other_parent, NEEDS_PLAIN | NEEDS_TWO, "HEADER_PARENT_DIFFERS", "", false },
	{ header_without_parent, NEEDS_PLAIN | NEEDS_TWO, "HEADER_PARENT_DIFFERS", "", false },
	{ header_of_strange_parent, NEEDS_PLAIN | NEEDS_TWO, "HEADER_PARENT_DIFFERS", "", false },
	{ header_of_other_size, NEEDS_PLAIN | NEEDS_TWO, "HEADER_CAPACITY_DIFFERS", "", false },
	{ cut_image, NEEDS_PLAIN | NEEDS_TWO, "TRUNCATED", "", false },
	{ other_compat, NEEDS_PLAIN | NEEDS_TWO, "QCOW_COMPAT_DIFFERS", "", false },
	{ odd, NEEDS_PLAIN, "METADATA_ODD", "", false },
	{ foreign, NEEDS_PLAIN, "METADATA_FOREIGN", "", false },
	{ twice, NEEDS_PLAIN, "TOLD_TWICE", "", false },
	{ truncated, NEEDS_PLAIN | NEEDS_OWN_BASE, "TRUNCATED", "", false },
	{ too_large, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK, "SIZE_ABOVE_LIMIT", "", false },
	{ raw_and_sparse, NEEDS_PLAIN | NEEDS_OWN_BASE | NEEDS_BLOCK, "RAW_SPARSE_ON_BLOCK", "",
	  false },
	{ cut_description, NEEDS_PLAIN, "DESCRIPTION_TRUNCATED", "", false },
	{ no_time, NEEDS_PLAIN, "CREATION_TIME_WRONG", "", false },
	{ future, NEEDS_PLAIN, "CREATION_TIME_WRONG", "", false },
	{ removal_stopped, NEEDS_PLAIN | NEEDS_ONE, "REMOVAL_LEFTOVER", "", false },
	{ removal_of_leaf, NEEDS_PLAIN | NEEDS_TWO,
	  "REMOVAL_LEFTOVER NO_LEAF INTERNAL_WITHOUT_CHILD", "", false },
	{ on_two_domains, NEEDS_PLAIN | NEEDS_OWN_BASE | NEEDS_BLOCK,
	  "VOLUME_ON_SEVERAL_DOMAINS VOLUME_ONLY_ON_STORAGE", "", false },
	{ same_slot, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK, "SLOT_SHARED LEASE_OF_OTHER", "",
	  false },
	{ reserved_slot, NEEDS_PLAIN | NEEDS_BLOCK, "SLOT_OUT_OF_RANGE", "", false },
	{ high_slot, NEEDS_PLAIN | NEEDS_BLOCK, "SLOT_OUT_OF_RANGE", "", false },
	{ lease_lost, NEEDS_PLAIN | NEEDS_BLOCK, "LEASE_MISSING", "", false },
	{ lease_of_other, NEEDS_PLAIN | NEEDS_TWO | NEEDS_BLOCK, "LEASE_OF_OTHER", "", false },
	{ lease_of_nobody, NEEDS_PLAIN | NEEDS_BLOCK, "LEASE_OF_OTHER", "", false },
	{ vm_lease_half, 0, "VM_LEASE_UNFINISHED", "", true },
	{ vm_lease_lost, 0, "VM_LEASE_MISSING", "", true },
	{ vm_lost, 0, "VM_LEASE_LEFTOVER", "", true },
	{ domain_unwell, 0, "DOMAIN_UNWELL", "", true },
	{ domain_unknown, 0, "DOMAIN_NOT_IN_DATABASE", "", true },
	{ other_domain_format, 0, "DOMAIN_FORMAT_DIFFERS", "", true },
	{ no_master, 0, "MASTER_DIFFERS", "", true },
	{ two_masters, 0, "MASTER_DIFFERS SEVERAL_MASTERS", "", true },
};

size_t n_damages(void)
{
	return VDC_COUNT(damages) + n_storage_damages;
}

const struct damage *damage_at(size_t i)
{
	return i < VDC_COUNT(damages) ? &damages[i] : &storage_damages[i - VDC_COUNT(damages)];
}
