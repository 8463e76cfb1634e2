/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML as text. Not through libxml2's writer: it takes four times as long, and a plan of 80,000 moves
 * is a million elements. What it writes is the same to the byte.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "edge/xml_ops.h"

enum { FLUSH = 64 * 1024 };

struct writer {
	struct vdc_xml_writer public;
	FILE *out;
	struct vdc_buf text;
	struct vdc_buf open; /* names of the elements that are open, as char * */
	bool in_tag;	     /* the innermost one has no '>' yet */
	int failed;
};

static struct writer *writer_of(struct vdc_xml_writer *public)
{
	return (struct writer *)public;
}

static void write_out(struct writer *w)
{
	errno = 0;
	if (!w->failed && w->text.len &&
	    fwrite(w->text.data, 1, w->text.len, w->out) != w->text.len)
		w->failed = errno ? -errno : -EIO;
	vdc_buf_clear(&w->text);
}

static int check(struct writer *w, struct vdc_err *err)
{
	if (w->text.len >= FLUSH)
		write_out(w);
	if (!w->failed)
		return 0;
	errno = -w->failed;
	return vdc_err_set(err, w->failed, "cannot write: %m");
}

static int open_writer(FILE *out, struct vdc_xml_writer **ret, vdc_unused struct vdc_err *err)
{
	struct writer *w = vdc_alloc(sizeof(*w));

	w->public.ops = &vdc_xml_module;
	w->out = out;
	vdc_buf_puts(&w->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	*ret = &w->public;
	return 0;
}

static const char *reference_of(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\r':
		return "&#13;";
	case '\n':
		return "&#10;";
	default:
		return "&#9;";
	}
}

/* SPECIAL: what cannot stand there as itself. */
static void put_escaped(struct writer *w, const char *text, const char *special)
{
	while (*text) {
		size_t len = strcspn(text, special);

		vdc_buf_add(&w->text, text, len);
		text += len;
		if (*text)
			vdc_buf_puts(&w->text, reference_of(*text++));
	}
}

static size_t depth(const struct writer *w)
{
	return w->open.len / sizeof(char *);
}

/* "    </name>\n" at once: a document is made of little else. */
static void put_tag(struct writer *w, size_t steps, const char *open, const char *name,
		    const char *close)
{
	size_t len[] = { 2 * steps, strlen(open), strlen(name), strlen(close) };
	char *at = vdc_buf_grow(&w->text, len[0] + len[1] + len[2] + len[3]);

	memset(at, ' ', len[0]);
	memcpy(at += len[0], open, len[1]);
	memcpy(at += len[1], name, len[2]);
	memcpy(at + len[2], close, len[3]);
}

static void end_tag_of_parent(struct writer *w)
{
	if (w->in_tag)
		vdc_buf_puts(&w->text, ">\n");
	w->in_tag = false;
}

/* All but the '>', which depends on what follows. */
static void start_tag(struct writer *w, const struct vdc_node *head, size_t steps)
{
	end_tag_of_parent(w);
	put_tag(w, steps, "<", head->name, "");
	for (const struct vdc_node *n = head->first; n; n = n->next) {
		if (!n->attribute)
			continue;
		put_tag(w, 0, " ", n->name, "=\"");
		put_escaped(w, n->text ? n->text : "", "<>&\"\r\n\t");
		vdc_buf_putc(&w->text, '"');
	}
	w->in_tag = true;
}

static void end_element(struct writer *w, const char *name, size_t steps)
{
	if (w->in_tag) {
		vdc_buf_puts(&w->text, "/>\n");
		w->in_tag = false;
		return;
	}
	put_tag(w, steps, "</", name, ">\n");
}

static int begin(struct vdc_xml_writer *writer, const struct vdc_node *head, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);
	char *name = vdc_strdup(head->name);

	start_tag(w, head, depth(w));
	vdc_buf_add(&w->open, &name, sizeof(char *));
	return check(w, err);
}

static void element(struct writer *w, const struct vdc_node *node, size_t steps)
{
	start_tag(w, node, steps);
	if (node->text) {
		vdc_buf_putc(&w->text, '>');
		w->in_tag = false;
		put_escaped(w, node->text, "<>&\"\r");
		steps = 0;
	}
	for (const struct vdc_node *n = node->first; n; n = n->next)
		if (!n->attribute)
			element(w, n, steps + 1);
	end_element(w, node->name, steps);
}

static int write_node(struct vdc_xml_writer *writer, const struct vdc_node *node,
		      struct vdc_err *err)
{
	struct writer *w = writer_of(writer);

	element(w, node, depth(w));
	return check(w, err);
}

static void end_innermost(struct writer *w)
{
	char *name;

	w->open.len -= sizeof(name);
	memcpy(&name, w->open.data + w->open.len, sizeof(name));
	end_element(w, name, depth(w));
	free(name);
}

static int end(struct vdc_xml_writer *writer, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);

	end_innermost(w);
	return check(w, err);
}

static int close_writer(struct vdc_xml_writer *writer, bool whole, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);
	size_t len = w->text.len;
	int r;

	while (w->open.len)
		end_innermost(w);
	if (!whole)
		w->text.len = len; /* what is cut off shall not look complete */
	write_out(w);
	errno = 0;
	if (fflush(w->out) && !w->failed)
		w->failed = errno ? -errno : -EIO;
	r = check(w, err);
	vdc_buf_free(&w->text);
	vdc_buf_free(&w->open);
	free(w);
	return r;
}

const struct vdc_xml_ops vdc_xml_module = {
	.read = vdc_xml_sax_read,
	.validate = vdc_xml_rng_validate,
	.open = open_writer,
	.begin = begin,
	.node = write_node,
	.end = end,
	.close = close_writer,
};
