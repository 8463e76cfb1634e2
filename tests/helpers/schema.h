/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schemas of our documents, from the field tables, as nodes to be written. */
#pragma once

#include "base/node.h"
#include "doc/layout.h"

/* What a schema is about. */
struct schema_kinds {
	const struct vdc_kind *kinds[64];
	size_t n;
};

struct vdc_node *rng_schema(struct vdc_arena *arena, const struct schema_kinds *of);
struct vdc_node *json_schema(struct vdc_arena *arena, const struct schema_kinds *of);

/* A node with a text, which XML writes as an attribute and JSON as a member. */
struct vdc_node *set(struct vdc_arena *arena, struct vdc_node *parent, const char *name,
		     const char *text);

/* Whether a field at LAYOUT or below is always there. */
bool is_required(const struct vdc_layout *layout);

#define UUID_PATTERN "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#define TIME_PATTERN "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z"
