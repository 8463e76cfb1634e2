/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/names.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/sql.h"

/* The value of a name that several objects have; else it is the address of the id. */
enum { SEVERAL = 1 };

struct vdc_names {
	struct vdc_arena *ids;
	struct vdc_map *map; /* scope, a NUL, name -> id; or just the name */
	bool scoped;
};

/* What is looked for; BUF makes room where it must be put together. */
static const char *key_of(const struct vdc_names *names, const char *name, const char *scope,
			  struct vdc_buf *buf, size_t *len)
{
	if (!names->scoped) {
		*len = strlen(name);
		return name;
	}
	vdc_buf_puts(buf, scope ? scope : "");
	vdc_buf_putc(buf, '\0');
	vdc_buf_puts(buf, name);
	*len = buf->len;
	return buf->data;
}

void vdc_names_add(struct vdc_names *names, const char *name, const char *scope, const char *id)
{
	vdc_autobuf buf = { 0 };
	size_t len;
	const char *key = key_of(names, name, scope, &buf, &len);
	uint64_t *value = vdc_map_add(names->map, key, len);

	if (*value == 0)
		*value = (uintptr_t)vdc_arena_strdup(names->ids, id);
	else if (*value != SEVERAL && strcmp((const char *)(uintptr_t)*value, id) != 0)
		*value = SEVERAL;
}

struct vdc_found vdc_names_find(const struct vdc_names *names, const char *name, const char *scope)
{
	vdc_autobuf buf = { 0 };
	size_t len;
	const char *key = key_of(names, name, scope, &buf, &len);
	const uint64_t *value = vdc_map_find(names->map, key, len);

	if (!value)
		return (struct vdc_found){ 0 };
	if (*value == SEVERAL)
		return (struct vdc_found){ .count = 2 };
	return (struct vdc_found){ .count = 1, .id = (char *)(uintptr_t)*value };
}

static void try_name(void *ctx, const char *key, size_t len vdc_unused, uint64_t value vdc_unused)
{
	vdc_similar_try(ctx, key);
}

void vdc_names_suggest(const struct vdc_names *names, struct vdc_similar *similar)
{
	vdc_map_each(names->map, try_name, similar);
}

static int add_row(void *ctx, const struct vdc_value *columns, size_t n,
		   struct vdc_err *err vdc_unused)
{
	vdc_names_add(ctx, vdc_db_as_text(&columns[1]), n > 2 ? vdc_db_as_text(&columns[2]) : NULL,
		      vdc_db_as_text(&columns[0]));
	return 0;
}

int vdc_names_load(struct vdc_db *db, const struct vdc_kind *kind, bool scoped,
		   struct vdc_names **ret, struct vdc_err *err)
{
	struct vdc_names *names = vdc_alloc(sizeof(*names));
	int r;

	names->scoped = scoped;
	names->ids = vdc_arena_new();
	names->map = vdc_map_new();
	r = vdc_db_run(db, vdc_sql(scoped ? VDC_SQL_KEYS : VDC_SQL_NAMES, kind, NULL, 0), NULL, 0,
		       add_row, names, NULL, err);
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
	vdc_map_free(names->map);
	vdc_arena_free(names->ids);
	free(names);
}
