/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why things did not work, in a sentence that a person reads: what is alike for many is said once. */
#pragma once

#include "base/mem.h"

struct vdc_reason {
	const char *name;  /* of what it is about; NULL: of nothing in particular */
	const char *text;  /* a sentence in which that name stands */
	const char *shape; /* the same for all that are alike: the text without the name */
};

/* Begins as zeros; all of it lives in the arena that the first one was added with. */
struct vdc_reasons {
	struct vdc_reason *items;
	size_t n, room;
};

/* At the end, unless it is there already. NAME and TEXT are copied. */
void vdc_reasons_add(struct vdc_reasons *all, const char *name, const char *text,
		     struct vdc_arena *arena);

/* "VM a: no room (3 others alike: b, c, d); its storage is away": in the order in which they came. */
char *vdc_reasons_text(const struct vdc_reasons *all, struct vdc_arena *arena);
