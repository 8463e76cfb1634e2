/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-discrepancies dump; and what all verbs do with their sources */
#include <errno.h>
#include <stdio.h>

#include "base/time.h"
#include "doc/image_dump_write.h"
#include "image_discrepancies.h"

#define PATIENCE (30 * VDC_SECOND)

int discrepancies_sources(struct vdc_call *call, struct vdc_image_source **ret, size_t *n,
			  struct vdc_err *err)
{
	const char *const *words;
	size_t count = (size_t)vdc_call_operands(call, &words);
	int r = vdc_image_sources(words, count, vdc_int_option(call, "timeout", PATIENCE),
				  vdc_call_arena(call), ret, err);

	if (r)
		return r;
	for (size_t i = 0; i < count; i++)
		(*ret)[i].deep = vdc_given(call, "deep");
	*n = count;
	return 0;
}

int discrepancies_dump(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_image_source *source;
	struct vdc_image_writer *writer;
	size_t n;
	int r = discrepancies_sources(call, &source, &n, err);

	if (r)
		return r;
	writer = vdc_image_writer_new(stdout);
	r = vdc_image_source_read(source, vdc_image_writer_sink(writer), err);
	vdc_image_writer_free(writer);
	return r ? vdc_err_prefix(err, "%s: ", source->label) : 0;
}
