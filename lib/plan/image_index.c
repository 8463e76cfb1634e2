/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The volumes of all domains by their ids. */
#include <string.h>

#include "plan/image_part.h"

/* Keyed, because whoever writes a dump chooses the ids. */
static uint64_t hash(const struct vdc_image_check *check, struct vdc_uuid id)
{
	unsigned __int128 x = (unsigned __int128)(id.high ^ check->options.secret) *
			      (id.low ^ UINT64_C(0x9e3779b97f4a7c15));
	uint64_t folded = (uint64_t)x ^ (uint64_t)(x >> 64);

	folded = (folded ^ check->options.secret) * UINT64_C(0xd6e8feb86659fd93);
	return folded ^ folded >> 32;
}

/* The slot that holds ID, or the free one where it belongs, which then has its tag. */
static struct index_slot *slot_for(const struct vdc_image_check *check, struct vdc_uuid id)
{
	uint64_t of_id = hash(check, id);
	uint32_t tag = (uint32_t)(of_id >> 32);
	size_t at = of_id & (check->n_slots - 1);
	struct index_slot *slot = &check->slots[at];

	while (slot->entry && (slot->tag != tag ||
			       !vdc_uuid_equal(entry_at(check, slot->entry - 1)->volume.id, id))) {
		at = (at + 1) & (check->n_slots - 1);
		slot = &check->slots[at];
	}
	if (!slot->entry)
		slot->tag = tag;
	return slot;
}

/* Puts an entry in front of those that have its id. */
static void enter(struct index_slot *slot, struct entry *entry, uint32_t i)
{
	entry->same = slot->entry ? slot->entry - 1 : NONE;
	slot->entry = i + 1;
}

static void rebuild(struct vdc_image_check *check, size_t n_slots)
{
	free(check->slots);
	check->n_slots = n_slots;
	check->slots = vdc_alloc(n_slots * sizeof(*check->slots));
	for (uint32_t i = 0; i < check->n; i++)
		enter(slot_for(check, entry_at(check, i)->volume.id), entry_at(check, i), i);
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

static uint32_t of_domain(const struct vdc_image_check *check, uint32_t i, uint32_t domain)
{
	while (i != NONE && entry_at(check, i)->domain != domain)
		i = entry_at(check, i)->same;
	return i;
}

struct entry *vdc_image_index_add(struct vdc_image_check *check, struct vdc_uuid id)
{
	struct entry *entry;
	struct index_slot *slot;

	if (check->n_slots * 3 <= (size_t)check->n * 4)
		rebuild(check, check->n_slots ? 2 * check->n_slots : 1024);
	slot = slot_for(check, id);
	if (of_domain(check, slot->entry - 1, check->n_domains - 1) != NONE)
		return NULL;
	entry = append(check);
	*entry = (struct entry){ .domain = check->n_domains - 1, .up = NONE };
	entry->volume.id = id;
	enter(slot, entry, check->n++);
	return entry;
}

uint32_t vdc_image_index_first(const struct vdc_image_check *check, struct vdc_uuid id)
{
	return check->n_slots ? slot_for(check, id)->entry - 1 : NONE;
}

uint32_t vdc_image_index_find(const struct vdc_image_check *check, struct vdc_uuid id,
			      uint32_t domain)
{
	return of_domain(check, vdc_image_index_first(check, id), domain);
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
