/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/find.h"

#include <errno.h>
#include <string.h>

#include "store/sql.h"

static int not_found(const struct vdc_finder *finder, const struct vdc_kind *kind, const char *name,
		     struct vdc_err *err)
{
	struct vdc_similar similar = { .word = name };
	char hint[VDC_SIMILAR_HINT];
	int r = finder->suggest(finder->ctx, kind, &similar, err);

	if (r < 0)
		return r;
	return vdc_err_set(err, -ENOENT, "there is no %s '%.100s'%s", kind->word, name,
			   vdc_similar_hint(&similar, hint));
}

static int ambiguous(const struct vdc_kind *kind, const char *name, struct vdc_err *err)
{
	const struct vdc_field *scope = vdc_kind_scope_field(kind);

	if (!scope)
		return vdc_err_set(err, -EINVAL,
				   "there are several of %s named '%.100s': say "
				   "which by its id",
				   kind->plural, name);
	return vdc_err_set(err, -EINVAL,
			   "there are several of %s named '%.100s': write "
			   "%s/%.100s, with the name of its %s in front, or its id",
			   kind->plural, name, scope->name, name, scope->target->word);
}

/* SCOPE/NAME: the last slash separates, as a scope may have one of its own. */
static int find_in_scope(const struct vdc_finder *finder, const struct vdc_kind *kind,
			 const char *name, struct vdc_arena *arena, struct vdc_found *found,
			 struct vdc_err *err)
{
	const struct vdc_field *field = vdc_kind_scope_field(kind);
	const char *slash = strrchr(name, '/');
	char *scope, *id;
	int r;

	if (!field || !slash)
		return 0;
	scope = vdc_arena_strndup(arena, name, (size_t)(slash - name));
	r = vdc_find(finder, field->target, scope, arena, &id, err);
	if (r < 0)
		return r;
	return finder->lookup(finder->ctx, kind, slash + 1, id, arena, found, err);
}

int vdc_find(const struct vdc_finder *finder, const struct vdc_kind *kind, const char *name,
	     struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	struct vdc_found found = { 0 };
	int r = 0;

	if (vdc_kind_name_field(kind))
		r = finder->lookup(finder->ctx, kind, name, NULL, arena, &found, err);
	if (r == 0 && found.count == 0)
		r = find_in_scope(finder, kind, name, arena, &found, err);
	if (r < 0)
		return r;
	if (found.count == 0)
		return not_found(finder, kind, name, err);
	if (found.count > 1)
		return ambiguous(kind, name, err);
	*ret = found.id;
	return 0;
}

int vdc_find_reference(const struct vdc_finder *finder, const struct vdc_kind *kind, void *object,
		       const struct vdc_field *field, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_ref *ref = vdc_ref_of(field, object);
	int r;

	if (ref->id || !ref->name)
		return 0;
	r = vdc_find(finder, field->target, ref->name, arena, &ref->id, err);
	if (r < 0)
		vdc_err_prefix(err, "%s %s: %s: ", kind->word, vdc_object_name(kind, object),
			       field->name);
	return r;
}

struct rows {
	struct vdc_arena *arena;
	struct vdc_found *found;
};

static int take_id(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		   struct vdc_err *err vdc_unused)
{
	struct rows *rows = ctx;

	if (rows->found->count++ == 0)
		rows->found->id = vdc_arena_strdup(rows->arena, vdc_db_as_text(&columns[0]));
	return 0;
}

static int lookup(void *ctx, const struct vdc_kind *kind, const char *name, const char *scope,
		  struct vdc_arena *arena, struct vdc_found *ret, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(name), vdc_db_text(scope) };
	struct rows rows = { arena, ret };
	const char *sql = vdc_sql(scope ? VDC_SQL_BY_NAME_IN : VDC_SQL_BY_NAME, kind, NULL, 0);

	return vdc_db_run(ctx, sql, params, scope ? 2 : 1, take_id, &rows, NULL, err);
}

static int try_name(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		    struct vdc_err *err vdc_unused)
{
	vdc_similar_try(ctx, vdc_db_as_text(&columns[1]));
	return 0;
}

static int suggest(void *ctx, const struct vdc_kind *kind, struct vdc_similar *similar,
		   struct vdc_err *err)
{
	if (!vdc_kind_name_field(kind))
		return 0;
	return vdc_db_run(ctx, vdc_sql(VDC_SQL_NAMES, kind, NULL, 0), NULL, 0, try_name, similar,
			  NULL, err);
}

struct vdc_finder vdc_db_finder(struct vdc_db *db)
{
	return (struct vdc_finder){ .ctx = db, .lookup = lookup, .suggest = suggest };
}

int vdc_find_text(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
		  struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	struct vdc_found found = { 0 };
	struct rows rows = { arena, &found };
	int r = vdc_db_run(db, sql, params, n, take_id, &rows, NULL, err);

	if (r == 0 && found.count)
		*ret = found.id;
	return r;
}
