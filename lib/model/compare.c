/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/compare.h"

#include <string.h>

static int compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static const char *ref_text(const struct vdc_ref *ref)
{
	return ref->name ? ref->name : ref->id;
}

int vdc_value_compare(const struct vdc_field *f, const void *a, const void *b)
{
	bool a_set = vdc_value_is_set(f, a), b_set = vdc_value_is_set(f, b);

	if (!a_set || !b_set)
		return (int)a_set - (int)b_set;
	switch (f->type) {
	case VDC_TEXT:
	case VDC_UUID:
	case VDC_WORDS:
	case VDC_LEVELS:
	case VDC_PROPERTIES:
		return strverscmp(*vdc_text_of(f, a), *vdc_text_of(f, b));
	case VDC_INT:
	case VDC_BYTES:
	case VDC_BOOL:
	case VDC_TIME:
	case VDC_ENUM:
		return compare_numbers(*vdc_int_of(f, a), *vdc_int_of(f, b));
	case VDC_LEVEL:
		return vdc_level_compare(*vdc_level_of(f, a), *vdc_level_of(f, b));
	case VDC_REF:
		return strverscmp(ref_text(vdc_ref_of(f, a)), ref_text(vdc_ref_of(f, b)));
	}
	return 0;
}
