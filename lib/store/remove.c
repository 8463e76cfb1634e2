/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removing an object and what goes with it: first everything that depends on it is looked at, from
 * the field tables of all kinds, then it is refused or done.
 */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/row.h"
#include "store/sql.h"
#include "store/store.h"

enum { NAMES_IN_MESSAGE = 10 };

struct item {
	struct item *next;
	const struct vdc_kind *kind;
	const struct vdc_field *field; /* of a reference */
	char *id;
};

struct removal {
	struct vdc_db *db;
	bool cascade;
	struct vdc_arena *arena;
	struct vdc_map *seen;  /* what goes */
	struct item *doomed;   /* the last found first, so that parts stand before their whole */
	struct item *cleared;  /* references to ID that will lead nowhere */
	struct item *refusing; /* what depends on what goes, and stays */
	bool cascade_helps;
};

struct listing {
	struct removal *removal;
	const struct vdc_kind *kind;
	struct item *items;
};

static struct item *add_item(struct removal *removal, struct item **list,
			     const struct vdc_kind *kind, const struct vdc_field *field,
			     const char *id)
{
	struct item *item = vdc_arena_alloc(removal->arena, sizeof(*item));

	*item = (struct item){ *list, kind, field, vdc_arena_strdup(removal->arena, id) };
	return *list = item;
}

/* A list has what was added last in front. */
static struct item *reversed(struct item *list)
{
	struct item *out = NULL, *next;

	for (; list; list = next) {
		next = list->next;
		list->next = out;
		out = list;
	}
	return out;
}

static int list_id(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		   struct vdc_err *err vdc_unused)
{
	struct listing *listing = ctx;

	add_item(listing->removal, &listing->items, listing->kind, NULL,
		 vdc_db_as_text(&columns[0]));
	return 0;
}

/* The value for this object in the map of those that go; an id is unique in its table only. */
static uint64_t *mark_of(struct removal *removal, const struct vdc_kind *kind, const char *id)
{
	vdc_autofree char *key = vdc_format("%s %s", kind->name, id);

	return vdc_map_add(removal->seen, key, strlen(key));
}

static bool goes(struct removal *removal, const struct item *item)
{
	return *mark_of(removal, item->kind, item->id);
}

static int visit(struct removal *removal, const struct vdc_kind *kind, const char *id,
		 struct vdc_err *err);

static int visit_dependant(struct removal *removal, const struct vdc_field *field,
			   const struct item *dependant, const char *target, struct vdc_err *err)
{
	if ((field->flags & VDC_PART) || (removal->cascade && (field->flags & VDC_CASCADE)))
		return visit(removal, dependant->kind, dependant->id, err);
	if (removal->cascade && !(field->flags & VDC_REQUIRED)) {
		if (!removal->cleared || removal->cleared->field != field ||
		    strcmp(removal->cleared->id, target) != 0)
			add_item(removal, &removal->cleared, dependant->kind, field, target);
		return 0;
	}
	if (!(field->flags & VDC_REQUIRED) || (field->flags & VDC_CASCADE))
		removal->cascade_helps = true;
	add_item(removal, &removal->refusing, dependant->kind, field, dependant->id);
	return 0;
}

static int visit_dependants(struct removal *removal, const struct vdc_kind *kind,
			    const struct vdc_field *field, const char *id, struct vdc_err *err)
{
	struct listing listing = { .removal = removal, .kind = kind };
	const struct vdc_value param = vdc_db_text(id);
	const struct item *item;
	int r = vdc_db_run(removal->db, vdc_sql(VDC_SQL_REFERRING, kind, field, 0), &param, 1,
			   list_id, &listing, NULL, err);

	for (item = reversed(listing.items); r == 0 && item; item = item->next)
		r = visit_dependant(removal, field, item, id, err);
	return r;
}

static int visit(struct removal *removal, const struct vdc_kind *kind, const char *id,
		 struct vdc_err *err)
{
	size_t k, f;
	int r = 0;

