/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding objects by name, in the database or in what an import remembers of it. */
#pragma once

#include "base/similar.h"
#include "edge/db.h"
#include "model/kind.h"

/* What a look-up found. */
struct vdc_found {
	unsigned count; /* 0, 1, or 2 for more than one */
	char *id;	/* the first */
};

struct vdc_finder {
	void *ctx;
	/* NAME within the object SCOPE, or anywhere when SCOPE is NULL. */
	int (*lookup)(void *ctx, const struct vdc_kind *kind, const char *name, const char *scope,
		      struct vdc_arena *arena, struct vdc_found *ret, struct vdc_err *err);
	/* Tries all names of the kind. */
	int (*suggest)(void *ctx, const struct vdc_kind *kind, struct vdc_similar *similar,
		       struct vdc_err *err);
};

/*
 * NAME, or SCOPE/NAME where a name alone is not unique. -ENOENT names it and what is similar;
 * -EINVAL when there are several.
 */
int vdc_find(const struct vdc_finder *finder, const struct vdc_kind *kind, const char *name,
	     struct vdc_arena *arena, char **ret, struct vdc_err *err);

struct vdc_finder vdc_db_finder(struct vdc_db *db);

/* Gives a reference that has only a name its id; a reference by id, or none, stays as it is. */
int vdc_find_reference(const struct vdc_finder *finder, const struct vdc_kind *kind, void *object,
		       const struct vdc_field *field, struct vdc_arena *arena, struct vdc_err *err);

/* One text column of one row into *RET, which stays as it is when there is no row. */
int vdc_find_text(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
		  struct vdc_arena *arena, char **ret, struct vdc_err *err);
