/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a call as text that outlives the process, and a call that is made of such text. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "cli/call.h"

static bool is_common(const struct vdc_option *option)
{
	for (const struct vdc_option *o = vdc_common_options; o->name; o++)
		if (o == option)
			return true;
	return false;
}

static bool is_among(const char *name, const char *words)
{
	const char *word;
	size_t len;

	while ((word = vdc_word_next(&words, &len)))
		if (strlen(name) == len && strncmp(name, word, len) == 0)
			return true;
	return false;
}

int vdc_call_options(const struct vdc_call *call, const char *but, const char **ret,
		     struct vdc_err *err)
{
	vdc_autobuf lines = { 0 };

	for (size_t i = 0; i < call->n_given; i++) {
		const struct vdc_given *given = &call->given[i];

		if (is_common(given->option) || is_among(given->option->name, but))
			continue;
		if (given->text && strchr(given->text, '\n'))
			return vdc_err_set(err, -EINVAL, "--%s has more than one line",
					   given->option->name);
		vdc_buf_printf(&lines, "--%s%s%s\n", given->option->name, given->text ? "=" : "",
			       given->text ? given->text : "");
	}
	*ret = vdc_arena_strdup(call->arena, vdc_buf_str(&lines));
	return 0;
}

static void add_common(struct vdc_call *again, const struct vdc_call *call)
{
	struct vdc_given *given = vdc_arena_alloc(
		again->arena, (again->n_given + call->n_given + 1) * sizeof(*given));
	size_t n = again->n_given;

	if (n)
		memcpy(given, again->given, n * sizeof(*given));
	for (size_t i = 0; i < call->n_given; i++)
		if (is_common(call->given[i].option))
			given[n++] = call->given[i];
	again->given = given;
	again->n_given = n;
}

int vdc_call_again(const struct vdc_call *call, const char *verb, const char *operand,
		   const char *options, struct vdc_arena *arena, struct vdc_call **ret,
		   struct vdc_err *err)
{
	struct vdc_call *again = vdc_arena_alloc(arena, sizeof(*again));
	char **argv = vdc_arena_alloc(arena, (strlen(options) + 4) * sizeof(*argv));
	int argc = 0, r;

	again->command = call->command;
	again->arena = arena;
	again->db = call->db;
	argv[argc++] = vdc_arena_strdup(arena, call->command->name);
	argv[argc++] = vdc_arena_strdup(arena, verb);
	argv[argc++] = vdc_arena_strdup(arena, operand);
	for (const char *line = options; *line;) {
		size_t len = strcspn(line, "\n");

		if (len)
			argv[argc++] = vdc_arena_strndup(arena, line, len);
		line += len + (line[len] == '\n');
	}
	r = vdc_call_parse(again, argc, argv, err);
	if (r)
		return r;
	add_common(again, call);
	*ret = again;
	return 0;
}
