/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nouns in the database. The statements for a kind are generated once from its field table
 * (store/sql.c), so that a new field needs no SQL but its column in a migration.
 */
#pragma once

#include "edge/db.h"
#include "model/kind.h"

/* Where the database is when nobody says: $VDC_DB, the configuration, then the user's own place. */
char *vdc_store_default(void); /* caller frees */

/* Opens, and brings an older schema up to date unless read only; -EPERM for a newer schema than
 * this program knows; -ENOENT says how to create one (`inventory init`). */
int vdc_store_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err);

/* Applies the migrations that are missing, in one transaction. */
int vdc_store_migrate(struct vdc_db *db, struct vdc_err *err);
int64_t vdc_store_schema_version(void); /* the newest that this program knows */

typedef int vdc_store_fn(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err);

enum vdc_store_flags {
	VDC_WITH_NAMES = 1 << 0,   /* references carry the names of what they refer to */
	VDC_WITH_LONG = 1 << 1,	   /* fields with VDC_LONG too */
	VDC_ONLY_LISTED = 1 << 2,  /* the id and what has VDC_LISTED, and nothing else */
	VDC_LATEST_FIRST = 1 << 3, /* the other way round, for vdc_store_each_in */
	VDC_IN_NO_ORDER = 1 << 4,  /* as the database comes upon them */
};

/*
 * All objects of a kind, ordered by name, the rest of the key, and id (records by time), streamed. The object is valid
 * during the callback only, unless ARENA is given: then all of them live there. FN must not use DB:
 * gather first where more is to be read or written.
 */
int vdc_store_each(struct vdc_db *db, const struct vdc_kind *kind, unsigned flags,
		   struct vdc_arena *arena, vdc_store_fn *fn, void *ctx, struct vdc_err *err);

/* Those whose reference FIELD is ID. */
int vdc_store_each_of(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		      const char *id, unsigned flags, struct vdc_arena *arena, vdc_store_fn *fn,
		      void *ctx, struct vdc_err *err);

/* How many objects of a kind there are. */
int vdc_store_count(struct vdc_db *db, const struct vdc_kind *kind, int64_t *ret,
		    struct vdc_err *err);

/* Those whose time FIELD lies in FROM .. TO, which is not included, in the order of that time. FN may
 * end it by a positive number, which is returned then. */
int vdc_store_each_in(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		      int64_t from, int64_t to, unsigned flags, struct vdc_arena *arena,
		      vdc_store_fn *fn, void *ctx, struct vdc_err *err);

/* The first MOST names that begin with PREFIX, each once, in order. Kinds without names have none. */
typedef void vdc_store_name_fn(void *ctx, const char *name);
int vdc_store_names(struct vdc_db *db, const struct vdc_kind *kind, const char *prefix, int most,
		    vdc_store_name_fn *fn, void *ctx, struct vdc_err *err);

/* One object by id or by name. -ENOENT names it, and a similar name where there is one; -EINVAL
 * when the name is not unique without its scope (says how to write it: SCOPE/NAME). */
int vdc_store_get(struct vdc_db *db, const struct vdc_kind *kind, const char *id_or_name,
		  unsigned flags, struct vdc_arena *arena, void **ret, struct vdc_err *err);

/*
 * Creates it or changes it: an object with an id that exists, or else with a key that exists, gets
 * the values that OBJECT has; others keep what they had. References by name are resolved. A new
 * object gets an id and the presets. OBJECT's id is set on return. -EEXIST: another object has its
 * key; -ENOENT: a reference to nothing.
 */
int vdc_store_put(struct vdc_db *db, const struct vdc_kind *kind, void *object,
		  struct vdc_arena *arena, struct vdc_err *err);

/* Writes one field, also the absence of a value. */
int vdc_store_set(struct vdc_db *db, const struct vdc_kind *kind, const char *id,
		  const struct vdc_field *field, const void *object, struct vdc_err *err);

/*
 * Its parts (VDC_PART) go along. -ENOTEMPTY names what else refers to it, unless CASCADE: then what
 * belongs to it (VDC_CASCADE) goes too, and other references lead nowhere from then on. Must run in
 * a transaction. FN (may be NULL) is told of each object that goes, before it does.
 */
int vdc_store_remove(struct vdc_db *db, const struct vdc_kind *kind, const char *id, bool cascade,
		     vdc_store_fn *fn, void *ctx, struct vdc_err *err);

/* Every statement of the library, for the test that prepares them all on both engines. */
int vdc_store_each_statement(int (*fn)(void *ctx, const char *name, const char *sql), void *ctx);
