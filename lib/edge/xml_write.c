/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libxml/xmlwriter.h>

#include "edge/xml_ops.h"

struct writer {
	struct vdc_xml_writer public;
	FILE *out;
	xmlTextWriter *xml;
	int failed;
};

#define STR(s) ((const xmlChar *)(s))

static struct writer *writer_of(struct vdc_xml_writer *public)
{
	return (struct writer *)public;
}

/* libxml2 would print a failure itself: it is told of none, and check() tells ours. */
static int write_out(void *ctx, const char *data, int len)
{
	struct writer *w = ctx;

	errno = 0;
	if (!w->failed && fwrite(data, 1, (size_t)len, w->out) != (size_t)len)
		w->failed = errno ? -errno : -EIO;
	return len;
}

static int check(struct writer *w, bool good, struct vdc_err *err)
{
	if (good && !w->failed)
		return 0;
	errno = w->failed ? -w->failed : EIO;
	return vdc_err_set(err, -errno, "cannot write: %m");
}

static int open_writer(FILE *out, struct vdc_xml_writer **ret, struct vdc_err *err)
{
	struct writer *w = vdc_alloc(sizeof(*w));
	xmlOutputBuffer *buffer = xmlOutputBufferCreateIO(write_out, NULL, w, NULL);

	w->public.ops = &vdc_xml_module;
	w->out = out;
	w->xml = buffer ? xmlNewTextWriter(buffer) : NULL;
	if (!w->xml || xmlTextWriterSetIndent(w->xml, 1) < 0 ||
	    xmlTextWriterSetIndentString(w->xml, STR("  ")) < 0 ||
	    xmlTextWriterStartDocument(w->xml, NULL, "UTF-8", NULL) < 0) {
		xmlFreeTextWriter(w->xml);
		free(w);
		return vdc_err_set(err, -ENOMEM, "libxml2 cannot begin to write");
	}
	*ret = &w->public;
	return 0;
}

static bool start_tag(struct writer *w, const struct vdc_node *head)
{
	bool good = xmlTextWriterStartElement(w->xml, STR(head->name)) >= 0;

	for (const struct vdc_node *n = head->first; n; n = n->next)
		if (n->attribute && good)
			good = xmlTextWriterWriteAttribute(w->xml, STR(n->name), STR(n->text)) >= 0;
	return good;
}

static int begin(struct vdc_xml_writer *writer, const struct vdc_node *head, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);

	return check(w, start_tag(w, head), err);
}

static bool element(struct writer *w, const struct vdc_node *node)
{
	bool good = start_tag(w, node);

	if (node->text && good)
		good = xmlTextWriterWriteString(w->xml, STR(node->text)) >= 0;
	for (const struct vdc_node *n = node->first; n; n = n->next)
		if (!n->attribute && good)
			good = element(w, n);
	return good && xmlTextWriterEndElement(w->xml) >= 0;
}

static int write_node(struct vdc_xml_writer *writer, const struct vdc_node *node,
		      struct vdc_err *err)
{
	struct writer *w = writer_of(writer);

	return check(w, element(w, node), err);
}

static int end(struct vdc_xml_writer *writer, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);

	return check(w, xmlTextWriterEndElement(w->xml) >= 0, err);
}

static int close_writer(struct vdc_xml_writer *writer, bool whole, struct vdc_err *err)
{
	struct writer *w = writer_of(writer);
	bool good = !whole || xmlTextWriterEndDocument(w->xml) >= 0;
	int r;

	xmlFreeTextWriter(w->xml);
	errno = 0;
	if (fflush(w->out) && !w->failed)
		w->failed = errno ? -errno : -EIO;
	r = check(w, good, err);
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
