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
#include "store/sender.h"
#include "store/sql.h"

/* Enough for all statements that can be on their way in a batch. */
enum { RECENT = 16384 };

struct recent {
	uint64_t tag;
	char *name;  /* "vm v17" */
	char *inner; /* the last part of its key */
};

struct vdc_import {
	struct vdc_db *db;
	struct vdc_db_batch *batch; /* NULL while none is open */
	struct vdc_finder finder;
	struct vdc_sender *sender;
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
	import->sender = vdc_sender_new(vdc_db_engine(db));
	*ret = import;
	return 0;
}

void vdc_import_free(struct vdc_import *import)
{
	size_t i;

	if (!import)
		return;
	vdc_import_kinds_free(import->kinds);
	vdc_sender_free(import->sender);
	for (i = 0; i < RECENT; i++) {
		free(import->recent[i].name);
		free(import->recent[i].inner);
	}
	free(import);
}

size_t vdc_import_count(const struct vdc_import *import, const struct vdc_kind *kind)
{
	return vdc_map_count(vdc_import_kind(import->kinds, kind)->places);
}

/* Whether the key that was not unique, "CLUSTER, NAME", ends as this object's. */
static bool has_key_of(const struct recent *recent, const char *clash)
{
	size_t len = recent->inner ? strlen(recent->inner) : 0, all = strlen(clash);

	return len > 0 && all >= len && strcmp(clash + all - len, recent->inner) == 0 &&
	       (all == len || clash[all - len - 1] == ' ');
}

/* The error of a statement that was sent some time ago, told of the object that it was for. */
static int blame(const struct vdc_import *import, uint64_t tag, int r, struct vdc_err *err)
{
	const struct recent *recent = NULL;
	struct vdc_err why = *err;
	struct vdc_place place;
	size_t i, first = 0;

	while (first < RECENT && (!import->recent[first].name || import->recent[first].tag != tag))
		first++;
	if (first == RECENT)
		return r;
	for (i = 0; r == -EEXIST && i < VDC_SENDER_GROUP && !recent; i++)
		if (has_key_of(&import->recent[(first + i) % RECENT], vdc_db_clash(import->db)))
			recent = &import->recent[(first + i) % RECENT];
	if (!recent)
		recent = &import->recent[first];
	place = vdc_place_of_tag(recent->tag);
	return vdc_err_at(err, r, place.line, place.column, "%s: %s", recent->name,
			  vdc_err_text(&why));
}

static int close_batch(struct vdc_import *import, struct vdc_err *err)
{
	uint64_t failed = 0;
	int r;

	if (!import->batch)
		return 0;
	r = vdc_sender_flush(import->sender, import->batch, &failed, err);
	if (r == 0)
		r = vdc_db_batch_end(import->batch, &failed, err);
	import->batch = NULL;
	return r < 0 ? blame(import, failed, r, err) : 0;
}

/* Reading needs the connection for itself. */
static int names_of(struct vdc_import *import, const struct vdc_kind *kind, bool scoped,
		    struct vdc_names **ret, struct vdc_err *err)
{
	struct vdc_names **names = &vdc_import_kind(import->kinds, kind)->names[scoped];
	int r = 0;

	if (!*names) {
		r = close_batch(import, err);
		if (r == 0)
			r = vdc_names_load(import->db, kind, scoped, names, err);
	}
	if (r == 0)
		*ret = *names;
	return r;
}

static int lookup(void *ctx, const struct vdc_kind *kind, const char *name, const char *scope,
		  struct vdc_arena *arena vdc_unused, struct vdc_found *ret, struct vdc_err *err)
{
	struct vdc_names *names;
	int r = names_of(ctx, kind, scope != NULL, &names, err);

	if (r == 0)
		*ret = vdc_names_find(names, name, scope);
	return r;
}

static int suggest(void *ctx, const struct vdc_kind *kind, struct vdc_similar *similar,
		   struct vdc_err *err)
{
	struct vdc_names *names;
	int r = vdc_kind_name_field(kind) ? names_of(ctx, kind, false, &names, err) : -ENOENT;

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

static const char *scope_of(const struct vdc_import_kind *k, const void *object)
{
	return k->scope ? vdc_ref_of(k->scope, object)->id : NULL;
}

static const char *text_of(const struct vdc_field *field, const void *object,
			   char scratch[VDC_SCRATCH])
{
	return field ? vdc_value_text(field, object, scratch) : NULL;
}

/* An object without id is the one that has its key, or a new one. */
static int identify(struct vdc_import *import, const struct vdc_kind *kind, void *object,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_import_kind *k = vdc_import_kind(import->kinds, kind);
	char scratch[VDC_SCRATCH];
	const char *inner = text_of(k->inner, object, scratch), *scope = scope_of(k, object);
	char **id = vdc_text_of(&kind->fields[0], object);
	bool has_key = k->has_key && inner && (scope || !k->scope);
	struct vdc_names *names;
	struct vdc_found found = { 0 };
	char fresh[VDC_UUID_LEN + 1];
	int r = 0;

	if (*id)
		return 0;
	if (has_key)
		r = names_of(import, kind, scope != NULL, &names, err);
	if (r < 0)
		return r;
	if (has_key)
		found = vdc_names_find(names, inner, scope);
	if (found.count)
		*id = found.id;
	else if (vdc_uuid_random(fresh) < 0)
		return vdc_err_set(err, -EIO, "no random bytes for a new id");
	else
		*id = vdc_arena_strdup(arena, fresh);
	return 0;
}

static void remember_names(const struct vdc_import_kind *k, const void *object, const char *inner)
{
	const char *id = vdc_object_id(object), *scope = scope_of(k, object);
	char scratch[VDC_SCRATCH];
	const char *name = text_of(k->name, object, scratch);

	if (k->names[false] && name)
		vdc_names_add(k->names[false], name, NULL, id);
	if (k->names[true] && inner)
		vdc_names_add(k->names[true], inner, scope, id);
}

static int remember(struct vdc_import *import, const struct vdc_kind *kind, const void *object,
		    uint64_t tag, struct vdc_err *err)
{
	struct vdc_import_kind *k = vdc_import_kind(import->kinds, kind);
	struct recent *recent = &import->recent[import->n++ % RECENT];
	const char *id = vdc_object_id(object), *inner;
	uint64_t *place = vdc_map_add(k->places, id, strlen(id));
	char scratch[VDC_SCRATCH];

	if (*place)
		return vdc_err_set(err, -EEXIST, "%s %s stands in line %u already", kind->word,
				   vdc_object_name(kind, object), vdc_place_of_tag(*place).line);
	*place = tag;
	inner = text_of(k->inner, object, scratch);
	remember_names(k, object, inner);
	free(recent->name);
	free(recent->inner);
	recent->name = vdc_format("%s %s", kind->word, vdc_object_name(kind, object));
	recent->inner = vdc_strdup(inner);
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
	r = vdc_sender_put(import->sender, import->batch, kind, row, tag, &failed, err);
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
