/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading through libxml2's SAX interface: it tells each tag as it comes and builds nothing, so
 * that only the nodes of one object exist at a time.
 */
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "edge/xml_ops.h"

struct reader {
	struct vdc_source *source;
	const struct vdc_node_taker *taker;
	struct vdc_err *err;
	xmlParserCtxt *parser;
	int failed;			      /* the first error; nothing counts after it */
	unsigned depth;			      /* elements that are open */
	unsigned top;			      /* the depth of the object or of what is read over */
	enum vdc_take take;		      /* INSIDE: no object is open */
	struct vdc_node *open[VDC_DEPTH_MAX]; /* from the object down */
	struct vdc_buf text;		      /* of the innermost element so far */
	bool leaf;			      /* ... which has no elements below it yet */
	size_t used;			      /* of the arena before: it is not the document's */
};

/* The parser runs dry, as read_more() gives no more. xmlStopParser() would free its input under
 * callers that still look at it: libxml2 2.9 crashes. */
static void stop(struct reader *r, int failed)
{
	r->failed = failed;
	if (r->parser)
		r->parser->disableSAX = 1;
}

int vdc_xml_error(struct vdc_err *err, const struct _xmlError *error)
{
	const char *text = error->message ? error->message : "not XML";

	return vdc_err_at(err, -EBADMSG, error->line > 0 ? (unsigned)error->line : 1,
			  error->int2 > 0 ? (unsigned)error->int2 : 1, "not XML: %.*s",
			  (int)strcspn(text, "\n"), text);
}

#if LIBXML_VERSION < 21200
static void on_error(void *ctx, xmlError *error)
#else
static void on_error(void *ctx, const xmlError *error)
#endif
{
	struct reader *r = ctx;

	if (error->level < XML_ERR_ERROR || r->failed)
		return;
	stop(r, vdc_xml_error(r->err, error));
}

/* libxml2 counts columns in characters. */
static unsigned characters(const xmlChar *from, const xmlChar *to)
{
	unsigned n = 0;

	for (; from < to; from++)
		n += (*from & 0xc0) != 0x80;
	return n;
}

/* The parser stands behind the attributes of a tag: its '<' is the last one before. */
static void set_place(const struct reader *r, struct vdc_node *node)
{
	const xmlParserInput *input = r->parser->input;
	const xmlChar *tag = input->cur, *line;
	unsigned passed;

	node->line = (unsigned)input->line;
	while (tag > input->base && *tag != '<')
		node->line -= *--tag == '\n';
	if (node->line == (unsigned)input->line) {
		passed = characters(tag, input->cur);
		node->column = (unsigned)input->col > passed ? (unsigned)input->col - passed : 1;
		return;
	}
	for (line = tag; line > input->base && line[-1] != '\n';)
		line--;
	node->column = characters(line, tag) + 1;
}

static int refuse(struct reader *r, const struct vdc_node *at, const char *why)
{
	return vdc_err_at(r->err, -EBADMSG, at->line, at->column, "%s", why);
}

static void add_attributes(struct reader *r, struct vdc_node *node, int n, const xmlChar **attrs)
{
	for (int i = 0; i < n; i++, attrs += 5) {
		struct vdc_node *attr;

		attr = vdc_node_add(r->taker->arena, node, (const char *)attrs[0]);
		attr->text = vdc_arena_strndup(r->taker->arena, (const char *)attrs[3],
					       (size_t)(attrs[4] - attrs[3]));
		attr->attribute = true;
		attr->line = node->line;
		attr->column = node->column;
	}
}

/* An element outside of every object: the taker decides. */
static int ask(struct reader *r, const struct vdc_node *node)
{
	const struct vdc_node_head head = { .node = node, .depth = r->depth };
	int take = r->taker->begin(r->taker->ctx, &head, r->err);

	if (take < 0)
		return take;
	r->take = (enum vdc_take)take;
	r->top = r->depth;
	return 0;
}

static int open_node(struct reader *r, const struct vdc_node *at, int n, const xmlChar **attrs)
{
	struct vdc_node *parent = r->take == VDC_TAKE_WHOLE ? r->open[r->depth - 1] : NULL;
	struct vdc_node *node = vdc_node_add(r->taker->arena, parent, at->name);

	node->line = at->line;
	node->column = at->column;
	add_attributes(r, node, n, attrs);
	r->open[r->depth] = node;
	r->leaf = true;
	vdc_buf_clear(&r->text);
	if (vdc_arena_used(r->taker->arena) > r->used + VDC_NODES_MAX)
		return refuse(r, at, "the object around this has too many elements");
	return parent ? 0 : ask(r, node);
}

