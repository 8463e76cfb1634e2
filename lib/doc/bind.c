/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/bind.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/uuid.h"
#include "doc/binder.h"
#include "model/fence_agent.h"
#include "model/host.h"

/* What a field has got so far. */
struct given {
	unsigned rank; /* of the place it came from, 0 for nothing */
	const struct vdc_node *parent;
};

struct binding {
	const struct vdc_kind *kind;
	void *object;
	struct given *given; /* by index of the field */
	struct vdc_part *parts;
	struct vdc_part **parts_end;
	struct vdc_arena *arena;
	const struct vdc_node **about;
	struct vdc_err *err;
};

static int refuse(struct binding *b, const struct vdc_node *node, const char *what, const char *why)
{
	*b->about = node;
	return vdc_err_set(b->err, -EBADMSG, "%s: %s", what, why);
}

static bool has_elements(const struct vdc_node *node)
{
	for (node = node->first; node; node = node->next)
		if (!node->attribute)
			return true;
	return false;
}

static int set_text(struct binding *b, const struct vdc_field *f, const struct vdc_node *node,
		    const char *text)
{
	int r = vdc_value_parse(f, text, b->object, b->arena, b->err);

	if (r < 0)
		*b->about = node;
	return r;
}

/* <cluster id=""/>, <cluster href=".../clusters/ID"/>, <cluster><name/></cluster>, or text. */
static int bind_ref(struct binding *b, const struct vdc_field *f, const struct vdc_node *node)
{
	const char *id = vdc_node_text(node, "id");
	const char *href = vdc_node_text(node, "href");
	const char *name = vdc_node_text(node, "name");
	const char *slash = href ? strrchr(href, '/') : NULL;
	int r;

	if (!id && slash)
		id = slash + 1;
	if (!id)
		return set_text(b, f, node, node->text ? node->text : name ? name : "");
	if (!vdc_uuid_valid(id))
		return refuse(b, node, f->name, "its id is not a UUID");
	r = set_text(b, f, node, id);
	if (r == 0)
		vdc_ref_of(f, b->object)->name = vdc_arena_strdup(b->arena, name);
	return r;
}

static const char *level_of(struct binding *b, const struct vdc_node *node)
{
	const char *major = vdc_node_text(node, "major");
	const char *minor = vdc_node_text(node, "minor");

	if (!major)
		return node->text ? node->text : "";
	return vdc_arena_format(b->arena, "%s.%s", major, minor ? minor : "0");
}

static int bind_level(struct binding *b, const struct vdc_field *f, const struct vdc_node *node)
{
	return set_text(b, f, node, level_of(b, node));
}

static int add_level(struct binding *b, const struct vdc_layout *layout,
		     const struct vdc_node *node, struct vdc_buf *text)
{
	(void)layout;
	vdc_buf_printf(text, "%s%s", text->len ? " " : "", level_of(b, node));
	return 0;
}

/* "host@id" -> the text of id below NODE, which is one host; ["a"] does for [{"id":"a"}]. */
static int add_word(struct binding *b, const struct vdc_layout *layout, const struct vdc_node *node,
		    struct vdc_buf *text)
{
	(void)b;
	for (const struct vdc_step *s = layout->item->next; s && node && !node->text; s = s->next)
		node = vdc_node_child(node, s->name);
	if (node && node->text)
		vdc_buf_printf(text, "%s%s", text->len ? " " : "", node->text);
	return 0;
}

static int add_property(struct binding *b, const struct vdc_layout *layout,
			const struct vdc_node *node, struct vdc_buf *text)
{
	const char *name = vdc_node_text(node, layout->item_name);
	const char *value = vdc_node_text(node, layout->item_value);

	if (!name)
		return refuse(b, node, layout->field->name, "a property without a name");
	value = value ? value : "";
	if (strpbrk(name, "=\r\n") || strpbrk(value, "\r\n"))
		return refuse(b, node, layout->field->name,
			      "a property with '=' in its name, or of two lines");
	vdc_buf_printf(text, "%s%s=%s", text->len ? "\n" : "", name, value);
	return 0;
}

/* <options><option/><option/></options>, or JSON's "options":[{},{}]: NODE and its like are items
 * themselves when they do not hold any. */
static int bind_items(struct binding *b, const struct vdc_layout *layout,
		      const struct vdc_node *node)
{
	int (*add)(struct binding *, const struct vdc_layout *, const struct vdc_node *,
		   struct vdc_buf *) = layout->field->type == VDC_WORDS	   ? add_word :
				       layout->field->type == VDC_LEVELS ? add_level :
									   add_property;
	vdc_autobuf text = { 0 };
	int r = 0;

	for (const struct vdc_node *n = node; n && r == 0; n = vdc_node_again(n)) {
		const struct vdc_node *item = vdc_node_child(n, layout->item->name);

		if (!item && (n->text || n->first))
			r = add(b, layout, n, &text);
		for (; item && r == 0; item = vdc_node_again(item))
			r = add(b, layout, item, &text);
	}
	return r < 0 ? r : set_text(b, layout->field, node, vdc_buf_str(&text));
}

/* The API writes speeds as 2095.078: whole numbers are enough for us. */
static const char *without_fraction(struct binding *b, const char *text)
{
	size_t whole = strspn(text, "-0123456789");
	size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;

	if (!whole || !fraction || text[whole + 1 + fraction])
		return text;
	return vdc_arena_strndup(b->arena, text, whole);
}

static bool is_list(const struct vdc_field *f)
{
	return f->type == VDC_WORDS || f->type == VDC_LEVELS || f->type == VDC_PROPERTIES;
}

