/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

struct text {
	char *data;
	size_t len;
};

static int copy(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_place place,
		struct vdc_arena *arena, struct vdc_err *err)
{
	(void)arena;
	if (!place.line || !place.column)
		abort();
	return vdc_doc_write(ctx, kind, object, err);
}

/* An error must say why; all but those of the system name a place in the document. */
static void check_error(const struct vdc_err *err)
{
	if (!err->msg[0] || !err->line || !err->column || strncmp(err->msg, "fuzz:", 5))
		abort();
}

static int convert(const struct text *in, enum vdc_doc_format format, struct text *out)
{
	const struct vdc_doc_options options = { .name = "fuzz", .hint = vdc_kind_find("host") };
	FILE *source = fmemopen(in->data, in->len, "r");
	FILE *target = open_memstream(&out->data, &out->len);
	struct vdc_doc_writer *writer;
	struct vdc_err err = { 0 };
	int r;

	if (!source || !target || vdc_doc_writer_new(target, format, &writer, NULL) < 0)
		abort();
	r = vdc_doc_read(source, &options, copy, writer, &err);
	if (r < 0)
		check_error(&err);
	if (vdc_doc_writer_close(writer, NULL) < 0)
		abort();
	fclose(source);
	fclose(target);
	return r;
}

void fuzz_document(const uint8_t *data, size_t size, enum vdc_doc_format format)
{
	const struct text input = { (char *)(uintptr_t)data, size };
	struct text written = { 0 }, again = { 0 };

	if (!size)
		return;
	if (convert(&input, format, &written) == 0 &&
	    (convert(&written, format, &again) < 0 || written.len != again.len ||
	     memcmp(written.data, again.data, again.len)))
		abort();
	free(written.data);
	free(again.data);
}
