/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/map.h"

#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

struct entry {
	uint32_t hash;
	uint32_t len;
	const char *key; /* NULL: free */
	uint64_t value;
};

struct vdc_map {
	struct vdc_arena *keys;
	struct entry *entries; /* open addressing, at most three quarters full */
	size_t size, count;
	uint64_t secret[2];
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF"). */
static uint32_t hash_of(const struct vdc_map *map, const void *key, size_t len)
{
	uint64_t v[4] = { map->secret[0] ^ UINT64_C(0x736f6d6570736575),
			  map->secret[1] ^ UINT64_C(0x646f72616e646f6d),
			  map->secret[0] ^ UINT64_C(0x6c7967656e657261),
			  map->secret[1] ^ UINT64_C(0x7465646279746573) };
	const unsigned char *p = key;
	size_t left = len;
	uint64_t word;
	int i;

	for (; left >= sizeof(word); left -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		v[3] ^= word;
		round_of(v);
		v[0] ^= word;
	}
	word = 0;
	memcpy(&word, p, left);
	word |= (uint64_t)len << 56;
	v[3] ^= word;
	round_of(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		round_of(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}

struct vdc_map *vdc_map_new(void)
{
	struct vdc_map *map = vdc_alloc(sizeof(*map));

	map->keys = vdc_arena_new();
	map->size = 64;
	map->entries = vdc_alloc(map->size * sizeof(*map->entries));
	if (getrandom(map->secret, sizeof(map->secret), GRND_NONBLOCK) < 0)
		map->secret[0] = (uintptr_t)map; /* early at boot: better than nothing */
	return map;
}

void vdc_map_free(struct vdc_map *map)
{
	if (!map)
		return;
	vdc_arena_free(map->keys);
	free(map->entries);
	free(map);
}

size_t vdc_map_count(const struct vdc_map *map)
{
	return map->count;
}

/* Its entry, or the free one where it belongs. */
static struct entry *entry_of(const struct vdc_map *map, uint32_t hash, const void *key, size_t len)
{
	size_t i = hash & (map->size - 1);

	for (; map->entries[i].key; i = (i + 1) & (map->size - 1)) {
		const struct entry *e = &map->entries[i];

		if (e->hash == hash && e->len == len && memcmp(e->key, key, len) == 0)
			break;
	}
	return &map->entries[i];
}

static void grow(struct vdc_map *map)
{
	struct vdc_map larger = *map;
	size_t i;

	larger.size = map->size * 2;
	larger.entries = vdc_alloc(larger.size * sizeof(*larger.entries));
	for (i = 0; i < map->size; i++) {
		const struct entry *e = &map->entries[i];

		if (e->key)
			*entry_of(&larger, e->hash, e->key, e->len) = *e;
	}
	free(map->entries);
	*map = larger;
}

uint64_t *vdc_map_find(const struct vdc_map *map, const void *key, size_t len)
{
	struct entry *e = entry_of(map, hash_of(map, key, len), key, len);

	return e->key ? &e->value : NULL;
}

uint64_t *vdc_map_add(struct vdc_map *map, const void *key, size_t len)
{
	uint32_t hash = hash_of(map, key, len);
	struct entry *e = entry_of(map, hash, key, len);

	if (e->key)
		return &e->value;
	if (4 * (map->count + 1) > 3 * map->size) {
		grow(map);
		e = entry_of(map, hash, key, len);
	}
	*e = (struct entry){ .hash = hash,
			     .len = (uint32_t)len,
			     .key = vdc_arena_strndup(map->keys, key, len) };
	map->count++;
	return &e->value;
}

void vdc_map_each(const struct vdc_map *map,
		  void (*fn)(void *ctx, const char *key, size_t len, uint64_t value), void *ctx)
{
	size_t i;

	for (i = 0; i < map->size; i++)
		if (map->entries[i].key)
			fn(ctx, map->entries[i].key, map->entries[i].len, map->entries[i].value);
}
