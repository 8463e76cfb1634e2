/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the fields of a kind stand in documents: the paths of its table put together as a tree. */
#pragma once

#include "model/kind.h"

/* A step of a path. */
struct vdc_step {
	const char *name;
	bool attribute;
	struct vdc_step *next;
};

struct vdc_layout {
	const char *name;
	const struct vdc_field *field; /* whose value stands here, or NULL */
	unsigned rank;		       /* of several places of a field the highest counts */
	bool attribute;
	struct vdc_step *item; /* VDC_WORDS: the way to one word; VDC_PROPERTIES: one element */
	const char *item_name; /* VDC_PROPERTIES: what a property's name and value are called */
	const char *item_value;
	struct vdc_layout *first; /* in the order of the table */
	struct vdc_layout *last;
	struct vdc_layout *next;
	struct vdc_layout **sorted; /* the same, by name */
	size_t n_kids;
};

enum { VDC_RANK_WRITTEN = 255 };

/* OLDER: with the places that are only read. */
struct vdc_layout *vdc_layout_new(const struct vdc_kind *kind, bool older, struct vdc_arena *arena);

const struct vdc_layout *vdc_layout_kid(const struct vdc_layout *layout, const char *name);
