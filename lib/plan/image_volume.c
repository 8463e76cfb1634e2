/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be wrong with a volume by itself. */
#include <string.h>

#include "plan/image_part.h"

#define EXTENT (INT64_C(128) << 20) /* of a block domain */
#define DAY INT64_C(86400)

static void check_record(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct vdc_storage_volume *volume = &entry->volume;

	if (volume->flags & VDC_STORAGE_VOLUME_NO_METADATA)
		vdc_image_found(check, VDC_IMAGE_METADATA_MISSING, entry->domain, entry,
				"volume %s has no metadata", id);
	else if (volume->flags & VDC_STORAGE_VOLUME_NO_DATA)
		vdc_image_found(check, VDC_IMAGE_DATA_MISSING, entry->domain, entry,
				"there is metadata of volume %s, and no volume", id);
	else if (volume->status == VDC_STORAGE_VOLUME_INVALID)
		vdc_image_found(check, VDC_IMAGE_METADATA_INVALID, entry->domain, entry,
				"the metadata of volume %s cannot be read", id);
	if (volume->flags & VDC_STORAGE_VOLUME_ODD)
		vdc_image_found(check, VDC_IMAGE_METADATA_ODD, entry->domain, entry,
				"the metadata of volume %s has a value that makes no sense", id);
	if (volume->flags & VDC_STORAGE_VOLUME_STALE)
		vdc_image_found(check, VDC_IMAGE_METADATA_STALE, entry->domain, entry,
				"the metadata of volume %s is older than the volume", id);
	if (volume->flags & VDC_STORAGE_VOLUME_FOREIGN)
		vdc_image_found(check, VDC_IMAGE_METADATA_FOREIGN, entry->domain, entry,
				"the metadata of volume %s names another storage domain", id);
	if (entry->flags & ENTRY_TWICE)
		vdc_image_found(check, VDC_IMAGE_TOLD_TWICE, entry->domain, entry,
				"volume %s is there twice", id);
}

/*
 * A thin volume grows by extents up to 1.1 times its capacity, the most that qcow2 needs; one extent
 * more is let pass.
 */
static int64_t most_of(int64_t capacity)
{
	int64_t most = capacity + capacity / 10;

	return (most + EXTENT - 1) / EXTENT * EXTENT + EXTENT;
}

static void check_size(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct vdc_storage_volume *volume = &entry->volume;
	bool block = check->domains[entry->domain].self.block;

	if (block && volume->format == VDC_DISK_RAW && volume->allocation == VDC_ALLOCATION_SPARSE)
		vdc_image_found(check, VDC_IMAGE_RAW_SPARSE_ON_BLOCK, entry->domain, entry,
				"volume %s is raw and sparse on a block domain", id);
	if (volume->capacity == VDC_UNSET || volume->apparent_size == VDC_UNSET ||
	    volume->status == VDC_STORAGE_VOLUME_INVALID)
		return;
	if (volume->format == VDC_DISK_RAW && volume->apparent_size < volume->capacity)
		vdc_image_found(check, VDC_IMAGE_TRUNCATED, entry->domain, entry,
				"volume %s is %jd bytes long and its disk has %jd", id,
				(intmax_t)volume->apparent_size, (intmax_t)volume->capacity);
	if (block && volume->format == VDC_DISK_COW &&
	    volume->allocation == VDC_ALLOCATION_SPARSE && volume->capacity < INT64_MAX / 2 &&
	    volume->apparent_size > most_of(volume->capacity))
		vdc_image_found(check, VDC_IMAGE_SIZE_ABOVE_LIMIT, entry->domain, entry,
				"volume %s is %jd bytes long, its disk has only %jd", id,
				(intmax_t)volume->apparent_size, (intmax_t)volume->capacity);
}

