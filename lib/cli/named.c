/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/named.h"

#include <stdio.h>
#include <string.h>

#include "doc/doc.h"
#include "store/store.h"

/* Names first: the database is not read from inside of a reading. */
struct document {
	struct vdc_arena *arena;
	const struct vdc_kind *kind;
	struct vdc_buf names;
};

static int take_name(void *ctx, const struct vdc_kind *kind, void *object,
		     struct vdc_place place vdc_unused, struct vdc_arena *arena vdc_unused,
		     struct vdc_err *err vdc_unused)
{
	struct document *document = ctx;
	const char *name =
		kind == document->kind
			? vdc_arena_strdup(document->arena,
					   vdc_object_id(object) ?: vdc_object_name(kind, object))
			: NULL;

	if (name)
		vdc_buf_add(&document->names, &name, sizeof(name));
	return 0;
}

static int add(struct vdc_call *call, const struct vdc_kind *kind, const char *name,
	       struct vdc_buf *objects, struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(vdc_call_db(call), kind, name, 0, vdc_call_arena(call), &object, err);
	void *const *known = (const void *)objects->data;

	if (r)
		return r;
	for (size_t i = 0; i < objects->len / sizeof(void *); i++)
		if (strcmp(vdc_object_id(known[i]), vdc_object_id(object)) == 0)
			return 0;
	vdc_buf_add(objects, &object, sizeof(object));
	return 0;
}

static int add_document(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_buf *objects,
			struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = "standard input", .hint = kind };
	struct document document = { .arena = vdc_call_arena(call), .kind = kind };
	int r = vdc_doc_read(stdin, &options, take_name, &document, err);
	const char *const *names = (const void *)document.names.data;

	for (size_t i = 0; i < document.names.len / sizeof(*names) && !r; i++)
		r = add(call, kind, names[i], objects, err);
	vdc_buf_free(&document.names);
	return r;
}

int vdc_named_objects(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_buf *objects,
		      struct vdc_err *err)
{
	const char *const *names;
	int n = vdc_call_operands(call, &names), r = 0;

	for (int i = 0; i < n && !r; i++)
		r = strcmp(names[i], "-") == 0 ? add_document(call, kind, objects, err)
					       : add(call, kind, names[i], objects, err);
	return r;
}
