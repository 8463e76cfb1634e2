/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/json.h"

#include <string.h>

static void escape(struct vdc_buf *out, unsigned char c)
{
	static const char pairs[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	const char *pair = memchr(pairs, c, sizeof(pairs) - 1);

	if (pair)
		vdc_buf_printf(out, "\\%c", pair[1]);
	else
		vdc_buf_printf(out, "\\u%04x", c);
}

void vdc_json_quote(struct vdc_buf *out, const char *text)
{
	vdc_buf_putc(out, '"');
	for (const char *p = text; *p; p++) {
		const char *from = p;

		while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
			p++;
		vdc_buf_add(out, from, (size_t)(p - from));
		if (!*p)
			break;
		escape(out, (unsigned char)*p);
	}
	vdc_buf_putc(out, '"');
}

static void write_members(struct vdc_buf *out, const struct vdc_node *node);

static void write_value(struct vdc_buf *out, const struct vdc_node *node)
{
	if (node->first)
		write_members(out, node);
	else if (!node->text)
		vdc_buf_puts(out, "null");
	else if (node->type == VDC_NODE_TEXT)
		vdc_json_quote(out, node->text);
	else
		vdc_buf_puts(out, node->text);
}

/* The nodes of one name that follow each other; returns the last of them. */
static const struct vdc_node *write_array(struct vdc_buf *out, const struct vdc_node *node)
{
	vdc_buf_putc(out, '[');
	for (;;) {
		write_value(out, node);
		if (!node->next || strcmp(node->next->name, node->name))
			break;
		vdc_buf_putc(out, ',');
		node = node->next;
	}
	vdc_buf_putc(out, ']');
	return node;
}

static void write_members(struct vdc_buf *out, const struct vdc_node *node)
{
	vdc_buf_putc(out, '{');
	for (const struct vdc_node *child = node->first; child; child = child->next) {
		vdc_json_quote(out, child->name);
		vdc_buf_putc(out, ':');
		if (child->repeated)
			child = write_array(out, child);
		else
			write_value(out, child);
		if (child->next)
			vdc_buf_putc(out, ',');
	}
	vdc_buf_putc(out, '}');
}

void vdc_json_write(struct vdc_buf *out, const struct vdc_node *node)
{
	write_members(out, node);
}
