/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* write_samples xml|json: a document with an object of every kind that has a value in every field. */
#include <stdio.h>
#include <string.h>

#include "doc/doc.h"
#include "sample.h"

static int write_samples(enum vdc_doc_format format, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(stdout, format, &writer, err);
	int closed;

	if (r < 0)
		return r;
	for (size_t i = 0; i < vdc_n_kinds && r == 0; i++)
		r = vdc_doc_write(writer, vdc_kinds[i], sample_object(vdc_kinds[i], arena), err);
	closed = vdc_doc_writer_close(writer, r < 0 ? NULL : err);
	return r < 0 ? r : closed;
}

int main(int argc, char **argv)
{
	struct vdc_err err = { 0 };

	if (argc != 2)
		return 2;
	if (write_samples(strcmp(argv[1], "xml") ? VDC_DOC_JSON : VDC_DOC_XML, &err) == 0)
		return 0;
	fprintf(stderr, "write_samples: %s\n", vdc_err_text(&err));
	return 1;
}
