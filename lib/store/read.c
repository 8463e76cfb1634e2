/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading objects. */
#include <errno.h>

#include "base/uuid.h"
#include "store/find.h"
#include "store/row.h"
#include "store/sql.h"
#include "store/store.h"

struct reader {
	const struct vdc_kind *kind;
	unsigned flags;
	struct vdc_arena *arena;
	struct vdc_arena *own; /* for one object at a time, when nobody keeps them */
	vdc_store_fn *fn;
	void *ctx;
	struct vdc_row_shape *shape;
};

static int give_object(void *ctx, const struct vdc_value *columns, size_t n, struct vdc_err *err)
{
	struct reader *reader = ctx;
	void *object = vdc_row_object(reader->shape, columns, n,
				      reader->own ? reader->own : reader->arena);
	int r = reader->fn(reader->ctx, reader->kind, object, err);

	if (reader->own)
		vdc_arena_reset(reader->own);
	return r;
}

static int read_objects(struct vdc_db *db, const char *sql, const struct vdc_value *params,
			size_t n, struct reader *reader, struct vdc_err *err)
{
	int r;

	reader->own = reader->arena ? NULL : vdc_arena_new();
	reader->shape = vdc_row_shape(reader->kind, reader->flags);
	r = vdc_db_run(db, sql, params, n, give_object, reader, NULL, err);
	vdc_arena_free(reader->own);
	free(reader->shape);
	return r;
}

int vdc_store_each(struct vdc_db *db, const struct vdc_kind *kind, unsigned flags,
		   struct vdc_arena *arena, vdc_store_fn *fn, void *ctx, struct vdc_err *err)
{
	struct reader reader = { kind, flags, arena, NULL, fn, ctx, NULL };

	return read_objects(db, vdc_sql(VDC_SQL_EACH, kind, NULL, flags), NULL, 0, &reader, err);
}

int vdc_store_each_of(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		      const char *id, unsigned flags, struct vdc_arena *arena, vdc_store_fn *fn,
		      void *ctx, struct vdc_err *err)
{
	struct reader reader = { kind, flags, arena, NULL, fn, ctx, NULL };
	const struct vdc_value param = vdc_db_text(id);

	return read_objects(db, vdc_sql(VDC_SQL_EACH_OF, kind, field, flags), &param, 1, &reader,
			    err);
}

static int keep_number(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

int vdc_store_count(struct vdc_db *db, const struct vdc_kind *kind, int64_t *ret,
		    struct vdc_err *err)
{
	return vdc_db_run(db, vdc_sql(VDC_SQL_COUNT, kind, NULL, 0), NULL, 0, keep_number, ret,
			  NULL, err);
}

int vdc_store_each_in(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		      int64_t from, int64_t to, unsigned flags, struct vdc_arena *arena,
		      vdc_store_fn *fn, void *ctx, struct vdc_err *err)
{
	struct reader reader = { kind, flags, arena, NULL, fn, ctx, NULL };
	const struct vdc_value range[] = { vdc_db_int(from), vdc_db_int(to) };

	return read_objects(db, vdc_sql(VDC_SQL_EACH_IN, kind, field, flags), range,
			    VDC_COUNT(range), &reader, err);
}

struct namer {
	vdc_store_name_fn *fn;
	void *ctx;
};

static int give_name(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	const struct namer *namer = ctx;

	namer->fn(namer->ctx, vdc_db_as_text(&columns[0]));
	return 0;
}

int vdc_store_names(struct vdc_db *db, const struct vdc_kind *kind, const char *prefix, int most,
		    vdc_store_name_fn *fn, void *ctx, struct vdc_err *err)
{
	struct namer namer = { fn, ctx };
	/* Behind every text that begins so: the last character that there is. */
	vdc_autofree char *end = vdc_format("%s\xf4\x8f\xbf\xbf", prefix);
	const struct vdc_value params[] = { vdc_db_text(prefix), vdc_db_text(end),
					    vdc_db_int(most) };

	if (!vdc_kind_name_field(kind))
		return 0;
	return vdc_db_run(db, vdc_sql(VDC_SQL_NAMES_IN, kind, NULL, 0), params, VDC_COUNT(params),
			  give_name, &namer, NULL, err);
}

static int keep(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		struct vdc_err *err vdc_unused)
{
	*(void **)ctx = object;
	return 0;
}

static int get_by_id(struct vdc_db *db, const struct vdc_kind *kind, const char *id, unsigned flags,
		     struct vdc_arena *arena, void **ret, struct vdc_err *err)
{
	struct reader reader = { kind, flags, arena, NULL, keep, ret, NULL };
	const struct vdc_value param = vdc_db_text(id);

	return read_objects(db, vdc_sql(VDC_SQL_GET, kind, NULL, flags), &param, 1, &reader, err);
}

int vdc_store_get(struct vdc_db *db, const struct vdc_kind *kind, const char *id_or_name,
		  unsigned flags, struct vdc_arena *arena, void **ret, struct vdc_err *err)
{
	const struct vdc_finder finder = vdc_db_finder(db);
	void *object = NULL;
	char *id;
	int r = get_by_id(db, kind, id_or_name, flags, arena, &object, err);

	if (r == 0 && !object)
		r = vdc_find(&finder, kind, id_or_name, arena, &id, err);
	if (r == 0 && !object)
		r = get_by_id(db, kind, id, flags, arena, &object, err);
	if (r < 0)
		return r;
	*ret = object;
	return 0;
}