static void check_backing(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const char *backing = entry->volume.header->backing;
	struct vdc_uuid parent = { 0 };
	char text[VDC_UUID_LEN + 1];

	if (!(entry->volume.flags & VDC_STORAGE_VOLUME_HAS_PARENT))
		return;
	if (backing && !vdc_uuid_read(backing, &parent))
		vdc_image_found(check, VDC_IMAGE_HEADER_PARENT_DIFFERS, entry->domain, entry,
				"volume %s has a backing file that is no volume: %.80s", id,
				backing);
	else if (!vdc_uuid_equal(parent, entry->volume.parent))
		vdc_image_found(check, VDC_IMAGE_HEADER_PARENT_DIFFERS, entry->domain, entry,
				"volume %s has the parent %s and the backing file %s", id,
				vdc_uuid_write(entry->volume.parent, text),
				backing ? backing : "(none)");
}

/* A VM may run on it, which is nothing to tell, unless somebody saw that nobody has it open. */
static bool may_be_open(const struct vdc_image_check *check, const struct entry *entry)
{
	if (entry->flags & ENTRY_CLOSED)
		return false;
	return entry->flags & ENTRY_ACTIVE ||
	       (!check->options.database && entry->volume.voltype == VDC_VOLTYPE_LEAF);
}

static void check_header(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct vdc_storage_volume *volume = &entry->volume;
	const struct vdc_storage_header *header = volume->header;

	if (!header->format || header->corrupt) {
		vdc_image_found(check, VDC_IMAGE_HEADER_DAMAGED, entry->domain, entry,
				"the header of volume %s %s", id,
				header->format ? "says that it is damaged" : "makes no sense");
		return;
	}
	if (volume->format && volume->format != header->format) {
		vdc_image_found(check, VDC_IMAGE_HEADER_FORMAT_DIFFERS, entry->domain, entry,
				"volume %s is %s, its metadata says %s", id,
				vdc_enum_word(&vdc_disk_format_values, header->format),
				vdc_enum_word(&vdc_disk_format_values, volume->format));
		return;
	}
	if (header->format != VDC_DISK_COW)
		return;
	check_backing(check, entry, id);
	if (header->stale_bitmaps)
		vdc_image_found(check, VDC_IMAGE_BITMAPS_STALE, entry->domain, entry,
				"volume %s was written to without its bitmaps", id);
	if (header->bitmaps_in_use && !may_be_open(check, entry))
		vdc_image_found(check, VDC_IMAGE_BITMAPS_IN_USE, entry->domain, entry,
				"volume %s has bitmaps in use, and nobody has it open", id);
	if (header->dirty) {
		struct vdc_discrepancy *found =
			vdc_image_found(check, VDC_IMAGE_NOT_CLOSED, entry->domain, entry,
					"the image of volume %s was not closed", id);

		/* A VM may run. */
		found->in_flight = entry->flags & ENTRY_ACTIVE && !(entry->flags & ENTRY_CLOSED);
	}
	if (header->cut)
		vdc_image_found(check, VDC_IMAGE_TRUNCATED, entry->domain, entry,
				"volume %s ends before the tables of its image", id);
	if (volume->capacity != VDC_UNSET && volume->capacity != header->capacity)
		vdc_image_found(check, VDC_IMAGE_HEADER_CAPACITY_DIFFERS, entry->domain, entry,
				"volume %s has %jd bytes, its metadata says %jd", id,
				(intmax_t)header->capacity, (intmax_t)volume->capacity);
}

static void check_texts(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct vdc_storage_volume *volume = &entry->volume;
	const char *text = volume->description;
	int64_t now = check->options.now;

	if (text && *text == '{' && text[strlen(text) - 1] != '}')
		vdc_image_found(check, VDC_IMAGE_DESCRIPTION_TRUNCATED, entry->domain, entry,
				"the description of volume %s is cut off", id);
	if (volume->created == 0 ||
	    (now != VDC_UNSET && volume->created != VDC_UNSET && volume->created > now + DAY))
		vdc_image_found(check, VDC_IMAGE_CREATION_TIME_WRONG, entry->domain, entry,
				"volume %s was created %s", id,
				volume->created ? "in the future" : "at no time");
}

