/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume by itself, and its image. */
#include "image_damage_part.h"

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
	IMAGE->looked[TOP] = true;
	IMAGE->looks[TOP].damaged = 3;
}

DAMAGE(leaks)
{
	IMAGE->looked[TOP] = true;
	IMAGE->looks[TOP].leaked = 1;
}

DAMAGE(stale_bitmaps_inside)
{
	IMAGE->looked[TOP] = true;
	IMAGE->looks[TOP].stale_bitmaps = true;
}

DAMAGE(bitmaps_in_use_inside)
{
	IMAGE->looked[TOP] = true;
	IMAGE->looks[TOP].bitmaps_in_use = true;
}

/* Nobody writes to one in the middle. */
DAMAGE(bitmaps_in_use)
{
	IMAGE->headers_read = true;
	IMAGE->headers[1].bitmaps_in_use = true;
}

DAMAGE(older_metadata)
{
	VOLUME(any(w, i)).flags |= VDC_STORAGE_VOLUME_STALE;
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

static const struct damage damages[] = {
	{ invalid, NEEDS_PLAIN, "METADATA_INVALID", "", false },
	{ no_metadata, NEEDS_PLAIN, "METADATA_MISSING", "", false },
	{ no_data, NEEDS_PLAIN, "DATA_MISSING", "", false },
	{ nonsense_header, NEEDS_PLAIN, "HEADER_DAMAGED", "", false },
	{ corrupt_header, NEEDS_PLAIN, "HEADER_DAMAGED", "", false },
	{ damaged_inside, NEEDS_PLAIN | NEEDS_TWO, "IMAGE_DAMAGED", "", false },
	{ leaks, NEEDS_PLAIN | NEEDS_TWO, "IMAGE_LEAKED", "", false },
	{ stale_bitmaps_inside, NEEDS_PLAIN | NEEDS_TWO, "BITMAPS_STALE", "", false },
	{ bitmaps_in_use_inside, NEEDS_PLAIN | NEEDS_TWO, "BITMAPS_IN_USE", "", false },
	{ bitmaps_in_use, NEEDS_PLAIN | NEEDS_THREE, "BITMAPS_IN_USE", "", false },
	{ older_metadata, NEEDS_PLAIN, "METADATA_STALE", "", false },
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
};

const struct damage_topic damage_volume = { damages, VDC_COUNT(damages) };
