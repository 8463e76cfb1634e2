/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Volumes in the database and on the storage. */
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

DAMAGE(no_domain)
{
	ROW(any(w, i)).storage_domain.id = NULL;
}

DAMAGE(nowhere)
{
	ROW(TOP).storage_domain.id = NULL;
	leaf_lost(w, i);
}

DAMAGE(state_of_no_snapshot)
{
	ROW(any(w, i)).snapshot = image_id_text(w, image_random_id(w));
}

DAMAGE(snapshot_of_nothing)
{
	(void)i;
	w->snapshots[2] = w->snapshots[1];
	w->snapshots[2].id = image_id_text(w, image_random_id(w));
}

DAMAGE(locked_for_nothing)
{
	w->work_known = true;
	ROW(any(w, i)).status = VDC_DISK_LOCKED;
}

/* A move that failed, and a snapshot since then. */
DAMAGE(another_chain_elsewhere)
{
	struct image_of *copy = &w->images[w->n++];

	*copy = *IMAGE;
	copy->domain = 1 - IMAGE->domain;
	copy->gone[TOP] = true;
	for (int v = 0; v < copy->n; v++) {
		copy->no_row[v] = true;
		copy->lease_at[v] = 0;
		copy->volumes[v].slot = VDC_UNSET;
	}
}

static const struct damage damages[] = {
	{ no_domain, NEEDS_PLAIN, "ROW_WITHOUT_DOMAIN", "", false },
	{ nowhere, NEEDS_PLAIN | NEEDS_TWO, "ROW_WITHOUT_DOMAIN NO_LEAF", "INTERNAL_WITHOUT_CHILD",
	  false },
	{ state_of_no_snapshot, NEEDS_PLAIN, "SNAPSHOT_UNKNOWN", "", false },
	{ snapshot_of_nothing, 0, "SNAPSHOT_WITHOUT_VOLUMES", "", true },
	{ locked_for_nothing, NEEDS_PLAIN, "LOCKED_WITHOUT_WORK", "", false },
	{ another_chain_elsewhere, NEEDS_PLAIN | NEEDS_TWO | NEEDS_OWN_BASE,
	  "CHAINS_DIFFER VOLUME_ON_SEVERAL_DOMAINS VOLUME_ONLY_ON_STORAGE NO_LEAF",
	  "INTERNAL_WITHOUT_CHILD RAW_SPARSE_ON_BLOCK SIZE_ABOVE_LIMIT", false },
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
};

const struct damage_topic damage_row = { damages, VDC_COUNT(damages) };
