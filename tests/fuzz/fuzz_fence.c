/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an agent prints as its metadata, and at its end. The first byte chooses. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "doc/fence_metadata.h"
#include "edge/fence_verdict.h"
#include "fuzz.h"

static void check_text(const char *text)
{
	if (text && text[vdc_utf8_xml_span(text, strlen(text))])
		abort();
}

/* Whatever is believed can be a cell of a table and a line for an agent. */
static void check_metadata(const struct vdc_fence_metadata *metadata)
{
	check_text(metadata->description);
	for (size_t i = 0; i < metadata->n; i++) {
		const struct vdc_fence_option *option = metadata->options[i];

		if (strpbrk(option->name, " =\r\n") || option->type < 1)
			abort();
		check_text(option->preset);
		check_text(option->choices);
		check_text(option->description);
	}
}

/* Off is never said with exit code 0 or 1, and the password never repeated. */
static void check_verdict(const char *text, struct vdc_arena *arena)
{
	static const struct vdc_secret secret = { .len = 7, .text = "hunter2" };
	struct vdc_fence_output output = {
		.action = "status", .out = "", .err = text, .secret = &secret
	};

	for (output.status = 0; output.status < 3; output.status++) {
		struct vdc_fence_end end = vdc_fence_verdict(&output, arena);

		if (end.said == VDC_FENCE_SAID_OFF && output.status != 2)
			abort();
		if (strstr(end.message, "hunter2") || strpbrk(end.message, "\r\n"))
			abort();
		check_text(end.message);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vdc_autofree char *text =
		size > 1 ? vdc_strndup((const char *)data + 1, size - 1) : vdc_strdup("");
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_metadata metadata;

	if (size && data[0] == 'v')
		check_verdict(text, arena);
	else if (size && vdc_fence_metadata_read((const char *)data + 1, size - 1, arena, &metadata,
						 NULL) == 0)
		check_metadata(&metadata);
	return 0;
}
