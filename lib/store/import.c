/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/import.h"

#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/uuid.h"
#include "store/find.h"
#include "store/import_check.h"
#include "store/names.h"
#include "store/row.h"
#include "store/sql.h"

/* Enough for all statements that can be on their way in a batch. */
enum { RECENT = 2048 };

struct recent {
	uint64_t tag;
	char *name; /* "vm v17" */
};

struct vdc_import {
	struct vdc_db *db;
	struct vdc_db_batch *batch; /* NULL while none is open */
	struct vdc_finder finder;
	struct vdc_import_kind *kinds; /* as vdc_kinds */
	struct recent recent[RECENT];
	size_t n;
};

static int lookup(void *ctx, const struct vdc_kind *kind, const char *name, const char *scope,
		  struct vdc_arena *arena, struct vdc_found *ret, struct vdc_err *err);
static int suggest(void *ctx, const struct vdc_kind *kind, struct vdc_similar *similar,
		   struct vdc_err *err);

int vdc_import_begin(struct vdc_db *db, struct vdc_import **ret, struct vdc_err *err vdc_unused)
{
	struct vdc_import *import = vdc_alloc(sizeof(*import));

	import->db = db;
	import->finder = (struct vdc_finder){ import, lookup, suggest };
	import->kinds = vdc_import_kinds_new();
	*ret = import;
	return 0;
}

void vdc_import_free(struct vdc_import *import)
{
	size_t i;

	if (!import)
		return;
	vdc_import_kinds_free(import->kinds);
	for (i = 0; i < RECENT; i++)
		free(import->recent[i].name);
	free(import);
}

size_t vdc_import_count(const struct vdc_import *import, const struct vdc_kind *kind)
{
	return vdc_map_count(vdc_import_kind(import->kinds, kind)->places);
}

/* The error of a statement that was sent some time ago, told of the object that it was for. */
static int blame(const struct vdc_import *import, uint64_t tag, int r, struct vdc_err *err)
{
	const struct recent *recent = NULL;
	const struct vdc_place place = vdc_place_of_tag(tag);
	struct vdc_err why = *err;
	size_t i;

	for (i = 0; i < RECENT && !recent; i++)
		if (import->recent[i].name && import->recent[i].tag == tag)
			recent = &import->recent[i];
	return vdc_err_at(err, r, place.line, place.column, "%s: %s", recent ? recent->name : "?",
			  vdc_err_text(&why));
}

static int close_batch(struct vdc_import *import, struct vdc_err *err)
{
	uint64_t failed = 0;
	int r;

	if (!import->batch)
		return 0;
	r = vdc_db_batch_end(import->batch, &failed, err);
	import->batch = NULL;
	return r < 0 ? blame(import, failed, r, err) : 0;
}

/* Reading needs the connection for itself. */
static int names_of(struct vdc_import *import, const struct vdc_kind *kind, struct vdc_names **ret,
		    struct vdc_err *err)
{
	struct vdc_import_kind *k = vdc_import_kind(import->kinds, kind);
	int r = 0;

	if (!k->names) {
		r = close_batch(import, err);
		if (r == 0)
			r = vdc_names_load(import->db, kind, &k->names, err);
	}
	if (r == 0)
		*ret = k->names;
	return r;
}

static int lookup(void *ctx, const struct vdc_kind *kind, const char *name, const char *scope,
		  struct vdc_arena *arena vdc_unused, struct vdc_found *ret, struct vdc_err *err)
{
	struct vdc_names *names;
	int r = names_of(ctx, kind, &names, err);

	if (r == 0)
		*ret = vdc_names_find(names, name, scope);
	return r;
}

static int suggest(void *ctx, const struct vdc_kind *kind, struct vdc_similar *similar,
		   struct vdc_err *err)
{
	struct vdc_names *names;
	int r = vdc_kind_name_field(kind) ? names_of(ctx, kind, &names, err) : -ENOENT;

	if (r == 0)
		vdc_names_suggest(names, similar);
	return r == -ENOENT ? 0 : r;
}

