/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

static const char *sample(const struct vdc_field *f, struct vdc_arena *arena)
{
	if (f->least || f->most)
		return vdc_arena_format(arena, "%lld", (long long)f->most);
	if (f->flags & VDC_SECRET_REF)
		return "cmd:pass show <h1>";
	switch (f->type) {
	case VDC_TEXT:
		return f->flags & VDC_KEY ? "n & <a> \"b\" 'c' \xc3\xa4"
					  : " n\t&amp;\n\r<a>\r\n\"b\" \\ ]]> \xf0\x9f\x98\x80 ";
	case VDC_UUID:
	case VDC_REF:
		return "6bd7a4e4-6ee8-4b1e-a3ef-5a1c9e0d4f01";
	case VDC_INT:
		return "-17";
	case VDC_BYTES:
		return "9223372036854775807";
	case VDC_BOOL:
		return "false";
	case VDC_TIME:
		return "2026-01-31T12:00:00.000001Z";
	case VDC_LEVEL:
		return "4.7";
	case VDC_WORDS:
		return "one <two> three";
	case VDC_LEVELS:
		return "4.7 4.10";
	case VDC_PROPERTIES:
		return "a=1\nb=x = \"y\"\nc=";
	case VDC_ENUM:
		break;
	}
	return f->values->words[1];
}

void *sample_object(const struct vdc_kind *kind, struct vdc_arena *arena)
{
	void *object = vdc_object_new(kind, arena);

	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		struct vdc_err err = { 0 };

		if (vdc_value_parse(f, sample(f, arena), object, arena, &err) < 0) {
			fprintf(stderr, "%s.%s: %s\n", kind->name, f->name, vdc_err_text(&err));
			abort();
		}
		if (f->type == VDC_REF)
			vdc_ref_of(f, object)->name = vdc_arena_strdup(arena, "its name");
	}
	return object;
}
