/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-json: one value, through jansson. */
#include "edge/json_ops.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "base/frame.h"
#include "base/number.h"

static int add(struct vdc_arena *arena, struct vdc_node *parent, const char *name,
	       const json_t *value);

static char *integer_text(struct vdc_arena *arena, json_int_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, value);
	return vdc_arena_strdup(arena, text);
}

static int fill(struct vdc_arena *arena, struct vdc_node *node, const json_t *value)
{
	const char *key;
	json_t *member;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)value, key, member)
		{
			int r = add(arena, node, vdc_arena_strdup(arena, key), member);

			if (r < 0)
				return r;
		}
		break;
	case JSON_STRING:
		node->text = vdc_arena_strndup(arena, json_string_value(value),
					       json_string_length(value));
		break;
	case JSON_INTEGER:
		node->text = integer_text(arena, json_integer_value(value));
		node->type = VDC_NODE_NUMBER;
		break;
	case JSON_REAL:
		node->text = vdc_real_text(arena, json_real_value(value));
		node->type = VDC_NODE_NUMBER;
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		node->text = json_is_true(value) ? "true" : "false";
		node->type = VDC_NODE_BOOL;
		break;
	case JSON_ARRAY:
	case JSON_NULL:
		break;
	}
	return vdc_arena_used(arena) > VDC_NODES_MAX ? -E2BIG : 0;
}

static int add(struct vdc_arena *arena, struct vdc_node *parent, const char *name,
	       const json_t *value)
{
	struct vdc_node *node;
	json_t *element;
	size_t i;

	if (json_is_null(value))
		return 0;
	if (!json_is_array(value))
		return fill(arena, vdc_node_add(arena, parent, name), value);
	json_array_foreach(value, i, element)
	{
		int r;

		if (json_is_array(element)) {
			node = vdc_node_add(arena, parent, name);
			r = add(arena, node, "", element);
		} else {
			r = add(arena, parent, name, element);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* jansson's position is in bytes; an end that comes too early is at the last one. */
static int refuse(const char *text, size_t len, const json_error_t *error,
		  const struct vdc_node *at, struct vdc_err *err)
{
	size_t offset = error->position > 0 ? (size_t)error->position - 1 : 0;
	unsigned line = at->line, column = at->column;

	vdc_frame_place(text, offset < len ? offset : len, &line, &column);
	return vdc_err_at(err, -EBADMSG, line, column, "not JSON: %s", error->text);
}

static int parse(const char *text, size_t len, const struct vdc_node *at, struct vdc_arena *arena,
		 struct vdc_node **ret, struct vdc_err *err)
{
	struct vdc_node *root;
	json_error_t error;
	json_t *value;
	int r;

	value = json_loadb(text, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (!value)
		return refuse(text, len, &error, at, err);
	root = vdc_node_add(arena, NULL, at->name);
	r = json_is_array(value) ? add(arena, root, "", value) : fill(arena, root, value);
	json_decref(value);
	if (r < 0)
		return vdc_err_at(err, -EBADMSG, at->line, at->column,
				  "the object that begins here has too many values");
	root->line = at->line;
	root->column = at->column;
	*ret = root;
	return 0;
}

const struct vdc_json_ops vdc_json_module = {
	.parse = parse,
};
