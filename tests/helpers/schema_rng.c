/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RELAX NG (ISO/IEC 19757-2) in its XML syntax, with the data types of XML Schema. */
#include "schema.h"

static struct vdc_node *element(struct vdc_arena *arena, struct vdc_node *parent, const char *what,
				const char *name)
{
	struct vdc_node *node = vdc_node_add(arena, parent, what);

	if (name)
		set(arena, node, "name", name);
	return node;
}

static struct vdc_node *data(struct vdc_arena *arena, struct vdc_node *parent, const char *type)
{
	struct vdc_node *node = vdc_node_add(arena, parent, "data");

	set(arena, node, "type", type);
	return node;
}

static void limit(struct vdc_arena *arena, struct vdc_node *data, const char *name,
		  const char *text)
{
	element(arena, data, "param", name)->text = text;
}

static void choice(struct vdc_arena *arena, struct vdc_node *parent, const char *const *words)
{
	struct vdc_node *node = vdc_node_add(arena, parent, "choice");

	for (; *words; words++)
		vdc_node_add(arena, node, "value")->text = *words;
}

static void scalar(struct vdc_arena *arena, struct vdc_node *parent, const struct vdc_field *f)
{
	static const char *const booleans[] = { "false", "true", NULL };
	struct vdc_node *node;

	if (f->type == VDC_BOOL) {
		choice(arena, parent, booleans);
	} else if (f->type == VDC_ENUM) {
		choice(arena, parent, f->values->words + 1);
	} else if (f->type == VDC_UUID) {
		limit(arena, data(arena, parent, "string"), "pattern", UUID_PATTERN);
	} else if (f->type == VDC_TIME) {
		limit(arena, data(arena, parent, "string"), "pattern", TIME_PATTERN);
	} else if (f->type == VDC_INT || f->type == VDC_BYTES) {
		node = data(arena, parent, "long");
		if (!f->least && !f->most)
			return;
		limit(arena, node, "minInclusive",
		      vdc_arena_format(arena, "%lld", (long long)f->least));
		limit(arena, node, "maxInclusive",
		      vdc_arena_format(arena, "%lld", (long long)f->most));
	} else {
		vdc_node_add(arena, parent, "text");
	}
}

static void number_attribute(struct vdc_arena *arena, struct vdc_node *parent, const char *name)
{
	data(arena, element(arena, parent, "attribute", name), "nonNegativeInteger");
}

static void level(struct vdc_arena *arena, struct vdc_node *parent)
{
	number_attribute(arena, parent, "major");
	number_attribute(arena, parent, "minor");
}

static void item(struct vdc_arena *arena, struct vdc_node *parent, const struct vdc_layout *layout)
{
	bool levels = layout->field->type == VDC_LEVELS;
	struct vdc_node *node = vdc_node_add(arena, parent, levels ? "zeroOrMore" : "oneOrMore");
	const struct vdc_step *step = layout->item;

	node = element(arena, node, "element", step->name);
	if (levels) {
		level(arena, node);
		return;
	}
	if (layout->field->type == VDC_PROPERTIES) {
		element(arena, node, "attribute", layout->item_name);
		element(arena, node, "attribute", layout->item_value);
		return;
	}
	while ((step = step->next))
		node = element(arena, node, step->attribute ? "attribute" : "element", step->name);
	vdc_node_add(arena, node, "text");
}

static void reference(struct vdc_arena *arena, struct vdc_node *parent,
		      const struct vdc_layout *layout)
{
	struct vdc_node *node;

	if (layout->attribute) {
		vdc_node_add(arena, parent, "text");
		return;
	}
	node = vdc_node_add(arena, parent, "optional");
	node = element(arena, node, "attribute", "id");
	limit(arena, data(arena, node, "string"), "pattern", UUID_PATTERN);
	node = element(arena, vdc_node_add(arena, parent, "optional"), "element", "name");
	vdc_node_add(arena, node, "text");
}

static void value(struct vdc_arena *arena, struct vdc_node *parent, const struct vdc_layout *layout)
{
	const struct vdc_field *f = layout->field;

	if (f->type == VDC_WORDS || f->type == VDC_LEVELS || f->type == VDC_PROPERTIES) {
		item(arena, parent, layout);
	} else if (f->type == VDC_REF) {
		reference(arena, parent, layout);
	} else if (f->type == VDC_LEVEL) {
		level(arena, parent);
	} else {
		scalar(arena, parent, f);
	}
}

static void content(struct vdc_arena *arena, struct vdc_node *parent,
		    const struct vdc_layout *layout)
{
	if (layout->field)
		value(arena, parent, layout);
	for (const struct vdc_layout *kid = layout->first; kid; kid = kid->next) {
		struct vdc_node *at =
			is_required(kid) ? parent : vdc_node_add(arena, parent, "optional");

		content(arena,
			element(arena, at, kid->attribute ? "attribute" : "element", kid->name),
			kid);
	}
}

static void collection(struct vdc_arena *arena, struct vdc_node *parent,
		       const struct vdc_kind *kind)
{
	struct vdc_node *node = element(arena, parent, "element", kind->plural);

	element(arena, vdc_node_add(arena, node, "zeroOrMore"), "ref", kind->name);
}

struct vdc_node *rng_schema(struct vdc_arena *arena, const struct schema_kinds *of)
{
	struct vdc_node *root = vdc_node_add(arena, NULL, "grammar");
	struct vdc_node *node;

	set(arena, root, "xmlns", "http://relaxng.org/ns/structure/1.0");
	set(arena, root, "datatypeLibrary", "http://www.w3.org/2001/XMLSchema-datatypes");
	node = element(arena, vdc_node_add(arena, root, "start"), "element", "vdc");
	vdc_node_add(arena, element(arena, node, "attribute", "version"), "value")->text = "1";
	node = vdc_node_add(arena, vdc_node_add(arena, node, "zeroOrMore"), "choice");
	for (size_t i = 0; i < of->n; i++)
		collection(arena, node, of->kinds[i]);
	for (size_t i = 0; i < of->n; i++) {
		node = element(arena, root, "define", of->kinds[i]->name);
		node = element(arena, node, "element", of->kinds[i]->name);
		content(arena, node, vdc_layout_new(of->kinds[i], false, arena));
	}
	return root;
}