static int resolve_references(struct vdc_import *import, const struct vdc_kind *kind, void *object,
			      struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_import_kind *k = vdc_import_kind(import->kinds, kind);
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < kind->n_fields; i++) {
		const struct vdc_field *field = &kind->fields[i];

		if (field->type != VDC_REF || !vdc_value_is_set(field, object))
			continue;
		if (vdc_ref_of(field, object)->id)
			k->refers[i] = true;
		else
			r = vdc_find_reference(&import->finder, kind, object, field, arena, err);
	}
	if (r != -ENOENT)
		return r;
	return err->code = -EINVAL; /* not what was asked for is missing: the document is wrong */
}

static const char *scope_of(const struct vdc_kind *kind, const void *object)
{
	const struct vdc_field *field = vdc_kind_scope_field(kind);

	return field ? vdc_ref_of(field, object)->id : NULL;
}

static const char *name_of(const struct vdc_kind *kind, const void *object)
{
	const struct vdc_field *field = vdc_kind_name_field(kind);

	return field ? *vdc_text_of(field, object) : NULL;
}

/* An object without id is the one that has its key, or a new one. */
static int identify(struct vdc_import *import, const struct vdc_kind *kind, void *object,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	const char *name = name_of(kind, object), *scope = scope_of(kind, object);
	char **id = vdc_text_of(&kind->fields[0], object);
	bool has_key = vdc_kind_has_key(kind) && name && (scope || !vdc_kind_scope_field(kind));
	struct vdc_names *names;
	struct vdc_found found = { 0 };
	char fresh[VDC_UUID_LEN + 1];
	int r = 0;

	if (*id)
		return 0;
	if (has_key)
		r = names_of(import, kind, &names, err);
	if (r < 0)
		return r;
	if (has_key)
		found = vdc_names_find(names, name, scope);
	if (found.count)
		*id = found.id;
	else if (vdc_uuid_random(fresh) < 0)
		return vdc_err_set(err, -EIO, "no random bytes for a new id");
	else
		*id = vdc_arena_strdup(arena, fresh);
	return 0;
}

static int remember(struct vdc_import *import, const struct vdc_kind *kind, const void *object,
		    uint64_t tag, struct vdc_err *err)
{
	struct vdc_import_kind *k = vdc_import_kind(import->kinds, kind);
	const char *id = vdc_object_id(object), *name = name_of(kind, object);
	struct recent *recent = &import->recent[import->n++ % RECENT];
	uint64_t *place = vdc_map_add(k->places, id, strlen(id));

	if (*place)
		return vdc_err_set(err, -EEXIST, "%s %s stands in line %u already", kind->word,
				   vdc_object_name(kind, object), vdc_place_of_tag(*place).line);
	*place = tag;
	if (k->names && name)
		vdc_names_add(k->names, name, scope_of(kind, object), id);
	free(recent->name);
	recent->name = vdc_format("%s %s", kind->word, vdc_object_name(kind, object));
	recent->tag = tag;
	return 0;
}

static int send_row(struct vdc_import *import, const struct vdc_kind *kind, const void *object,
		    uint64_t tag, struct vdc_err *err)
{
	vdc_autofree struct vdc_value *row = vdc_row_values(kind, object);
	uint64_t failed = tag;
	int r = 0;

	if (!import->batch)
		r = vdc_db_batch_begin(import->db, &import->batch, err);
	if (r < 0)
		return r;
	r = vdc_db_batch_run(import->batch, vdc_import_kind(import->kinds, kind)->put, row,
			     kind->n_fields, tag, &failed, err);
	return r < 0 ? blame(import, failed, r, err) : 0;
}

int vdc_import_put(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		   struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_import *import = ctx;
	const uint64_t tag = vdc_tag_of_place(place);
	struct vdc_err why = { 0 };
	int r = resolve_references(import, kind, object, arena, &why);

	if (r == 0)
		r = identify(import, kind, object, arena, &why);
	if (r == 0)
		r = remember(import, kind, object, tag, &why);
	if (r < 0 && why.line == 0) {
		why.line = place.line;
		why.column = place.column;
	}
	if (r == 0)
		r = send_row(import, kind, object, tag, &why);
	if (r < 0 && err)
		*err = why;
	return r;
}

int vdc_import_end(struct vdc_import *import, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = close_batch(import, &why);

	if (r == 0)
		r = vdc_import_check_references(import->db, import->kinds, &why);
	if (r < 0 && err)
		*err = why;
	return r;
}
