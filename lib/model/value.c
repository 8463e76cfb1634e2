/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "base/size.h"
#include "base/time.h"
#include "model/kind.h"

_Static_assert((int)VDC_SCRATCH > (int)VDC_SIZE_LEN, "a size fits");
_Static_assert((int)VDC_SCRATCH > (int)VDC_TIME_LEN, "a time fits");
_Static_assert((int)VDC_SCRATCH > (int)VDC_INT_LEN, "a number fits");

enum vdc_shape vdc_type_shape(enum vdc_type type)
{
	switch (type) {
	case VDC_TEXT:
	case VDC_UUID:
	case VDC_WORDS:
	case VDC_LEVELS:
	case VDC_PROPERTIES:
		return VDC_SHAPE_TEXT;
	case VDC_LEVEL:
		return VDC_SHAPE_LEVEL;
	case VDC_REF:
		return VDC_SHAPE_REF;
	case VDC_INT:
	case VDC_BYTES:
	case VDC_BOOL:
	case VDC_TIME:
	case VDC_ENUM:
		break;
	}
	return VDC_SHAPE_INT;
}

static int64_t unset_int(const struct vdc_field *f)
{
	return f->type == VDC_ENUM ? 0 : VDC_UNSET;
}

bool vdc_value_is_set(const struct vdc_field *f, const void *object)
{
	switch (vdc_type_shape(f->type)) {
	case VDC_SHAPE_TEXT:
		return *vdc_text_of(f, object);
	case VDC_SHAPE_INT:
		return *vdc_int_of(f, object) != unset_int(f);
	case VDC_SHAPE_LEVEL:
		return vdc_level_of(f, object)->major >= 0;
	case VDC_SHAPE_REF:
		return vdc_ref_of(f, object)->id || vdc_ref_of(f, object)->name;
	}
	return false;
}

void vdc_value_clear(const struct vdc_field *f, void *object)
{
	switch (vdc_type_shape(f->type)) {
	case VDC_SHAPE_TEXT:
		*vdc_text_of(f, object) = NULL;
		break;
	case VDC_SHAPE_INT:
		*vdc_int_of(f, object) = unset_int(f);
		break;
	case VDC_SHAPE_LEVEL:
		*vdc_level_of(f, object) = (struct vdc_level){ -1, -1 };
		break;
	case VDC_SHAPE_REF:
		*vdc_ref_of(f, object) = (struct vdc_ref){ NULL, NULL };
		break;
	}
}

static const char *level_text(const struct vdc_level *level, char scratch[VDC_SCRATCH])
{
	snprintf(scratch, VDC_SCRATCH, "%d.%d", level->major, level->minor);
	return scratch;
}

const char *vdc_value_text(const struct vdc_field *f, const void *object, char scratch[VDC_SCRATCH])
{
	const struct vdc_ref *ref;

	if (!vdc_value_is_set(f, object))
		return NULL;
	switch (f->type) {
	case VDC_TEXT:
	case VDC_UUID:
	case VDC_WORDS:
	case VDC_LEVELS:
	case VDC_PROPERTIES:
		return *vdc_text_of(f, object);
	case VDC_INT:
	case VDC_BYTES:
		return vdc_int_text(*vdc_int_of(f, object), scratch);
	case VDC_BOOL:
		return vdc_is_true(*vdc_int_of(f, object)) ? "true" : "false";
	case VDC_TIME:
		return vdc_time_format(*vdc_int_of(f, object), scratch);
	case VDC_ENUM:
		return vdc_enum_word(f->values, *vdc_int_of(f, object));
	case VDC_LEVEL:
		return level_text(vdc_level_of(f, object), scratch);
	case VDC_REF:
		ref = vdc_ref_of(f, object);
		return ref->id ? ref->id : ref->name;
	}
	return NULL;
}

const char *vdc_value_human(const struct vdc_field *f, const void *object,
			    char scratch[VDC_SCRATCH])
{
	if (f->type == VDC_REF && vdc_ref_of(f, object)->name)
		return vdc_ref_of(f, object)->name;
	if (f->type == VDC_BYTES && vdc_value_is_set(f, object))
		return vdc_size_format(*vdc_int_of(f, object), scratch);
	if (f->type == VDC_TIME && vdc_value_is_set(f, object))
		return vdc_time_format(*vdc_int_of(f, object) / VDC_SECOND * VDC_SECOND, scratch);
	return vdc_value_text(f, object, scratch);
}
