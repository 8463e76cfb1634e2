/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_block.h"

#include <errno.h>
#include <string.h>

#include "act/image_block_part.h"
#include "doc/image_header.h"
#include "doc/volume_metadata.h"
#include "edge/direct.h"

/* vdsm pauses for less between the sectors of one record. */
#define PAUSE (20 * 1000)
#define DAY INT64_C(86400)
enum { RECORD = 512, TRIES = 5 };

static int64_t slot_offset(const struct image_block *block, int64_t slot)
{
	if (block->self.format && block->self.format < VDC_STORAGE_V5)
		return slot * 512;
	return (INT64_C(1) << 20) + slot * 8192;
}

/* The page that holds the record, and where in it. */
static int read_page(const struct image_block *block, int64_t slot, char page[VDC_DIRECT_UNIT],
		     const char **record)
{
	int64_t offset = slot_offset(block, slot);
	int64_t within = offset % VDC_DIRECT_UNIT;

	*record = page + within;
	return vdc_image_group_read(block->group, block->metadata, offset - within, page,
				    VDC_DIRECT_UNIT, block->err);
}

/* What differs from its tags may be half written, or the tags may be older than it. */
static bool agrees(const struct vdc_storage_volume *volume, const struct image_tags *tags)
{
	return volume->status == VDC_STORAGE_VOLUME_OK &&
	       (!tags->has_image || vdc_uuid_equal(volume->image, tags->image)) &&
	       (!tags->has_parent || vdc_uuid_equal(volume->parent, tags->parent));
}

static int read_record(const struct image_block *block, const struct image_tags *tags,
		       struct vdc_storage_volume *volume)
{
	const struct vdc_storage_volume blank = *volume;
	char page[VDC_DIRECT_UNIT], before[RECORD];
	const char *record;
	int r = read_page(block, tags->slot, page, &record);

	for (int i = 0; !r; i++) {
		*volume = blank;
		vdc_volume_metadata_read(record, RECORD, block->self.id, block->arena, volume);
		if (agrees(volume, tags) || i >= TRIES || (i && !memcmp(before, record, RECORD)))
			break;
		memcpy(before, record, RECORD);
		vdc_sleep(PAUSE);
		r = read_page(block, tags->slot, page, &record);
	}
	return r;
}

static void fill_from_tags(const struct image_block *block, const struct image_tags *tags,
			   struct vdc_storage_volume *volume)
{
	struct vdc_storage_tags *kept;

	if (volume->status == VDC_STORAGE_VOLUME_OK && !agrees(volume, tags)) {
		kept = vdc_arena_alloc(block->arena, sizeof(*kept));
		kept->image = tags->has_image ? tags->image : volume->image;
		kept->parent = tags->has_parent ? tags->parent : volume->parent;
		volume->tags = kept;
	}
	if (!(volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE) && tags->has_image) {
		volume->image = tags->image;
		volume->flags |= VDC_STORAGE_VOLUME_HAS_IMAGE;
	}
	if (!(volume->flags & VDC_STORAGE_VOLUME_HAS_PARENT) && tags->has_parent) {
		volume->parent = tags->parent;
		volume->flags |= VDC_STORAGE_VOLUME_HAS_PARENT;
	}
	if (tags->removed)
		volume->status = VDC_STORAGE_VOLUME_REMOVED;
}

/* Both are written within a moment by one host; LVM keeps its time when the group is copied or restored. */
static bool is_stale(const struct vdc_lvm_part *part, const struct vdc_storage_volume *volume)
{
	return volume->status == VDC_STORAGE_VOLUME_OK && part->created > 0 &&
	       volume->created > 0 && volume->created < part->created - DAY;
}

static int read_metadata(const struct image_block *block, const struct image_tags *tags,
			 const struct vdc_lvm_part *part, struct vdc_storage_volume *volume)
{
	int r;

	volume->status = VDC_STORAGE_VOLUME_INVALID;
	if (tags->creating) {
		volume->flags |= VDC_STORAGE_VOLUME_CREATING;
		volume->created = part->created;
		return 0;
	}
	if (tags->slot == VDC_UNSET) {
		volume->flags |= VDC_STORAGE_VOLUME_NO_METADATA;
		return 0;
	}
	volume->slot = tags->slot;
	if (tags->slot > block->metadata->size / 512)
		return 0;
	r = read_record(block, tags, volume);
	if (!r && is_stale(part, volume))
		volume->flags |= VDC_STORAGE_VOLUME_STALE;
	return r == -ENODATA ? 0 : r;
}

