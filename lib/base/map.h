/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hash table from byte strings to numbers (or pointers as uintptr_t). Its hash is keyed with
 * random bytes, so that nobody can choose names that all fall into one place.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct vdc_map;

struct vdc_map *vdc_map_new(void);
void vdc_map_free(struct vdc_map *map); /* NULL is fine */
size_t vdc_map_count(const struct vdc_map *map);

/* The value of KEY, NULL when it is not there. Valid until the next vdc_map_add. */
uint64_t *vdc_map_find(const struct vdc_map *map, const void *key, size_t len);

/* The same, but a key that is not there is added (copied), with the value 0. */
uint64_t *vdc_map_add(struct vdc_map *map, const void *key, size_t len);

/* Calls FN for each key, in no order; valid as long as the map. */
void vdc_map_each(const struct vdc_map *map,
		  void (*fn)(void *ctx, const char *key, size_t len, uint64_t value), void *ctx);
