/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/xml.h"

#include "edge/module.h"
#include "edge/xml_ops.h"

static int open_module(const struct vdc_xml_ops **ret, struct vdc_err *err)
{
	const void *table;
	int r = vdc_module_table("xml", "vdc_xml_module", &table, err);

	if (r < 0)
		return r;
	*ret = table;
	return 0;
}

int vdc_xml_read(struct vdc_source *source, const struct vdc_node_taker *taker, struct vdc_err *err)
{
	const struct vdc_xml_ops *ops;
	int r = open_module(&ops, err);

	return r < 0 ? r : ops->read(source, taker, err);
}

int vdc_xml_validate(struct vdc_source *source, const char *schema, struct vdc_err *err)
{
	const struct vdc_xml_ops *ops;
	int r = open_module(&ops, err);

	return r < 0 ? r : ops->validate(source, schema, err);
}

static int take_root(void *ctx, const struct vdc_node_head *head, struct vdc_err *err)
{
	(void)ctx;
	(void)head;
	(void)err;
	return VDC_TAKE_WHOLE;
}

/* The parser's names end with it. */
static void own_names(struct vdc_node *node, struct vdc_arena *arena)
{
	node->name = vdc_arena_strdup(arena, node->name);
	for (struct vdc_node *n = node->first; n; n = n->next)
		own_names(n, arena);
}

struct whole {
	struct vdc_arena *arena;
	struct vdc_node *root;
};

static int keep_root(void *ctx, struct vdc_node *node, const struct vdc_node **about,
		     struct vdc_err *err)
{
	struct whole *whole = ctx;

	(void)about;
	(void)err;
	own_names(node, whole->arena);
	whole->root = node;
	return 0;
}

int vdc_xml_parse(const char *text, size_t len, struct vdc_arena *arena, struct vdc_node **ret,
		  struct vdc_err *err)
{
	struct whole whole = { .arena = arena };
	const struct vdc_node_taker taker = {
		.ctx = &whole,
		.arena = arena,
		.begin = take_root,
		.node = keep_root,
	};
	struct vdc_source source;
	int first;
	int r;

	vdc_source_of_text(&source, text, len);
	r = vdc_source_first(&source, &first, err);
	if (r == 0)
		r = vdc_xml_read(&source, &taker, err);
	if (r < 0)
		return r;
	*ret = whole.root;
	return 0;
}

int vdc_xml_writer_new(FILE *out, struct vdc_xml_writer **ret, struct vdc_err *err)
{
	const struct vdc_xml_ops *ops;
	int r = open_module(&ops, err);

	return r < 0 ? r : ops->open(out, ret, err);
}

int vdc_xml_begin(struct vdc_xml_writer *writer, const struct vdc_node *head, struct vdc_err *err)
{
	return writer->ops->begin(writer, head, err);
}

int vdc_xml_node(struct vdc_xml_writer *writer, const struct vdc_node *node, struct vdc_err *err)
{
	return writer->ops->node(writer, node, err);
}

int vdc_xml_end(struct vdc_xml_writer *writer, struct vdc_err *err)
{
	return writer->ops->end(writer, err);
}

int vdc_xml_writer_close(struct vdc_xml_writer *writer, bool whole, struct vdc_err *err)
{
	return writer->ops->close(writer, whole, err);
}