static void on_start(void *ctx, const xmlChar *name, vdc_unused const xmlChar *prefix,
		     vdc_unused const xmlChar *uri, vdc_unused int n_namespaces,
		     vdc_unused const xmlChar **namespaces, int n_attributes,
		     vdc_unused int n_defaulted, const xmlChar **attributes)
{
	struct reader *r = ctx;
	struct vdc_node at = { .name = (const char *)name };
	int failed = 0;

	if (r->failed)
		return;
	set_place(r, &at);
	if (r->depth == VDC_DEPTH_MAX)
		failed = refuse(r, &at, "nested too deep (more than 256 levels)");
	else if (r->take != VDC_TAKE_NOT)
		failed = open_node(r, &at, n_attributes, attributes);
	if (failed)
		stop(r, failed);
	r->depth++;
}

static int hand_out(struct reader *r, struct vdc_node *node)
{
	const struct vdc_node *about = node;
	int failed = r->taker->node(r->taker->ctx, node, &about, r->err);

	if (failed < 0 && r->err && !r->err->line) {
		r->err->line = about->line;
		r->err->column = about->column;
	}
	return failed;
}

static void on_end(void *ctx, vdc_unused const xmlChar *name, vdc_unused const xmlChar *prefix,
		   vdc_unused const xmlChar *uri)
{
	struct reader *r = ctx;
	bool whole = r->take == VDC_TAKE_WHOLE;
	int failed = 0;

	if (r->failed)
		return;
	r->depth--;
	if (whole && r->leaf && r->text.len)
		r->open[r->depth]->text =
			vdc_arena_strndup(r->taker->arena, r->text.data, r->text.len);
	r->leaf = false;
	if (r->take == VDC_TAKE_INSIDE || r->depth != r->top)
		return;
	r->take = VDC_TAKE_INSIDE;
	if (whole)
		failed = hand_out(r, r->open[r->depth]);
	if (failed < 0)
		stop(r, failed);
}

/* Text counts in elements that have nothing else. */
static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct reader *r = ctx;

	if (r->failed || r->take != VDC_TAKE_WHOLE || !r->leaf)
		return;
	vdc_buf_add(&r->text, text, (size_t)len);
	if (r->text.len > VDC_VALUE_MAX)
		stop(r, refuse(r, r->open[r->depth - 1],
			       "the text of the element that begins here is too long (10 MB)"));
}

static void on_document_type(void *ctx, vdc_unused const xmlChar *name,
			     vdc_unused const xmlChar *external, vdc_unused const xmlChar *system)
{
	struct reader *r = ctx;
	struct vdc_node at = { .line = r->source->line, .column = r->source->column };

	if (r->failed)
		return;
	set_place(r, &at);
	stop(r, refuse(r, &at, "a document type (DOCTYPE) is not accepted"));
}

static int read_more(void *ctx, char *out, int size)
{
	struct reader *r = ctx;
	ssize_t n;

	if (r->failed)
		return 0;
	n = vdc_source_read(r->source, out, (size_t)size, r->err);
	if (n < 0)
		r->failed = (int)n;
	return n < 0 ? -1 : (int)n;
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_document_type,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.serror = on_error,
};

/* What goes wrong in an encoding is told to nobody's parser, and would be printed. */
static int parse(struct reader *r)
{
	void *old_ctx = xmlStructuredErrorContext;
	xmlStructuredErrorFunc old = xmlStructuredError;
	int n;

	xmlSetStructuredErrorFunc(r, on_error);
	n = xmlParseDocument(r->parser);
	xmlSetStructuredErrorFunc(old_ctx, old);
	return n;
}

int vdc_xml_sax_read(struct vdc_source *source, const struct vdc_node_taker *taker,
		     struct vdc_err *err)
{
	struct reader r = {
		.source = source,
		.taker = taker,
		.err = err,
		.take = VDC_TAKE_INSIDE,
		.used = vdc_arena_used(taker->arena),
	};
	xmlSAXHandler sax = handler;

	r.parser = xmlCreateIOParserCtxt(&sax, &r, read_more, NULL, &r, XML_CHAR_ENCODING_NONE);
	if (!r.parser)
		return r.failed ? r.failed : vdc_err_set(err, -ENOMEM, "libxml2 cannot begin");
	/* Only with NOENT comes &amp; as itself in attributes; there are no other entities. */
	xmlCtxtUseOptions(r.parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
	r.parser->input->line = (int)source->line;
	r.parser->input->col = (int)source->column;
	if (parse(&r) < 0 && !r.failed)
		r.failed = vdc_err_at(err, -EBADMSG, source->line, source->column, "not XML");
	xmlFreeParserCtxt(r.parser);
	vdc_buf_free(&r.text);
	return r.failed;
}
