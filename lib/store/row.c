/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/row.h"

#include "store/sql.h"

struct vdc_value vdc_row_value(const struct vdc_field *field, const void *object,
			       char scratch[VDC_SCRATCH])
{
	if (!vdc_value_is_set(field, object))
		return vdc_db_null();
	if (vdc_sql_is_integer(field))
		return vdc_db_int(*vdc_int_of(field, object));
	if (field->type == VDC_REF)
		return vdc_db_text(vdc_ref_of(field, object)->id);
	return vdc_db_text(vdc_value_text(field, object, scratch));
}

struct vdc_value *vdc_row_values(const struct vdc_kind *kind, const void *object)
{
	struct vdc_value *values =
		vdc_alloc(kind->n_fields * (sizeof(*values) + (size_t)VDC_SCRATCH));
	char *scratch = (char *)(values + kind->n_fields);
	size_t i;

	for (i = 0; i < kind->n_fields; i++)
		values[i] =
			vdc_row_value(&kind->fields[i], object, scratch + i * (size_t)VDC_SCRATCH);
	return values;
}

static void read_text(const struct vdc_field *field, const struct vdc_value *v, void *object,
		      struct vdc_arena *arena)
{
	switch (field->type) {
	case VDC_ENUM: {
		int64_t index = vdc_enum_find(field->values, v->text);

		*vdc_int_of(field, object) = index > 0 ? index : 0;
		break;
	}
	case VDC_LEVEL:
		vdc_level_parse(v->text, vdc_level_of(field, object), NULL);
		break;
	case VDC_REF:
		vdc_ref_of(field, object)->id = vdc_arena_strndup(arena, v->text, v->len);
		break;
	default:
		*vdc_text_of(field, object) = vdc_arena_strndup(arena, v->text, v->len);
	}
}

void *vdc_row_object(const struct vdc_kind *kind, unsigned flags, const struct vdc_value *columns,
		     size_t n, struct vdc_arena *arena)
{
	void *object = vdc_object_new(kind, arena);
	const struct vdc_field *field;
	size_t i, at = 0;

	for (i = 0; i < kind->n_fields && at < n; i++) {
		field = &kind->fields[i];
		if (!vdc_sql_reads(field, flags))
			continue;
		if (vdc_sql_is_integer(field))
			*vdc_int_of(field, object) = vdc_db_as_int(&columns[at], VDC_UNSET);
		else if (columns[at].type == VDC_STRING)
			read_text(field, &columns[at], object, arena);
		at++;
		if (vdc_sql_reads_name(field, flags))
			vdc_ref_of(field, object)->name =
				vdc_arena_strdup(arena, vdc_db_as_text(&columns[at++]));
	}
	return object;
}
