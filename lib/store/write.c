/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creating and changing objects one at a time; many at once: store/import.h. */
#include <errno.h>
#include <string.h>

#include "base/uuid.h"
#include "store/find.h"
#include "store/row.h"
#include "store/sql.h"
#include "store/store.h"

static int exists(struct vdc_db *db, const struct vdc_kind *kind, const char *id,
		  struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(id);
	char *found = NULL;
	int r = vdc_find_text(db, vdc_sql(VDC_SQL_EXISTS, kind, NULL, 0), &param, 1, arena, &found,
			      err);

	return r < 0 ? r : found != NULL;
}

static int resolve_reference(struct vdc_db *db, const struct vdc_kind *kind, void *object,
			     const struct vdc_field *field, struct vdc_arena *arena,
			     struct vdc_err *err)
{
	const struct vdc_finder finder = vdc_db_finder(db);
	const struct vdc_ref *ref = vdc_ref_of(field, object);
	int r;

	if (!vdc_value_is_set(field, object))
		return 0;
	if (!ref->id)
		return vdc_find_reference(&finder, kind, object, field, arena, err);
	r = exists(db, field->target, ref->id, arena, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return vdc_err_set(err, -ENOENT, "%s %s: %s: there is no %s '%s'", kind->word,
			   vdc_object_name(kind, object), field->name, field->target->word,
			   ref->id);
}

static int resolve_references(struct vdc_db *db, const struct vdc_kind *kind, void *object,
			      struct vdc_arena *arena, struct vdc_err *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < kind->n_fields; i++)
		if (kind->fields[i].type == VDC_REF)
			r = resolve_reference(db, kind, object, &kind->fields[i], arena, err);
	return r;
}

/* The object that has OBJECT's key; *RET stays NULL when there is none or the key is not whole. */
static int find_by_key(struct vdc_db *db, const struct vdc_kind *kind, const void *object,
		       struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	vdc_autofree struct vdc_value *row = vdc_row_values(kind, object);
	vdc_autofree struct vdc_value *key = vdc_alloc(kind->n_fields * sizeof(*key));
	size_t i, n = 0;

	for (i = 0; i < kind->n_fields; i++) {
		if (!(kind->fields[i].flags & VDC_KEY))
			continue;
		if (row[i].type == VDC_NULL)
			return 0;
		key[n++] = row[i];
	}
	if (n == 0)
		return 0;
	return vdc_find_text(db, vdc_sql(VDC_SQL_BY_KEY, kind, NULL, 0), key, n, arena, ret, err);
}

/* Finds out which object this is, and gives a new one its id. */
static int identify(struct vdc_db *db, const struct vdc_kind *kind, void *object,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	char **id = vdc_text_of(&kind->fields[0], object);
	char fresh[VDC_UUID_LEN + 1], *holder = NULL;
	int r = find_by_key(db, kind, object, arena, &holder, err);

	if (r < 0)
		return r;
	if (*id && holder && strcmp(*id, holder) != 0)
		return vdc_err_set(err, -EEXIST, "%s %s: another one has that name already (id %s)",
				   kind->word, vdc_object_name(kind, object), holder);
	if (!*id && !holder) {
		if (vdc_uuid_random(fresh) < 0)
			return vdc_err_set(err, -EIO, "no random bytes for a new id");
		holder = vdc_arena_strdup(arena, fresh);
	}
	if (!*id)
		*id = holder;
	return 0;
}

static int check_complete(struct vdc_db *db, const struct vdc_kind *kind, const void *object,
			  struct vdc_arena *arena, struct vdc_err *err)
{
	const struct vdc_field *missing = NULL;
	size_t i;
	int r;

	for (i = 0; i < kind->n_fields && !missing; i++) {
		const struct vdc_field *field = &kind->fields[i];

		if ((field->flags & VDC_REQUIRED) && !field->preset &&
		    !vdc_value_is_set(field, object))
			missing = field;
	}
	if (!missing)
		return 0;
	r = exists(db, kind, vdc_object_id(object), arena, err);
	if (r != 0)
		return r < 0 ? r : 0;
	return vdc_err_set(err, -EINVAL, "%s %s is new and needs a value for %s", kind->word,
			   vdc_object_name(kind, object), missing->name);
}

static int about(const struct vdc_kind *kind, const char *name, int r, struct vdc_err *err)
{
	if (r < 0)
		vdc_err_prefix(err, "%s %s: ", kind->word, name);
	return r;
}

int vdc_store_put(struct vdc_db *db, const struct vdc_kind *kind, void *object,
		  struct vdc_arena *arena, struct vdc_err *err)
{
	vdc_autofree struct vdc_value *row = NULL;
	int r = resolve_references(db, kind, object, arena, err);

	if (r == 0)
		r = identify(db, kind, object, arena, err);
	if (r == 0)
		r = check_complete(db, kind, object, arena, err);
	if (r < 0)
		return r;
	row = vdc_row_values(kind, object);
	r = vdc_db_run(db, vdc_sql(VDC_SQL_PUT, kind, NULL, 0), row, kind->n_fields, NULL, NULL,
		       NULL, err);
	return about(kind, vdc_object_name(kind, object), r, err);
}

int vdc_store_set(struct vdc_db *db, const struct vdc_kind *kind, const char *id,
		  const struct vdc_field *field, const void *object, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	void *copy = vdc_object_copy(kind, object, arena);
	struct vdc_value params[2] = { vdc_db_text(id) };
	char scratch[VDC_SCRATCH];
	int64_t changed = 0;
	int r = 0;

	if ((field->flags & VDC_REQUIRED) && !vdc_value_is_set(field, object))
		return vdc_err_set(err, -EINVAL, "%s %s: %s must have a value", kind->word,
				   vdc_object_name(kind, object), field->name);
	if (field->type == VDC_REF)
		r = resolve_reference(db, kind, copy, field, arena, err);
	if (r < 0)
		return r;
	params[1] = vdc_row_value(field, copy, scratch);
	r = vdc_db_run(db, vdc_sql(VDC_SQL_SET, kind, field, 0), params, 2, NULL, NULL, &changed,
		       err);
	if (r == 0 && changed == 0)
		return vdc_err_set(err, -ENOENT, "there is no %s with id %s", kind->word, id);
	return about(kind, vdc_object_name(kind, object), r, err);
}