/* In whole pages. */
static int read_bitmaps(const struct image_block *block, const struct vdc_lvm_part *part,
			struct vdc_storage_header *header)
{
	int64_t within = header->bitmaps_at % VDC_DIRECT_UNIT;
	size_t len = (size_t)within + header->bitmaps_size;
	size_t pages = (len + VDC_DIRECT_UNIT - 1) / VDC_DIRECT_UNIT;
	char *data = vdc_arena_alloc(block->arena, pages * VDC_DIRECT_UNIT);
	int r = vdc_image_group_read(block->group, part, header->bitmaps_at - within, data,
				     pages * VDC_DIRECT_UNIT, block->err);

	if (!r)
		header->bitmaps_in_use =
			vdc_image_bitmaps_in_use(data + within, header->bitmaps_size);
	return r == -ENODATA || r == -ENODEV ? 0 : r;
}

static int read_header(const struct image_block *block, const struct vdc_lvm_part *part,
		       struct vdc_storage_volume *volume)
{
	struct vdc_storage_header *header;
	char page[VDC_DIRECT_UNIT];
	int r = vdc_image_group_read(block->group, part, 0, page, sizeof(page), block->err);

	/* That a device is missing is told of the whole domain. */
	if (r)
		return r == -ENODEV ? 0 : r;
	header = vdc_arena_alloc(block->arena, sizeof(*header));
	vdc_image_header_read(page, sizeof(page), part->size, block->arena, header);
	volume->header = header;
	return header->bitmaps_size ? read_bitmaps(block, part, header) : 0;
}

static int read_volume(const struct image_block *block, const struct vdc_lvm_part *part)
{
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 0 });
	struct image_tags tags;
	int r;

	if (strlen(part->name) != VDC_UUID_LEN || !vdc_uuid_read(part->name, &volume.id))
		return 0;
	vdc_arena_reset(block->arena);
	tags = image_tags_read(part->tags);
	volume.apparent_size = volume.true_size = part->size;
	r = read_metadata(block, &tags, part, &volume);
	if (!r && block->deep && !tags.creating && !tags.removed)
		r = read_header(block, part, &volume);
	fill_from_tags(block, &tags, &volume);
	return r ? r : block->sink->volume(block->sink->ctx, &volume, block->err);
}

static int read_self(struct image_block *block, const struct vdc_lvm_layout *layout)
{
	vdc_autobuf text = { 0 };

	if (!image_tags_of_domain(layout->tags, &text))
		return vdc_err_set(block->err, -EINVAL,
				   "it is no storage domain: it has not the tag "
				   "RHAT_storage_domain");
	vdc_domain_metadata_read(text.data, text.len, block->kept, &block->self);
	block->self.block = true;
	block->self.nameless = !block->self.has_id;
	block->self.unwell = layout->missing > 0;
	block->self.areas_wrong = layout->areas != 1;
	block->self.metadata_size = layout->metadata_size;
	block->self.metadata_free = layout->metadata_free;
	block->metadata = vdc_image_group_part(block->group, "metadata");
	return block->metadata
		       ? 0
		       : vdc_err_set(block->err, -EINVAL,
				     "it is no storage domain: it has no volume \"metadata\"");
}

static int read_all(struct image_block *block, const struct vdc_lvm_layout *layout)
{
	int r = read_self(block, layout);

	for (size_t i = 0; i < layout->n && !r; i++)
		r = read_volume(block, &layout->parts[i]);
	r = r ?: image_block_leases(block);
	return r ?: block->sink->self(block->sink->ctx, &block->self, block->err);
}

int vdc_image_block_read(const char *group, bool deep, int64_t limit_us,
			 const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autoarena *kept = vdc_arena_new();
	struct image_block block = {
		.sink = sink, .arena = arena, .kept = kept, .deep = deep, .err = err
	};
	const struct vdc_lvm_options options = { .limit_us = limit_us };
	struct vdc_lvm_layout layout;
	vdc_autolvm *lvm = NULL;
	int r = vdc_lvm_new(&options, &lvm, err);

	r = r ?: vdc_lvm_layout(lvm, group, kept, &layout, err);
	if (r)
		return r;
	block.group = vdc_image_group_new(&layout);
	r = read_all(&block, &layout);
	vdc_image_group_free(block.group);
	return r;
}
