/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "base/words.h"
#include "doc/binder.h"

struct unbinding {
	const struct vdc_kind *kind;
	const void *object;
	bool xml;
	struct vdc_arena *arena;
	struct vdc_err *err;
};

static int check(const struct unbinding *u, const struct vdc_field *f, const char *text)
{
	size_t len = strlen(text);
	size_t valid = u->xml ? vdc_utf8_xml_span(text, len) : vdc_utf8_span(text, len);

	if (valid == len)
		return 0;
	return vdc_err_set(u->err, -EILSEQ,
			   "%s '%s': %s: byte 0x%02x at %zu cannot be written in %s", u->kind->name,
			   vdc_object_name(u->kind, u->object), f->name, (unsigned char)text[valid],
			   valid + 1, u->xml ? "XML" : "JSON");
}

static struct vdc_node *add(const struct unbinding *u, struct vdc_node *parent, const char *name,
			    const char *text, bool attribute)
{
	struct vdc_node *node = vdc_node_add(u->arena, parent, name);

	node->text = text;
	node->attribute = attribute;
	return node;
}

static void put_number(const struct unbinding *u, struct vdc_node *parent, const char *name,
		       int number)
{
	const char *text = vdc_arena_format(u->arena, "%d", number);

	add(u, parent, name, text, true)->type = VDC_NODE_NUMBER;
}

static void put_level(const struct unbinding *u, const struct vdc_field *f, struct vdc_node *node)
{
	const struct vdc_level *level = vdc_level_of(f, u->object);

	put_number(u, node, "major", level->major);
	put_number(u, node, "minor", level->minor);
}

static void put_ref(const struct unbinding *u, const struct vdc_layout *layout,
		    struct vdc_node *node)
{
	const struct vdc_ref *ref = vdc_ref_of(layout->field, u->object);

	if (layout->attribute) {
		node->text = ref->id ? ref->id : ref->name;
		return;
	}
	if (ref->id)
		add(u, node, "id", ref->id, true);
	if (ref->name)
		add(u, node, "name", ref->name, false);
}

static void put_word(const struct unbinding *u, const struct vdc_layout *layout,
		     struct vdc_node *node, const char *word)
{
	const struct vdc_step *step = layout->item;

	node = add(u, node, step->name, NULL, false);
	node->repeated = true;
	while ((step = step->next))
		node = add(u, node, step->name, NULL, step->attribute);
	node->text = word;
}

static void put_words(const struct unbinding *u, const struct vdc_layout *layout,
		      struct vdc_node *node, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		put_word(u, layout, node, vdc_arena_strndup(u->arena, words, len));
		words += len + (words[len] == ' ');
	}
}

static void put_levels(const struct unbinding *u, const struct vdc_layout *layout,
		       struct vdc_node *node, const char *levels)
{
	size_t len;

	for (const char *w; (w = vdc_word_next(&levels, &len));) {
		struct vdc_node *item = add(u, node, layout->item->name, NULL, false);
		struct vdc_level level = { 0 };

		item->repeated = true;
		vdc_level_parse(vdc_arena_strndup(u->arena, w, len), &level, NULL);
		put_number(u, item, "major", level.major);
		put_number(u, item, "minor", level.minor);
	}
	if (node->first || u->xml)
		return;
	node->text = "{}"; /* as the API writes an empty collection */
	node->type = VDC_NODE_NUMBER;
}

static void put_properties(const struct unbinding *u, const struct vdc_layout *layout,
			   struct vdc_node *node, const char *lines)
{
	while (*lines) {
		size_t len = strcspn(lines, "\n");
		char *line = vdc_arena_strndup(u->arena, lines, len);
		char *equals = strchr(line, '=');
		struct vdc_node *item = add(u, node, layout->item->name, NULL, false);

		item->repeated = true;
		if (equals)
			*equals = '\0';
		add(u, item, layout->item_name, line, true);
		add(u, item, layout->item_value, equals ? equals + 1 : "", true);
		lines += len + (lines[len] == '\n');
	}
}

static void put_scalar(const struct unbinding *u, const struct vdc_field *f, struct vdc_node *node)
{
	char scratch[VDC_SCRATCH];
	const char *text = vdc_value_text(f, u->object, scratch);

	node->text = text == scratch ? vdc_arena_strdup(u->arena, text) : text;
	if (f->type == VDC_INT || f->type == VDC_BYTES)
		node->type = VDC_NODE_NUMBER;
	if (f->type == VDC_BOOL)
		node->type = VDC_NODE_BOOL;
}

/* What the document cannot hold is found before anything of the object is written. */
static int check_field(const struct unbinding *u, const struct vdc_field *f)
{
	enum vdc_shape shape = vdc_type_shape(f->type);
	const struct vdc_ref *ref;
	int r = 0;

	if (shape == VDC_SHAPE_TEXT)
		return check(u, f, *vdc_text_of(f, u->object));
	if (shape != VDC_SHAPE_REF)
		return 0;
	ref = vdc_ref_of(f, u->object);
	if (ref->id)
		r = check(u, f, ref->id);
	return r < 0 || !ref->name ? r : check(u, f, ref->name);
}

static int put_field(const struct unbinding *u, const struct vdc_layout *layout,
		     struct vdc_node *node)
{
	const struct vdc_field *f = layout->field;
	int r = check_field(u, f);

	if (r < 0)
		return r;
	if (f->type == VDC_LEVEL)
		put_level(u, f, node);
	else if (f->type == VDC_REF)
		put_ref(u, layout, node);
	else if (f->type == VDC_WORDS)
		put_words(u, layout, node, *vdc_text_of(f, u->object));
	else if (f->type == VDC_LEVELS)
		put_levels(u, layout, node, *vdc_text_of(f, u->object));
	else if (f->type == VDC_PROPERTIES)
		put_properties(u, layout, node, *vdc_text_of(f, u->object));
	else
		put_scalar(u, f, node);
	return 0;
}

/* What is above a value, too, is there only when the value is. */
static bool has_value(const struct unbinding *u, const struct vdc_layout *layout)
{
	if (layout->field && vdc_value_is_set(layout->field, u->object))
		return true;
	for (const struct vdc_layout *kid = layout->first; kid; kid = kid->next)
		if (has_value(u, kid))
			return true;
	return false;
}

static int put_layout(const struct unbinding *u, const struct vdc_layout *layout,
		      struct vdc_node *node)
{
	int r = 0;

	if (layout->field && vdc_value_is_set(layout->field, u->object))
		r = put_field(u, layout, node);
	for (const struct vdc_layout *kid = layout->first; kid && r == 0; kid = kid->next)
		if (has_value(u, kid))
			r = put_layout(u, kid, add(u, node, kid->name, NULL, kid->attribute));
	return r;
}

int vdc_unbind(struct vdc_binder *binder, const struct vdc_kind *kind, const void *object,
	       struct vdc_arena *arena, struct vdc_node **ret, struct vdc_err *err)
{
	const struct unbinding u = {
		.kind = kind,
		.object = object,
		.xml = vdc_binder_use(binder) == VDC_BIND_WRITE_XML,
		.arena = arena,
		.err = err,
	};
	struct vdc_node *root = vdc_node_add(arena, NULL, kind->name);
	int r = put_layout(&u, vdc_binder_layout(binder, kind), root);

	if (r < 0)
		return r;
	*ret = root;
	return 0;
}
