/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/upgrade_document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct document {
	struct vdc_arena *arena;
	struct vdc_upgrade *upgrade;
	struct vdc_buf hosts, moves; /* pointers */
};

/* The reader lets an object lack what the database would ask for; a reference is by id here. */
static int check_fields(const struct vdc_kind *kind, const void *object, struct vdc_place place,
			struct vdc_err *err)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];
		bool set = vdc_value_is_set(f, object);

		if (set && f->type == VDC_REF)
			set = vdc_ref_of(f, object)->id;
		else if (!(f->flags & VDC_REQUIRED))
			continue;
		if (!set && (f->flags & VDC_REQUIRED || vdc_value_is_set(f, object)))
			return vdc_err_at(err, -EINVAL, place.line, place.column, "%s has no %s%s",
					  kind->name, f->name,
					  f->type == VDC_REF ? " with an id" : "");
	}
	return 0;
}

static int take(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena vdc_unused, struct vdc_err *err)
{
	struct document *document = ctx;
	void *copy;
	int r;

	if (kind != &vdc_upgrade_kind && kind != &vdc_upgrade_host_kind &&
	    kind != &vdc_upgrade_move_kind)
		return vdc_err_at(err, -EINVAL, place.line, place.column,
				  "<%s> is no part of a plan", kind->name);
	r = check_fields(kind, object, place, err);
	if (r)
		return r;
	copy = vdc_object_copy(kind, object, document->arena);
	if (kind == &vdc_upgrade_host_kind) {
		vdc_buf_add(&document->hosts, &copy, sizeof(copy));
	} else if (kind == &vdc_upgrade_move_kind) {
		vdc_buf_add(&document->moves, &copy, sizeof(copy));
	} else {
		if (document->upgrade)
			return vdc_err_at(err, -EINVAL, place.line, place.column,
					  "the document has two plans");
		document->upgrade = copy;
	}
	return 0;
}

static void *pointers(struct vdc_arena *arena, const struct vdc_buf *buf)
{
	void *copy = vdc_arena_alloc(arena, buf->len + sizeof(void *));

	if (buf->len)
		memcpy(copy, buf->data, buf->len);
	return copy;
}

int vdc_upgrade_document_read(FILE *in, const char *name, struct vdc_arena *arena,
			      struct vdc_upgrade_rows *ret, struct vdc_err *err)
{
	static const struct vdc_kind *const kinds[] = { &vdc_upgrade_kind, &vdc_upgrade_host_kind,
							&vdc_upgrade_move_kind, NULL };
	const struct vdc_doc_options options = { .name = name, .kinds = kinds };
	struct document document = { .arena = arena };
	int r = vdc_doc_read(in, &options, take, &document, err);

	if (!r && !document.upgrade)
		r = vdc_err_set(err, -EINVAL, "%s: the document has no <upgrade>: it is no plan",
				name);
	if (!r)
		*ret = (struct vdc_upgrade_rows){
			.upgrade = document.upgrade,
			.hosts = pointers(arena, &document.hosts),
			.n_hosts = document.hosts.len / sizeof(void *),
			.moves = pointers(arena, &document.moves),
			.n_moves = document.moves.len / sizeof(void *),
		};
	vdc_buf_free(&document.hosts);
	vdc_buf_free(&document.moves);
	return r;
}

static int write_row(void *ctx, const struct vdc_kind *kind, const void *object,
		     struct vdc_err *err)
{
	return vdc_doc_write(ctx, kind, object, err);
}

int vdc_upgrade_document_write(const struct vdc_upgrade_snapshot *snapshot,
			       const struct vdc_upgrade_plan *plan,
			       const struct vdc_upgrade_page *page, FILE *out,
			       enum vdc_doc_format format, struct vdc_err *err)
{
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(out, format, &writer, err), closed;

	if (r)
		return r;
	r = vdc_upgrade_each_row(snapshot, plan, page, write_row, writer, err);
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	return r ? r : closed;
}

static int write_rows(const struct vdc_upgrade_rows *rows, FILE *out, struct vdc_err *err)
{
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(out, VDC_DOC_XML, &writer, err), closed;

	if (r)
		return r;
	r = vdc_doc_write(writer, &vdc_upgrade_kind, rows->upgrade, err);
	for (size_t i = 0; i < rows->n_hosts && !r; i++)
		r = vdc_doc_write(writer, &vdc_upgrade_host_kind, rows->hosts[i], err);
	for (size_t i = 0; i < rows->n_moves && !r; i++)
		r = vdc_doc_write(writer, &vdc_upgrade_move_kind, rows->moves[i], err);
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	return r ? r : closed;
}

int vdc_upgrade_document_text(const struct vdc_upgrade_rows *rows, struct vdc_arena *arena,
			      char **ret, struct vdc_err *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return vdc_err_set(err, -ENOMEM, "no memory for the text of a plan");
	r = write_rows(rows, out, err);
	fclose(out);
	if (!r)
		*ret = vdc_arena_strndup(arena, text, len);
	free(text);
	return r;
}
