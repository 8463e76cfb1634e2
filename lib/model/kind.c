/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/kind.h"

#include <stdlib.h>
#include <string.h>

/* "hosts" for "host", also where the collection is called otherwise ("agents" of "fence-agent"). */
static bool is_plural_of(const char *name, const char *word)
{
	size_t len = strlen(name);
	char singular[64];

	if (len < 2 || len > sizeof(singular) || (name[len - 1] | 0x20) != 's')
		return false;
	memcpy(singular, name, len - 1);
	singular[len - 1] = '\0';
	return vdc_word_equal(singular, word);
}

const struct vdc_kind *vdc_kind_find(const char *name)
{
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *k = vdc_kinds[i];

		if (vdc_word_equal(name, k->name) || vdc_word_equal(name, k->plural) ||
		    vdc_word_equal(name, k->word) || is_plural_of(name, k->word))
			return k;
	}
	return NULL;
}

const struct vdc_field *vdc_kind_field(const struct vdc_kind *kind, const char *name)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		if (vdc_word_equal(kind->fields[i].name, name))
			return &kind->fields[i];
	}
	return NULL;
}

void vdc_object_clear(const struct vdc_kind *kind, void *object)
{
	for (size_t i = 0; i < kind->n_fields; i++)
		vdc_value_clear(&kind->fields[i], object);
}

void *vdc_object_new(const struct vdc_kind *kind, struct vdc_arena *arena)
{
	void *object = vdc_arena_alloc(arena, kind->size);

	vdc_object_clear(kind, object);
	return object;
}

void vdc_object_preset(const struct vdc_kind *kind, void *object, struct vdc_arena *arena)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];

		if (!f->preset || vdc_value_is_set(f, object))
			continue;
		if (vdc_value_parse(f, f->preset, object, arena, NULL) < 0)
			abort(); /* a mistake in a field table; a test parses them all */
	}
}

static void copy_text(char **text, struct vdc_arena *arena)
{
	if (*text)
		*text = vdc_arena_strdup(arena, *text);
}

void *vdc_object_copy(const struct vdc_kind *kind, const void *object, struct vdc_arena *arena)
{
	void *copy = vdc_arena_alloc(arena, kind->size);

	memcpy(copy, object, kind->size);
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];

		if (vdc_type_shape(f->type) == VDC_SHAPE_TEXT)
			copy_text(vdc_text_of(f, copy), arena);
		if (f->type == VDC_REF) {
			copy_text(&vdc_ref_of(f, copy)->id, arena);
			copy_text(&vdc_ref_of(f, copy)->name, arena);
		}
	}
	return copy;
}

const char *vdc_object_id(const void *object)
{
	return *(const char *const *)object; /* a test holds every kind to it: id comes first */
}

const char *vdc_object_name(const struct vdc_kind *kind, const void *object)
{
	const struct vdc_field *f = vdc_kind_field(kind, "name");
	const char *name = f ? *vdc_text_of(f, object) : NULL;

	if (!name)
		name = vdc_object_id(object);
	return name ? name : "(new)";
}
