/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/row.h"

#include <string.h>

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

struct column {
	const struct vdc_field *field;
	bool is_name; /* of what the field refers to */
	bool is_integer;
};

struct vdc_row_shape {
	const struct vdc_kind *kind;
	void *blank; /* an object without values */
	size_t n;
	struct column columns[];
};

static void add_column(struct vdc_row_shape *shape, const struct vdc_field *field, bool is_name)
{
	shape->columns[shape->n++] = (struct column){
		.field = field,
		.is_name = is_name,
		.is_integer = vdc_sql_is_integer(field),
	};
}

struct vdc_row_shape *vdc_row_shape(const struct vdc_kind *kind, unsigned flags)
{
	size_t most = 2 * kind->n_fields;
	struct vdc_row_shape *shape =
		vdc_alloc(sizeof(*shape) + most * sizeof(shape->columns[0]) + kind->size);

	shape->kind = kind;
	shape->blank = &shape->columns[most];
	vdc_object_clear(kind, shape->blank);
	for (size_t i = 0; i < kind->n_fields; i++) {
		if (!vdc_sql_reads(&kind->fields[i], flags))
			continue;
		add_column(shape, &kind->fields[i], false);
		if (vdc_sql_reads_name(&kind->fields[i], flags))
			add_column(shape, &kind->fields[i], true);
	}
	return shape;
}

/* Most columns of most objects are empty. */
void *vdc_row_object(const struct vdc_row_shape *shape, const struct vdc_value *columns, size_t n,
		     struct vdc_arena *arena)
{
	void *object = vdc_arena_alloc(arena, shape->kind->size);

	memcpy(object, shape->blank, shape->kind->size);
	for (size_t i = 0; i < shape->n && i < n; i++) {
		const struct column *column = &shape->columns[i];

		if (columns[i].type == VDC_NULL)
			continue;
		if (column->is_name)
			vdc_ref_of(column->field, object)->name =
				vdc_arena_strdup(arena, vdc_db_as_text(&columns[i]));
		else if (column->is_integer)
			*vdc_int_of(column->field, object) = vdc_db_as_int(&columns[i], VDC_UNSET);
		else if (columns[i].type == VDC_STRING)
			read_text(column->field, &columns[i], object, arena);
	}
	return object;
}
