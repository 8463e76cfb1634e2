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

/* The order of rows does not count. */
static void add(struct vdc_image_check *check, const char *image, uint64_t hash)
{
	struct vdc_uuid id;

	if (!check->stamps && check->options.stamps)
		check->stamps = vdc_map_new();
	if (check->stamps && image && vdc_uuid_read(image, &id))
		*vdc_map_add(check->stamps, &id, sizeof(id)) += hash;
}

void vdc_image_stamp_row(struct vdc_image_check *check, const struct vdc_volume *row)
{
	const int64_t numbers[] = { row->active,   row->status,	      row->capacity,
				    row->format,   row->allocation,   row->voltype,
				    row->legality, row->content_type, row->qcow_compat,
				    row->sequence };
	const char *const texts[] = { row->id, row->parent, row->storage_domain.id, row->copies,
				      row->disk.id };
	uint64_t hash = vdc_fnv(VDC_FNV_START, numbers, sizeof(numbers));

	if (!check->options.stamps)
		return;
	for (size_t i = 0; i < VDC_COUNT(texts); i++)
		hash = add_text(hash, texts[i]);
	add(check, row->image ? row->image : row->disk.id, hash);
}

void vdc_image_stamp_disk(struct vdc_image_check *check, const struct vdc_disk *disk)
{
	add(check, disk->id, vdc_fnv(VDC_FNV_START, &disk->status, sizeof(disk->status)));
}

uint64_t vdc_image_stamp_of(const struct vdc_image_check *check,
			    const struct vdc_discrepancy *found)
{
	const uint64_t *stamp;
	struct vdc_uuid id;

	if (!check->stamps || !found->image || !vdc_uuid_read(found->image, &id))
		return 0;
	stamp = vdc_map_find(check->stamps, &id, sizeof(id));
	return stamp ? *stamp : 0;
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
