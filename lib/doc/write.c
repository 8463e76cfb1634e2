/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "base/buf.h"
#include "doc/bind.h"
#include "doc/doc.h"
#include "edge/json.h"
#include "edge/xml.h"

struct vdc_doc_writer {
	FILE *out;
	struct vdc_xml_writer *xml; /* NULL: JSON */
	struct vdc_buf json;
	struct vdc_binder *binder;
	struct vdc_arena *arena;
	const struct vdc_kind *kind; /* whose collection is open */
	bool failed;
};

static int flush_json(struct vdc_doc_writer *w, struct vdc_err *err)
{
	errno = 0;
	if (fwrite(vdc_buf_str(&w->json), 1, w->json.len, w->out) != w->json.len)
		return vdc_err_set(err, errno ? -errno : -EIO, "cannot write: %m");
	vdc_buf_clear(&w->json);
	return 0;
}

static int begin_xml(struct vdc_doc_writer *w, struct vdc_err *err)
{
	struct vdc_node version = { .name = "version", .text = "1", .attribute = true };
	const struct vdc_node head = { .name = "vdc", .first = &version };
	int r = vdc_xml_writer_new(w->out, &w->xml, err);

	return r < 0 ? r : vdc_xml_begin(w->xml, &head, err);
}

static void free_writer(struct vdc_doc_writer *w)
{
	vdc_buf_free(&w->json);
	vdc_binder_free(w->binder);
	vdc_arena_free(w->arena);
	free(w);
}

int vdc_doc_writer_new(FILE *out, enum vdc_doc_format format, struct vdc_doc_writer **ret,
		       struct vdc_err *err)
{
	struct vdc_doc_writer *w = vdc_alloc(sizeof(*w));
	int r = 0;

	w->out = out;
	w->arena = vdc_arena_new();
	w->binder =
		vdc_binder_new(format == VDC_DOC_XML ? VDC_BIND_WRITE_XML : VDC_BIND_WRITE_JSON);
	if (format == VDC_DOC_XML)
		r = begin_xml(w, err);
	else
		vdc_buf_puts(&w->json, "{\"vdc\":{\"version\":1}");
	if (r < 0) {
		if (w->xml)
			vdc_xml_writer_close(w->xml, false, NULL);
		free_writer(w);
		return r;
	}
	*ret = w;
	return 0;
}

static int change_kind(struct vdc_doc_writer *w, const struct vdc_kind *kind, struct vdc_err *err)
{
	const struct vdc_node head = { .name = kind ? kind->plural : "" };
	int r = 0;

	if (!w->xml) {
		if (w->kind)
			vdc_buf_puts(&w->json, "\n]");
		if (kind)
			vdc_buf_printf(&w->json, ",\n\"%s\":[\n", kind->plural);
	} else {
		if (w->kind)
			r = vdc_xml_end(w->xml, err);
		if (kind && r == 0)
			r = vdc_xml_begin(w->xml, &head, err);
	}
	w->kind = kind;
	return r;
}

static int write_json(struct vdc_doc_writer *w, const struct vdc_node *node, struct vdc_err *err)
{
	vdc_json_write(&w->json, node);
	return flush_json(w, err);
}

int vdc_doc_write(struct vdc_doc_writer *w, const struct vdc_kind *kind, const void *object,
		  struct vdc_err *err)
{
	struct vdc_node *node;
	int r;

	vdc_arena_reset(w->arena);
	r = vdc_unbind(w->binder, kind, object, w->arena, &node, err);
	if (r == 0 && w->kind != kind)
		r = change_kind(w, kind, err);
	else if (r == 0 && !w->xml)
		vdc_buf_puts(&w->json, ",\n");
	if (r == 0)
		r = w->xml ? vdc_xml_node(w->xml, node, err) : write_json(w, node, err);
	w->failed |= r < 0;
	return r;
}

static int end_json(struct vdc_doc_writer *w, struct vdc_err *err)
{
	int r;

	if (!w->failed)
		vdc_buf_puts(&w->json, "}\n");
	r = flush_json(w, err);
	errno = 0;
	if (r == 0 && fflush(w->out))
		r = vdc_err_set(err, errno ? -errno : -EIO, "cannot write: %m");
	return r;
}

int vdc_doc_writer_close(struct vdc_doc_writer *w, struct vdc_err *err)
{
	int r = 0;

	if (!w->failed)
		r = change_kind(w, NULL, err);
	if (w->xml)
		r = vdc_xml_writer_close(w->xml, !w->failed && r == 0, err);
	else
		r = end_json(w, err);
	free_writer(w);
	return r;
}
