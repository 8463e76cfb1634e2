/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/db_cache.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

static struct vdc_db_statement **slot_of(struct vdc_db_cache *cache, const char *key)
{
	size_t i = (size_t)(((uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (i &= cache->size - 1; cache->slots[i]; i = (i + 1) & (cache->size - 1))
		if (cache->slots[i]->key == key)
			break;
	return &cache->slots[i];
}

static void grow(struct vdc_db_cache *cache)
{
	struct vdc_db_cache larger = *cache;
	size_t i;

	larger.size = cache->size ? cache->size * 2 : 64;
	larger.slots = vdc_alloc(larger.size * sizeof(struct vdc_db_statement *));
	for (i = 0; i < cache->size; i++)
		if (cache->slots[i])
			*slot_of(&larger, cache->slots[i]->key) = cache->slots[i];
	free(cache->slots);
	*cache = larger;
}

static void forget_one(struct vdc_db_statement *statement, vdc_db_forget_fn *forget, void *ctx)
{
	if (statement->handle && forget)
		forget(ctx, statement);
	free(statement->sql);
	free(statement);
}

struct vdc_db_statement *vdc_db_cache_get(struct vdc_db_cache *cache, const char *sql,
					  vdc_db_forget_fn *forget, void *ctx)
{
	struct vdc_db_statement **slot;

	if (2 * cache->used >= cache->size)
		grow(cache);
	slot = slot_of(cache, sql);
	if (*slot && strcmp((*slot)->sql, sql) == 0)
		return *slot;
	if (*slot)
		forget_one(*slot, forget, ctx);
	else
		cache->used++;
	*slot = vdc_alloc(sizeof(**slot));
	(*slot)->key = sql;
	(*slot)->sql = vdc_strdup(sql);
	(*slot)->number = ++cache->next_number;
	return *slot;
}

void vdc_db_cache_clear(struct vdc_db_cache *cache, vdc_db_forget_fn *forget, void *ctx)
{
	size_t i;

	for (i = 0; i < cache->size; i++)
		if (cache->slots[i])
			forget_one(cache->slots[i], forget, ctx);
	free(cache->slots);
	*cache = (struct vdc_db_cache){ 0 };
}