static int bind_value(struct binding *b, const struct vdc_layout *layout,
		      const struct vdc_node *node)
{
	const struct vdc_field *f = layout->field;

	if (f->type == VDC_REF)
		return bind_ref(b, f, node);
	if (f->type == VDC_LEVEL)
		return bind_level(b, f, node);
	if (is_list(f))
		return bind_items(b, layout, node);
	return set_text(b, f, node,
			f->type == VDC_INT ? without_fraction(b, node->text) : node->text);
}

/* Whether NODE says something about the field at all; <status><state>up</state></status> says it
 * at another place. */
static int has_value(struct binding *b, const struct vdc_layout *layout,
		     const struct vdc_node *node)
{
	const struct vdc_field *f = layout->field;

	if (node->text)
		return 1;
	if (f->type == VDC_REF || f->type == VDC_LEVEL || is_list(f))
		return node->first != NULL;
	if (!layout->n_kids && has_elements(node))
		return refuse(b, node, f->name, "an object where one value should be");
	return 0;
}

/* The place of the highest rank counts; the same place twice in one element is a mistake. */
static int offer(struct binding *b, const struct vdc_layout *layout, const struct vdc_node *parent,
		 const struct vdc_node *node)
{
	const struct vdc_field *f = layout->field;
	struct given *given = &b->given[f - b->kind->fields];
	int r = has_value(b, layout, node);

	if (r <= 0)
		return r;
	if (given->rank == layout->rank && given->parent == parent && !is_list(f) && node->text)
		return refuse(b, node, f->name, "it is there twice");
	if (given->rank >= layout->rank)
		return 0;
	*given = (struct given){ .rank = layout->rank, .parent = parent };
	return bind_value(b, layout, node);
}

/* The field of KIND by which it belongs to OWNER. */
static const struct vdc_field *reference_to(const struct vdc_kind *kind,
					    const struct vdc_kind *owner)
{
	for (size_t i = 0; i < kind->n_fields; i++)
		if (kind->fields[i].type == VDC_REF && kind->fields[i].target == owner)
			return &kind->fields[i];
	return NULL;
}

/* A link has an id and an address and says nothing about the object. */
static bool is_link(const struct vdc_node *node)
{
	static const char *const words[] = { "id", "href", "rel" };

	for (node = node->first; node; node = node->next) {
		size_t i = 0;

		while (i < VDC_COUNT(words) && strcmp(node->name, words[i]))
			i++;
		if (i == VDC_COUNT(words))
			return false;
	}
	return true;
}

static bool add_part(struct binding *b, const struct vdc_node *node)
{
	const struct vdc_kind *kind = vdc_kind_find(node->name);
	const struct vdc_field *owner = kind ? reference_to(kind, b->kind) : NULL;
	struct vdc_part *part;

	if (!owner || is_link(node))
		return false;
	part = vdc_arena_alloc(b->arena, sizeof(*part));
	*part = (struct vdc_part){ .kind = kind, .node = node, .owner = owner };
	*b->parts_end = part;
	b->parts_end = &part->next;
	return true;
}

/* Not a field: parts, alone or as a collection, or nothing that we know. */
static void add_parts(struct binding *b, const struct vdc_node *node)
{
	bool found = false;

	if (!vdc_kind_find(node->name)) {
		vdc_debug("%s: ignored: %s", b->kind->name, node->name);
		return;
	}
	for (const struct vdc_node *n = node->first; n; n = n->next)
		if (vdc_kind_find(n->name) == vdc_kind_find(node->name))
			found |= add_part(b, n);
	if (!found && !add_part(b, node))
		vdc_debug("%s: ignored: link to %s", b->kind->name, node->name);
}

/*
 * API v3 wrote the only fence agent of a host into <power_management> itself:
 *	<power_management type="ipmilan"><enabled>true</enabled><address>...
 */
static void add_flat_agent(struct binding *b, const struct vdc_node *node)
{
	if (b->kind != &vdc_host_kind || strcmp(node->name, "power_management") != 0 ||
	    !vdc_node_text(node, "type") || vdc_node_child(node, "agents"))
		return;
	*b->parts_end = vdc_arena_alloc(b->arena, sizeof(**b->parts_end));
	**b->parts_end = (struct vdc_part){
		.kind = &vdc_fence_agent_kind,
		.node = node,
		.owner = reference_to(&vdc_fence_agent_kind, &vdc_host_kind),
		.flat = true,
	};
	b->parts_end = &(*b->parts_end)->next;
}

static int bind_nodes(struct binding *b, const struct vdc_layout *layout,
		      const struct vdc_node *node)
{
	int r = 0;

	for (const struct vdc_node *n = node->first; n && r == 0; n = n->next) {
		const struct vdc_layout *kid = vdc_layout_kid(layout, n->name);

		if (!kid && !layout->field)
			add_parts(b, n);
		if (kid && !kid->field)
			add_flat_agent(b, n);
		if (kid && kid->field)
			r = offer(b, kid, node, n);
		if (kid && r == 0)
			r = bind_nodes(b, kid, n);
	}
	return r;
}

int vdc_bind(struct vdc_binder *binder, const struct vdc_kind *kind, const struct vdc_node *node,
	     struct vdc_arena *arena, void **ret, struct vdc_part **parts,
	     const struct vdc_node **about, struct vdc_err *err)
{
	struct binding b = {
		.kind = kind,
		.object = vdc_object_new(kind, arena),
		.given = vdc_arena_alloc(arena, kind->n_fields * sizeof(struct given)),
		.arena = arena,
		.about = about,
		.err = err,
	};
	int r;

	b.parts_end = &b.parts;
	r = bind_nodes(&b, vdc_binder_layout(binder, kind), node);

	if (r < 0)
		return r;
	*ret = b.object;
	*parts = b.parts;
	return 0;
}
