/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/buf.h"
#include "doc/doc.h"

struct gathering {
	const struct vdc_kind *kind;
	vdc_doc_check_fn *check;
	struct vdc_arena *arena;
	struct vdc_buf all;
};

static int take(void *ctx, const struct vdc_kind *kind, void *object,
		struct vdc_place place vdc_unused, struct vdc_arena *arena vdc_unused,
		struct vdc_err *err)
{
	struct gathering *gathering = ctx;
	int r;

	if (kind != gathering->kind)
		return 0;
	r = gathering->check(object, err);
	if (r)
		return r;
	object = vdc_object_copy(kind, object, gathering->arena);
	vdc_buf_add(&gathering->all, &object, sizeof(object));
	return 0;
}

int vdc_doc_gather(FILE *in, const char *name, const struct vdc_kind *kind, vdc_doc_check_fn *check,
		   struct vdc_arena *arena, void *ret, size_t *n, struct vdc_err *err)
{
	const struct vdc_kind *const kinds[] = { kind, NULL };
	const struct vdc_doc_options options = { .name = name, .hint = kind, .kinds = kinds };
	struct gathering gathering = { .kind = kind, .check = check, .arena = arena };
	int r = vdc_doc_read(in, &options, take, &gathering, err);

	if (!r) {
		void *all = vdc_arena_alloc(arena, gathering.all.len + sizeof(void *));

		if (gathering.all.len)
			memcpy(all, gathering.all.data, gathering.all.len);
		memcpy(ret, &all, sizeof(all));
		*n = gathering.all.len / sizeof(void *);
	}
	vdc_buf_free(&gathering.all);
	return r;
}
