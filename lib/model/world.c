/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/world.h"

#include <string.h>

#include "base/fnv.h"

/* Of a hash table of ids. The hash stands here so that other objects are not looked at: most are not
 * in the processor's cache. */
struct slot {
	uint32_t hash;
	uint32_t object; /* index + 1; 0: free */
};

struct collection { /* objects of one kind */
	const struct vdc_kind *kind;
	void **objects;
	size_t n, room;
	struct slot *slots;
	size_t n_slots; /* a power of two, more than twice N */
};

struct vdc_world {
	struct vdc_arena *arena;
	struct collection *collections;
	size_t n, room;
};

struct vdc_world *vdc_world_new(struct vdc_arena *arena)
{
	struct vdc_world *world = vdc_arena_alloc(arena, sizeof(*world));

	world->arena = arena;
	return world;
}

struct vdc_arena *vdc_world_arena(struct vdc_world *world)
{
	return world->arena;
}

/* Arenas do not free, so doubling wastes as much again as is used: cheap and simple. */
static void *grow(struct vdc_arena *arena, void *old, size_t n, size_t *room, size_t size)
{
	void *bigger;

	*room = *room ? *room * 2 : 16;
	bigger = vdc_arena_alloc(arena, *room * size);
	if (n)
		memcpy(bigger, old, n * size);
	return bigger;
}

static struct collection *collection_of(const struct vdc_world *world, const struct vdc_kind *kind)
{
	for (size_t i = 0; i < world->n; i++) {
		if (world->collections[i].kind == kind)
			return &world->collections[i];
	}
	return NULL;
}

static struct collection *add_collection(struct vdc_world *world, const struct vdc_kind *kind)
{
	struct collection *c;

	if (world->n == world->room)
		world->collections =
			grow(world->arena, world->collections, world->n, &world->room, sizeof(*c));
	c = &world->collections[world->n++];
	*c = (struct collection){ .kind = kind };
	return c;
}

static uint32_t hash(const char *id)
{
	uint64_t h = vdc_fnv(VDC_FNV_START, id, strlen(id));

	return (uint32_t)(h ^ (h >> 32));
}

static bool has_id(const struct collection *c, const struct slot *slot, const char *id)
{
	return strcmp(vdc_object_id(c->objects[slot->object - 1]), id) == 0;
}

/* Its slot, or the free one where it belongs. */
static struct slot *slot_of(const struct collection *c, const char *id, uint32_t hashed)
{
	size_t at = hashed & (c->n_slots - 1);

	while (c->slots[at].object &&
	       (c->slots[at].hash != hashed || !has_id(c, &c->slots[at], id)))
		at = (at + 1) & (c->n_slots - 1);
	return &c->slots[at];
}

static void index_object(struct collection *c, size_t i)
{
	const char *id = vdc_object_id(c->objects[i]);
	uint32_t hashed;

	if (!id)
		return;
	hashed = hash(id);
	*slot_of(c, id, hashed) = (struct slot){ hashed, (uint32_t)i + 1 };
}

static void rebuild_index(struct vdc_world *world, struct collection *c)
{
	c->n_slots = c->n_slots ? c->n_slots * 2 : 64;
	c->slots = vdc_arena_alloc(world->arena, c->n_slots * sizeof(*c->slots));
	for (size_t i = 0; i < c->n; i++)
		index_object(c, i);
}

void vdc_world_add(struct vdc_world *world, const struct vdc_kind *kind, void *object)
{
	struct collection *c = collection_of(world, kind);

	if (!c)
		c = add_collection(world, kind);
	if (c->n == c->room)
		c->objects = grow(world->arena, c->objects, c->n, &c->room, sizeof(void *));
	c->objects[c->n++] = object;
	if (c->n * 2 >= c->n_slots)
		rebuild_index(world, c);
	else
		index_object(c, c->n - 1);
}

size_t vdc_world_all(const struct vdc_world *world, const struct vdc_kind *kind, void *const **ret)
{
	const struct collection *c = collection_of(world, kind);

	*ret = c ? c->objects : NULL;
	return c ? c->n : 0;
}

void *vdc_world_find(const struct vdc_world *world, const struct vdc_kind *kind, const char *id)
{
	const struct collection *c = id ? collection_of(world, kind) : NULL;
	uint32_t at = c ? slot_of(c, id, hash(id))->object : 0;

	return at ? c->objects[at - 1] : NULL;
}
