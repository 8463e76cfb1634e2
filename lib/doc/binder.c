/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/binder.h"

struct known {
	const struct vdc_kind *kind;
	struct vdc_layout *layout;
	struct known *next;
};

struct vdc_binder {
	enum vdc_binder_use use;
	struct vdc_arena *arena;
	struct known *known; /* the one used last in front */
};

struct vdc_binder *vdc_binder_new(enum vdc_binder_use use)
{
	struct vdc_binder *binder = vdc_alloc(sizeof(*binder));

	binder->use = use;
	binder->arena = vdc_arena_new();
	return binder;
}

void vdc_binder_free(struct vdc_binder *binder)
{
	if (!binder)
		return;
	vdc_arena_free(binder->arena);
	free(binder);
}

enum vdc_binder_use vdc_binder_use(const struct vdc_binder *binder)
{
	return binder->use;
}

const struct vdc_layout *vdc_binder_layout(struct vdc_binder *binder, const struct vdc_kind *kind)
{
	struct known *known;

	for (known = binder->known; known; known = known->next)
		if (known->kind == kind)
			return known->layout;
	known = vdc_arena_alloc(binder->arena, sizeof(*known));
	known->kind = kind;
	known->layout = vdc_layout_new(kind, binder->use == VDC_BIND_READ, binder->arena);
	known->next = binder->known;
	binder->known = known;
	return known->layout;
}
