/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The prepared statements of one connection, found by their text. */
#pragma once

#include <stddef.h>

struct vdc_db_statement {
	const char *key; /* where the caller's text is */
	char *sql;	 /* a copy, in case another text came to stand there */
	void *handle;	 /* the engine's own */
	unsigned number;
};

struct vdc_db_cache {
	struct vdc_db_statement **slots; /* open addressing */
	size_t size;
	size_t used;
	unsigned next_number;
};

typedef void vdc_db_forget_fn(void *ctx, struct vdc_db_statement *statement);

/* The statement of this text; one without a handle when it is new. */
struct vdc_db_statement *vdc_db_cache_get(struct vdc_db_cache *cache, const char *sql,
					  vdc_db_forget_fn *forget, void *ctx);
/* Empties it; FORGET (may be NULL) ends each handle. */
void vdc_db_cache_clear(struct vdc_db_cache *cache, vdc_db_forget_fn *forget, void *ctx);
