/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What run() may ask of its call. */
#include "cli/call.h"

#include <string.h>

const struct vdc_verb *vdc_call_verb(const struct vdc_call *call)
{
	return call->verb;
}

int vdc_call_operands(const struct vdc_call *call, const char *const **ret)
{
	*ret = call->operands;
	return call->n_operands;
}

struct vdc_db *vdc_call_db(struct vdc_call *call)
{
	return call->db;
}

struct vdc_arena *vdc_call_arena(struct vdc_call *call)
{
	return call->arena;
}

static const struct vdc_given *find_given(const struct vdc_call *call, const char *option)
{
	for (size_t i = 0; i < call->n_given; i++) {
		if (!strcmp(call->given[i].option->name, option))
			return &call->given[i];
	}
	return NULL;
}

bool vdc_given(const struct vdc_call *call, const char *option)
{
	return find_given(call, option) != NULL;
}

const char *vdc_text_option(const struct vdc_call *call, const char *option)
{
	const struct vdc_given *given = find_given(call, option);

	return given ? given->text : NULL;
}

int64_t vdc_int_option(const struct vdc_call *call, const char *option, int64_t otherwise)
{
	const struct vdc_given *given = find_given(call, option);

	return given ? given->number : otherwise;
}

size_t vdc_repeated_option(const struct vdc_call *call, const char *option,
			   const char *const **ret)
{
	const char **texts = vdc_arena_alloc(call->arena, (call->n_given + 1) * sizeof(*texts));
	size_t n = 0;

	for (size_t i = 0; i < call->n_given; i++) {
		if (!strcmp(call->given[i].option->name, option))
			texts[n++] = call->given[i].text;
	}
	*ret = texts;
	return n;
}

enum vdc_output vdc_call_output(const struct vdc_call *call)
{
	if (vdc_given(call, "json"))
		return VDC_OUTPUT_JSON;
	return vdc_given(call, "xml") ? VDC_OUTPUT_XML : VDC_OUTPUT_TABLE;
}
