/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the database says of each image, as a number: where it is another one at the next reading,
 * somebody worked on the image meanwhile, and what was read of the storage is of neither moment.
 */
#include <string.h>

#include "base/fnv.h"
#include "base/map.h"
#include "plan/image_part.h"

/* The end of a text counts, so that two texts are not taken for two others. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	return text ? vdc_fnv(hash, text, strlen(text) + 1) : vdc_fnv(hash, "\1", 2);
}

/* 0: nobody will ask. */
uint32_t vdc_image_stamp_row(const struct vdc_image_check *check, const struct vdc_volume *row)
{
	const int64_t numbers[] = { row->active,   row->status,	      row->capacity,
				    row->format,   row->allocation,   row->voltype,
				    row->legality, row->content_type, row->qcow_compat,
				    row->sequence };
	const char *const texts[] = { row->id,	   row->parent, row->storage_domain.id,
				      row->copies, row->image,	row->disk.id };
	uint64_t hash = vdc_fnv(VDC_FNV_START, numbers, sizeof(numbers));

	if (!check->options.stamps)
		return 0;
	for (size_t i = 0; i < VDC_COUNT(texts); i++)
		hash = add_text(hash, texts[i]);
	return (uint32_t)(hash ^ hash >> 32);
}

/* The order of rows does not count. */
static void add_beside(struct vdc_image_check *check, struct vdc_uuid image, uint64_t stamp)
{
	if (!check->stamps)
		check->stamps = vdc_map_new();
	*vdc_map_add(check->stamps, &image, sizeof(image)) += stamp;
}

void vdc_image_stamp_alone(struct vdc_image_check *check, struct vdc_uuid image,
			   const struct vdc_volume *row)
{
	if (check->options.stamps)
		add_beside(check, image, vdc_image_stamp_row(check, row));
}

/* Almost all are "ok", which is no word worth keeping. */
void vdc_image_stamp_disk(struct vdc_image_check *check, const struct vdc_disk *disk)
{
	struct vdc_uuid id;

	if (check->options.stamps && disk->status != VDC_DISK_OK && disk->id &&
	    vdc_uuid_read(disk->id, &id))
		add_beside(check, id, vdc_fnv(VDC_FNV_START, &disk->status, sizeof(disk->status)));
}

static void add_volumes(const struct vdc_image_check *check, struct vdc_map *sums)
{
	for (uint32_t i = 0; i < check->n; i++) {
		const struct entry *entry = entry_at(check, i);
		const struct vdc_uuid *image = &entry->volume.image;
		uint64_t *sum = entry->stamp ? vdc_map_find(sums, image, sizeof(*image)) : NULL;

		if (sum)
			*sum += entry->stamp;
	}
}

static bool image_of(const struct vdc_discrepancy *found, struct vdc_uuid *ret)
{
	return found->image && vdc_uuid_read(found->image, ret);
}

void vdc_image_stamp_items(const struct vdc_image_check *check, struct vdc_image_result *ret)
{
	struct vdc_map *sums = vdc_map_new();
	const uint64_t *beside;
	struct vdc_uuid image;

	for (size_t i = 0; i < ret->n; i++) {
		if (!image_of(ret->items[i], &image))
			continue;
		beside = check->stamps ? vdc_map_find(check->stamps, &image, sizeof(image)) : NULL;
		*vdc_map_add(sums, &image, sizeof(image)) = beside ? *beside : 0;
	}
	if (vdc_map_count(sums))
		add_volumes(check, sums);
	for (size_t i = 0; i < ret->n; i++)
		if (image_of(ret->items[i], &image))
			ret->stamps[i] = *vdc_map_find(sums, &image, sizeof(image));
	vdc_map_free(sums);
}

void vdc_image_confirm(const struct vdc_image_result *first, struct vdc_image_result *second)
{
	struct vdc_map *before = vdc_map_new();

	for (size_t i = 0; i < first->n; i++)
		*vdc_map_add(before, first->items[i]->id, strlen(first->items[i]->id)) = i + 1;
	for (size_t i = 0; i < second->n; i++) {
		struct vdc_discrepancy *found = second->items[i];
		const uint64_t *at = vdc_map_find(before, found->id, strlen(found->id));

		found->confirmed = at ? 1 : 0;
		if (!at || first->stamps[*at - 1] == second->stamps[i])
			continue;
		found->in_flight = 1;
		found->severity = VDC_FINDING_INFO;
	}
	vdc_map_free(before);
}