	if (*mark_of(removal, kind, id))
		return 0;
	*mark_of(removal, kind, id) = 1;
	add_item(removal, &removal->doomed, kind, NULL, id);
	for (k = 0; k < vdc_n_kinds; k++)
		for (f = 0; r == 0 && f < vdc_kinds[k]->n_fields; f++)
			if (vdc_kinds[k]->fields[f].target == kind)
				r = visit_dependants(removal, vdc_kinds[k],
						     &vdc_kinds[k]->fields[f], id, err);
	return r;
}

static int name_of(struct removal *removal, const struct item *item, const char **ret,
		   struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(removal->db, item->kind, item->id, 0, removal->arena, &object, err);

	if (r == 0)
		*ret = vdc_object_name(item->kind, object);
	return r;
}

static int refuse(struct removal *removal, const struct vdc_kind *kind, const char *id,
		  struct vdc_err *err)
{
	const struct item whole = { .kind = kind, .id = vdc_arena_strdup(removal->arena, id) };
	const struct item *item;
	vdc_autobuf names = { 0 };
	const char *name;
	size_t count = 0;
	int r = 0;

	for (item = removal->refusing; r == 0 && item; item = item->next) {
		if (goes(removal, item) || count++ >= NAMES_IN_MESSAGE)
			continue;
		r = name_of(removal, item, &name, err);
		if (r == 0)
			vdc_buf_printf(&names, "%s%s %s", count > 1 ? ", " : "", item->kind->word,
				       name);
	}
	if (r < 0 || count == 0)
		return r;
	r = name_of(removal, &whole, &name, err);
	if (r < 0)
		return r;
	return vdc_err_set(err, -ENOTEMPTY, "%s %s is needed by %zu: %s%s; remove or change %s%s",
			   kind->word, name, count, vdc_buf_str(&names),
			   count > NAMES_IN_MESSAGE ? ", ..." : "", count > 1 ? "them" : "it",
			   removal->cascade_helps ? ", or use --cascade" : "");
}

static int run_for(struct removal *removal, enum vdc_sql what, const struct item *item,
		   struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(item->id);

	return vdc_db_run(removal->db, vdc_sql(what, item->kind, item->field, 0), &param, 1, NULL,
			  NULL, NULL, err);
}

static int tell(struct removal *removal, const struct item *item, vdc_store_fn *fn, void *ctx,
		struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	void *object;
	int r = vdc_store_get(removal->db, item->kind, item->id, VDC_WITH_NAMES, arena, &object,
			      err);

	return r < 0 ? r : fn(ctx, item->kind, object, err);
}

static int carry_out(struct removal *removal, vdc_store_fn *fn, void *ctx, struct vdc_err *err)
{
	const struct item *item;
	int r = 0;

	for (item = removal->doomed; fn && r == 0 && item; item = item->next)
		r = tell(removal, item, fn, ctx, err);
	for (item = removal->cleared; r == 0 && item; item = item->next)
		r = run_for(removal, VDC_SQL_CLEAR, item, err);
	for (item = removal->doomed; r == 0 && item; item = item->next)
		r = run_for(removal, VDC_SQL_REMOVE, item, err);
	return r;
}

int vdc_store_remove(struct vdc_db *db, const struct vdc_kind *kind, const char *id, bool cascade,
		     vdc_store_fn *fn, void *ctx, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct removal removal = { .db = db, .cascade = cascade, .arena = arena };
	void *object;
	int r = vdc_store_get(db, kind, id, 0, arena, &object, err);

	if (r < 0)
		return r;
	removal.seen = vdc_map_new();
	r = visit(&removal, kind, vdc_object_id(object), err);
	removal.refusing = reversed(removal.refusing);
	if (r == 0)
		r = refuse(&removal, kind, vdc_object_id(object), err);
	if (r == 0)
		r = carry_out(&removal, fn, ctx, err);
	vdc_map_free(removal.seen);
	return r;
}
