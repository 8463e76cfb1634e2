/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/update.h"

#include <string.h>

static bool same(const struct vdc_field *field, const void *a, const void *b)
{
	char first[VDC_SCRATCH], second[VDC_SCRATCH];
	const char *x = vdc_value_text(field, a, first);
	const char *y = vdc_value_text(field, b, second);

	return x && y ? strcmp(x, y) == 0 : x == y;
}

static void take_over(const struct vdc_field *field, const void *from, void *into)
{
	switch (vdc_type_shape(field->type)) {
	case VDC_SHAPE_TEXT:
		*vdc_text_of(field, into) = *vdc_text_of(field, from);
		break;
	case VDC_SHAPE_INT:
		*vdc_int_of(field, into) = *vdc_int_of(field, from);
		break;
	case VDC_SHAPE_LEVEL:
		*vdc_level_of(field, into) = *vdc_level_of(field, from);
		break;
	case VDC_SHAPE_REF:
		*vdc_ref_of(field, into) = *vdc_ref_of(field, from);
		break;
	}
}

int vdc_update_read(struct vdc_db *db, const struct vdc_kind *kind, const char *id, unsigned flags,
		    struct vdc_arena *arena, const void **before, void **after, struct vdc_err *err)
{
	void *found;
	int r = vdc_store_get(db, kind, id, flags, arena, &found, err);

	if (r)
		return r;
	*before = found;
	*after = vdc_object_copy(kind, found, arena);
	return 0;
}

int vdc_update(struct vdc_db *db, const struct vdc_kind *kind, const void *before, void *after,
	       struct vdc_arena *arena, bool *changed, struct vdc_err *err)
{
	void *part = vdc_object_new(kind, arena);
	bool set = false, any = !before;
	int r = 0;

	if (!before)
		part = after;
	for (size_t i = 0; before && !r && i < kind->n_fields; i++) {
		const struct vdc_field *field = &kind->fields[i];
		bool differs = !same(field, before, after);

		any = any || differs;
		if (differs && !vdc_value_is_set(field, after))
			r = vdc_store_set(db, kind, vdc_object_id(after), field, after, err);
		/* The id says which one it is; half a key says nothing. */
		else if (differs || i == 0 || field->flags & VDC_KEY)
			take_over(field, after, part);
		set = set || (differs && vdc_value_is_set(field, after));
	}
	if (!r && (set || !before))
		r = vdc_store_put(db, kind, part, arena, err);
	if (!r && any && changed)
		*changed = true;
	return r;
}
