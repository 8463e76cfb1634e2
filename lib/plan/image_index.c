/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The volumes of all domains by their ids. */
#include <string.h>

#include "plan/image_part.h"

/* Keyed, because whoever writes a dump chooses the ids. */
static size_t slot_of(const struct vdc_image_check *check, struct vdc_uuid id)
{
	unsigned __int128 x = (unsigned __int128)(id.high ^ check->options.secret) *
			      (id.low ^ UINT64_C(0x9e3779b97f4a7c15));
	uint64_t folded = (uint64_t)x ^ (uint64_t)(x >> 64);

	folded = (folded ^ check->options.secret) * UINT64_C(0xd6e8feb86659fd93);
	return (folded ^ folded >> 32) & (check->n_slots - 1);
}

/* The slot that holds ID, or the free one where it belongs. */
static uint32_t *slot_for(const struct vdc_image_check *check, struct vdc_uuid id)
{
	size_t at = slot_of(check, id);

	while (check->slots[at] &&
	       !vdc_uuid_equal(entry_at(check, check->slots[at] - 1)->volume.id, id))
		at = (at + 1) & (check->n_slots - 1);
	return &check->slots[at];
}

/* Puts an entry in front of those that have its id. */
static void enter(struct vdc_image_check *check, uint32_t i)
{
	struct entry *entry = entry_at(check, i);
	uint32_t *slot = slot_for(check, entry->volume.id);

	entry->same = *slot ? *slot - 1 : NONE;
	*slot = i + 1;
}

static void rebuild(struct vdc_image_check *check, size_t n_slots)
{
	free(check->slots);
	check->n_slots = n_slots;
	check->slots = vdc_alloc(n_slots * sizeof(*check->slots));
	for (uint32_t i = 0; i < check->n; i++)
		enter(check, i);
}

static struct entry *append(struct vdc_image_check *check)
{
	if (check->n == check->n_chunks * CHUNK) {
		check->chunks =
			vdc_realloc(check->chunks, check->n_chunks + 1, sizeof(*check->chunks));
		check->chunks[check->n_chunks++] = vdc_alloc(CHUNK * sizeof(struct entry));
	}
	return entry_at(check, check->n);
}

struct entry *vdc_image_index_add(struct vdc_image_check *check, struct vdc_uuid id)
{
	struct entry *entry;

	if (vdc_image_index_find(check, id, check->n_domains - 1) != NONE)
		return NULL;
	if (check->n_slots * 3 <= (size_t)check->n * 4)
		rebuild(check, check->n_slots ? 2 * check->n_slots : 1024);
	entry = append(check);
	*entry = (struct entry){ .domain = check->n_domains - 1, .same = NONE, .up = NONE };
	entry->volume.id = id;
	enter(check, check->n++);
	return entry;
}

uint32_t vdc_image_index_first(const struct vdc_image_check *check, struct vdc_uuid id)
{
	return check->n_slots ? *slot_for(check, id) - 1 : NONE;
}

uint32_t vdc_image_index_find(const struct vdc_image_check *check, struct vdc_uuid id,
			      uint32_t domain)
{
	uint32_t i = vdc_image_index_first(check, id);

	while (i != NONE && entry_at(check, i)->domain != domain)
		i = entry_at(check, i)->same;
	return i;
}

void vdc_image_index_cut(struct vdc_image_check *check, uint32_t first)
{
	check->n = first;
	if (check->n_slots)
		rebuild(check, check->n_slots);
}

void *vdc_image_room(void *items, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room ? 2 * *room : 16;
	return vdc_realloc(items, *room, size);
}
