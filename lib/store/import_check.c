/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/import_check.h"

#include <errno.h>
#include <string.h>

#include "base/uuid.h"
#include "store/sql.h"
#include "store/store.h"

struct vdc_import_kind *vdc_import_kinds_new(void)
{
	struct vdc_import_kind *kinds = vdc_alloc(vdc_n_kinds * sizeof(*kinds));
	size_t i;

	for (i = 0; i < vdc_n_kinds; i++) {
		kinds[i].name = vdc_kind_name_field(vdc_kinds[i]);
		kinds[i].inner = vdc_kind_inner_field(vdc_kinds[i]);
		kinds[i].scope = vdc_kind_scope_field(vdc_kinds[i]);
		kinds[i].has_key = vdc_kind_has_key(vdc_kinds[i]);
		kinds[i].places = vdc_map_new();
		kinds[i].refers = vdc_alloc(vdc_kinds[i]->n_fields * sizeof(bool));
	}
	return kinds;
}

void vdc_import_kinds_free(struct vdc_import_kind *kinds)
{
	size_t i;

	for (i = 0; i < vdc_n_kinds; i++) {
		vdc_map_free(kinds[i].places);
		vdc_names_free(kinds[i].names[false]);
		vdc_names_free(kinds[i].names[true]);
		free(kinds[i].refers);
	}
	free(kinds);
}

struct vdc_import_kind *vdc_import_kind(struct vdc_import_kind *kinds, const struct vdc_kind *kind)
{
	size_t i;

	for (i = 0; i < vdc_n_kinds; i++)
		if (vdc_kinds[i] == kind)
			return &kinds[i];
	abort(); /* a kind that is not in the list of kinds */
}

uint64_t vdc_tag_of_place(struct vdc_place place)
{
	return UINT64_C(1) << 63 | (uint64_t)(place.line & 0x7fffffff) << 32 | place.column;
}

struct vdc_place vdc_place_of_tag(uint64_t tag)
{
	return (struct vdc_place){ .line = (unsigned)(tag >> 32) & 0x7fffffff,
				   .column = (unsigned)(tag & UINT32_MAX) };
}

/* The first dangling reference, in the order of the document. */
struct dangling {
	const struct vdc_import_kind *kind;
	uint64_t tag; /* 0: none */
	char id[VDC_UUID_LEN + 1], target[VDC_UUID_LEN + 1];
};

static int take_dangling(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
			 struct vdc_err *err vdc_unused)
{
	struct dangling *first = ctx;
	const char *id = vdc_db_as_text(&columns[0]);
	const uint64_t *tag = vdc_map_find(first->kind->places, id, strlen(id));

	if (!tag || (first->tag && *tag >= first->tag))
		return 0;
	first->tag = *tag;
	snprintf(first->id, sizeof(first->id), "%s", id);
	snprintf(first->target, sizeof(first->target), "%s", vdc_db_as_text(&columns[1]));
	return 0;
}

static int report(struct vdc_db *db, const struct vdc_kind *kind, const struct vdc_field *field,
		  const struct dangling *dangling, struct vdc_err *err)
{
	const struct vdc_place place = vdc_place_of_tag(dangling->tag);
	vdc_autoarena *arena = vdc_arena_new();
	void *object;
	int r = vdc_store_get(db, kind, dangling->id, 0, arena, &object, err);

	if (r < 0)
		return r;
	return vdc_err_at(err, -EINVAL, place.line, place.column,
			  "%s %s: %s: there is no %s with id %s", kind->word,
			  vdc_object_name(kind, object), field->name, field->target->word,
			  dangling->target);
}

static int check_field(struct vdc_db *db, const struct vdc_kind *kind,
		       const struct vdc_import_kind *import_kind, const struct vdc_field *field,
		       struct vdc_err *err)
{
	struct dangling first = { .kind = import_kind };
	int r = vdc_db_run(db, vdc_sql(VDC_SQL_DANGLING, kind, field, 0), NULL, 0, take_dangling,
			   &first, NULL, err);

	return r == 0 && first.tag ? report(db, kind, field, &first, err) : r;
}

int vdc_import_check_references(struct vdc_db *db, struct vdc_import_kind *kinds,
				struct vdc_err *err)
{
	size_t k, f;
	int r = 0;

	for (k = 0; k < vdc_n_kinds; k++)
		for (f = 0; r == 0 && f < vdc_kinds[k]->n_fields; f++)
			if (kinds[k].refers[f])
				r = check_field(db, vdc_kinds[k], &kinds[k],
						&vdc_kinds[k]->fields[f], err);
	return r;
}
