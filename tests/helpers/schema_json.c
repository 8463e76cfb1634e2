/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON Schema 2020-12. */
#include "schema.h"

static void number(struct vdc_arena *arena, struct vdc_node *parent, const char *name,
		   int64_t value)
{
	set(arena, parent, name, vdc_arena_format(arena, "%lld", (long long)value))->type =
		VDC_NODE_NUMBER;
}

static struct vdc_node *object(struct vdc_arena *arena, struct vdc_node *node)
{
	set(arena, node, "type", "object");
	set(arena, node, "additionalProperties", "false")->type = VDC_NODE_BOOL;
	return vdc_node_add(arena, node, "properties");
}

static struct vdc_node *array(struct vdc_arena *arena, struct vdc_node *parent, const char *name)
{
	struct vdc_node *node = vdc_node_add(arena, parent, name);

	set(arena, node, "type", "array");
	return vdc_node_add(arena, node, "items");
}

static void require(struct vdc_arena *arena, struct vdc_node *node, const char *name)
{
	set(arena, node, "required", name)->repeated = true;
}

static void text(struct vdc_arena *arena, struct vdc_node *properties, const char *name)
{
	set(arena, vdc_node_add(arena, properties, name), "type", "string");
}

static void scalar(struct vdc_arena *arena, struct vdc_node *node, const struct vdc_field *f)
{
	if (f->type == VDC_INT || f->type == VDC_BYTES) {
		set(arena, node, "type", "integer");
		if (f->least || f->most) {
			number(arena, node, "minimum", f->least);
			number(arena, node, "maximum", f->most);
		}
		return;
	}
	set(arena, node, "type", f->type == VDC_BOOL ? "boolean" : "string");
	if (f->type == VDC_UUID)
		set(arena, node, "pattern", "^" UUID_PATTERN "$");
	if (f->type == VDC_TIME)
		set(arena, node, "pattern", "^" TIME_PATTERN "$");
	for (size_t i = 1; f->type == VDC_ENUM && f->values->words[i]; i++)
		set(arena, node, "enum", f->values->words[i])->repeated = true;
}

static void level(struct vdc_arena *arena, struct vdc_node *node)
{
	static const char *const parts[] = { "major", "minor" };
	struct vdc_node *properties = object(arena, node);

	for (size_t i = 0; i < VDC_COUNT(parts); i++) {
		struct vdc_node *part = vdc_node_add(arena, properties, parts[i]);

		require(arena, node, parts[i]);
		set(arena, part, "type", "integer");
		number(arena, part, "minimum", 0);
	}
}

static void item(struct vdc_arena *arena, struct vdc_node *node, const struct vdc_layout *layout)
{
	const struct vdc_step *step = layout->item;

	node = object(arena, node);
	node = array(arena, node, step->name);
	if (layout->field->type == VDC_LEVELS) {
		level(arena, node);
		return;
	}
	if (layout->field->type == VDC_PROPERTIES) {
		require(arena, node, layout->item_name);
		require(arena, node, layout->item_value);
		node = object(arena, node);
		text(arena, node, layout->item_name);
		text(arena, node, layout->item_value);
		return;
	}
	while ((step = step->next)) {
		require(arena, node, step->name);
		node = vdc_node_add(arena, object(arena, node), step->name);
	}
	set(arena, node, "type", "string");
}

static void reference(struct vdc_arena *arena, struct vdc_node *node,
		      const struct vdc_layout *layout)
{
	struct vdc_node *properties, *id;

	if (layout->attribute) {
		set(arena, node, "type", "string");
		return;
	}
	properties = object(arena, node);
	id = vdc_node_add(arena, properties, "id");
	set(arena, id, "type", "string");
	set(arena, id, "pattern", "^" UUID_PATTERN "$");
	text(arena, properties, "name");
}

static void members(struct vdc_arena *arena, struct vdc_node *node,
		    const struct vdc_layout *layout);

static void value(struct vdc_arena *arena, struct vdc_node *node, const struct vdc_layout *layout)
{
	const struct vdc_field *f = layout->field;

	if (!f)
		members(arena, node, layout);
	else if (f->type == VDC_WORDS || f->type == VDC_LEVELS || f->type == VDC_PROPERTIES)
		item(arena, node, layout);
	else if (f->type == VDC_REF)
		reference(arena, node, layout);
	else if (f->type == VDC_LEVEL)
		level(arena, node);
	else
		scalar(arena, node, f);
}

static void members(struct vdc_arena *arena, struct vdc_node *node, const struct vdc_layout *layout)
{
	struct vdc_node *properties = object(arena, node);

	for (const struct vdc_layout *kid = layout->first; kid; kid = kid->next) {
		value(arena, vdc_node_add(arena, properties, kid->name), kid);
		if (is_required(kid))
			require(arena, node, kid->name);
	}
}

static void document(struct vdc_arena *arena, struct vdc_node *root, const struct schema_kinds *of)
{
	struct vdc_node *properties = object(arena, root);
	struct vdc_node *vdc = vdc_node_add(arena, properties, "vdc");

	require(arena, root, "vdc");
	require(arena, vdc, "version");
	number(arena, vdc_node_add(arena, object(arena, vdc), "version"), "const", 1);
	for (size_t i = 0; i < of->n; i++)
		set(arena, array(arena, properties, of->kinds[i]->plural), "$ref",
		    vdc_arena_format(arena, "#/$defs/%s", of->kinds[i]->name));
}

struct vdc_node *json_schema(struct vdc_arena *arena, const struct schema_kinds *of)
{
	struct vdc_node *root = vdc_node_add(arena, NULL, "");
	struct vdc_node *kinds;

	set(arena, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
	set(arena, root, "title", "A document of vdc-utils");
	document(arena, root, of);
	kinds = vdc_node_add(arena, root, "$defs");
	for (size_t i = 0; i < of->n; i++) {
		struct vdc_node *node = vdc_node_add(arena, kinds, of->kinds[i]->name);

		set(arena, node, "description", of->kinds[i]->help);
		members(arena, node, vdc_layout_new(of->kinds[i], false, arena));
	}
	return root;
}