static void check_tags(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct vdc_storage_tags *tags = entry->volume.tags;
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];

	if (!tags)
		return;
	if (!vdc_uuid_equal(tags->image, entry->volume.image))
		vdc_image_found(check, VDC_IMAGE_TAG_IMAGE_DIFFERS, entry->domain, entry,
				"volume %s is tagged with image %s and its metadata says %s", id,
				vdc_uuid_write(tags->image, a),
				vdc_uuid_write(entry->volume.image, b));
	if (!vdc_uuid_equal(tags->parent, entry->volume.parent))
		vdc_image_found(check, VDC_IMAGE_TAG_PARENT_DIFFERS, entry->domain, entry,
				"volume %s is tagged with parent %s and its metadata says %s", id,
				vdc_uuid_write(tags->parent, a),
				vdc_uuid_write(entry->volume.parent, b));
}

/* It belongs to no image yet, so that nothing else says that somebody works on it. */
static void check_begun(struct vdc_image_check *check, struct entry *entry, const char *id)
{
	vdc_image_found(check, VDC_IMAGE_CREATION_LEFTOVER, entry->domain, entry,
			"the creation of volume %s did not end", id);
	if (vdc_image_is_new(check, entry))
		entry->flags |= ENTRY_BUSY;
}

static void check_sides(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	char image[VDC_UUID_LEN + 1];
	bool known = entry->volume.flags & VDC_STORAGE_VOLUME_HAS_IMAGE;

	if (entry->volume.status == VDC_STORAGE_VOLUME_REMOVED)
		vdc_image_found(check, VDC_IMAGE_REMOVAL_LEFTOVER, entry->domain, entry,
				"volume %s was to be removed and is still there%s", id,
				entry->flags & ENTRY_SEEN ? ", and the DB has it" : "");
	else if (check->options.database && check->domains[entry->domain].row &&
		 !(entry->flags & ENTRY_SEEN))
		vdc_image_found(check, VDC_IMAGE_ONLY_ON_STORAGE, entry->domain, entry,
				"volume %s of image %s is on storage but not in the DB", id,
				known ? vdc_uuid_write(entry->volume.image, image) : "(none)");
}

/* A template's volume may lie on several; what is left over of another one is said there. */
static void check_copies(struct vdc_image_check *check, const struct entry *entry, const char *id)
{
	const struct entry *other = entry->same == NONE ? NULL : entry_at(check, entry->same);
	char domain[VDC_UUID_LEN + 1];

	if (!other || entry->volume.voltype == VDC_VOLTYPE_SHARED ||
	    other->volume.voltype == VDC_VOLTYPE_SHARED ||
	    entry->volume.status == VDC_STORAGE_VOLUME_REMOVED ||
	    other->volume.status == VDC_STORAGE_VOLUME_REMOVED)
		return;
	vdc_image_found(check, VDC_IMAGE_ON_SEVERAL_DOMAINS, entry->domain, entry,
			"volume %s is on storage domain %s, too", id,
			vdc_uuid_write(check->domains[other->domain].self.id, domain));
}

void vdc_image_check_volumes(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];
	char id[VDC_UUID_LEN + 1];

	if (vdc_image_passed(check, domain))
		return;
	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		struct entry *entry = entry_at(check, i);

		vdc_uuid_write(entry->volume.id, id);
		if (entry_is_begun(entry)) {
			check_begun(check, entry, id);
			continue;
		}
		check_sides(check, entry, id);
		check_copies(check, entry, id);
		if (entry->volume.status == VDC_STORAGE_VOLUME_REMOVED)
			continue;
		check_record(check, entry, id);
		check_size(check, entry, id);
		if (entry->volume.header)
			check_header(check, entry, id);
		check_texts(check, entry, id);
		check_tags(check, entry, id);
	}
}
