/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/names.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/sql.h"

struct name {
	struct name *next; /* all of them */
	const char *text;
	unsigned count; /* how many objects are called so */
	char *id;	/* the first of them */
};

struct vdc_names {
	struct vdc_arena *arena;
	struct vdc_map *anywhere; /* name -> struct name */
	struct vdc_map *in_scope; /* scope, a NUL, name -> struct name */
	struct name *all;	  /* those of ANYWHERE */
};

static struct name *note(struct vdc_names *names, struct vdc_map *map, const char *key, size_t len,
			 char *id)
{
	uint64_t *value = vdc_map_add(map, key, len);
	struct name *name = (struct name *)(uintptr_t)*value;

	if (!name) {
		name = vdc_arena_alloc(names->arena, sizeof(*name));
		name->id = id;
		*value = (uintptr_t)name;
	}
	if (name->count == 0 || strcmp(name->id, id) != 0)
		name->count++;
	return name;
}

static void scoped_key(struct vdc_buf *key, const char *scope, const char *name)
{
	vdc_buf_add(key, scope, strlen(scope) + 1);
	vdc_buf_puts(key, name);
}

void vdc_names_add(struct vdc_names *names, const char *name, const char *scope, const char *id)
{
	char *own_id = vdc_arena_strdup(names->arena, id);
	vdc_autobuf key = { 0 };
	struct name *anywhere;

	anywhere = note(names, names->anywhere, name, strlen(name), own_id);
	if (!anywhere->text) {
		anywhere->text = vdc_arena_strdup(names->arena, name);
		anywhere->next = names->all;
		names->all = anywhere;
	}
	if (!scope)
		return;
	scoped_key(&key, scope, name);
	note(names, names->in_scope, key.data, key.len, own_id);
}

struct vdc_found vdc_names_find(const struct vdc_names *names, const char *name, const char *scope)
{
	vdc_autobuf key = { 0 };
	const uint64_t *value;
	const struct name *found;

	if (scope) {
		scoped_key(&key, scope, name);
		value = vdc_map_find(names->in_scope, key.data, key.len);
	} else {
		value = vdc_map_find(names->anywhere, name, strlen(name));
	}
	found = value ? (const struct name *)(uintptr_t)*value : NULL;
	return found ? (struct vdc_found){ found->count, found->id } : (struct vdc_found){ 0 };
}

void vdc_names_suggest(const struct vdc_names *names, struct vdc_similar *similar)
{
	const struct name *name;

	for (name = names->all; name; name = name->next)
		vdc_similar_try(similar, name->text);
}

static int add_row(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		   struct vdc_err *err vdc_unused)
{
	vdc_names_add(ctx, vdc_db_as_text(&columns[1]), vdc_db_as_text(&columns[2]),
		      vdc_db_as_text(&columns[0]));
	return 0;
}

int vdc_names_load(struct vdc_db *db, const struct vdc_kind *kind, struct vdc_names **ret,
		   struct vdc_err *err)
{
	struct vdc_names *names = vdc_alloc(sizeof(*names));
	int r;

	names->arena = vdc_arena_new();
	names->anywhere = vdc_map_new();
	names->in_scope = vdc_map_new();
	r = vdc_db_run(db, vdc_sql(VDC_SQL_NAMES, kind, NULL, 0), NULL, 0, add_row, names, NULL,
		       err);
	if (r < 0) {
		vdc_names_free(names);
		return r;
	}
	*ret = names;
	return 0;
}

void vdc_names_free(struct vdc_names *names)
{
	if (!names)
		return;
	vdc_map_free(names->anywhere);
	vdc_map_free(names->in_scope);
	vdc_arena_free(names->arena);
	free(names);
}
