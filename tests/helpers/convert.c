/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* convert xml|json [KIND] <DOCUMENT: writes what was read; for tests. */
#include <stdio.h>
#include <string.h>

#include "doc/doc.h"

static int copy(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena, struct vdc_err *err)
{
	(void)place;
	(void)arena;
	return vdc_doc_write(ctx, kind, object, err);
}

static int convert(enum vdc_doc_format format, const struct vdc_kind *hint, struct vdc_err *err)
{
	const struct vdc_doc_options options = { .name = "standard input", .hint = hint };
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(stdout, format, &writer, err);
	int closed;

	if (r < 0)
		return r;
	r = vdc_doc_read(stdin, &options, copy, writer, err);
	closed = vdc_doc_writer_close(writer, r < 0 ? NULL : err);
	return r < 0 ? r : closed;
}

int main(int argc, char **argv)
{
	struct vdc_err err = { 0 };

	if (argc < 2)
		return 2;
	if (convert(strcmp(argv[1], "xml") ? VDC_DOC_JSON : VDC_DOC_XML,
		    argc > 2 ? vdc_kind_find(argv[2]) : NULL, &err) == 0)
		return 0;
	fprintf(stderr, "convert: %s\n", vdc_err_text(&err));
	return 1;
}
