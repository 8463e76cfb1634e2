/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* argv -> verb, options, operands. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/similar.h"
#include "base/version.h"
#include "base/words.h"
#include "cli/call.h"
#include "cli/opt.h"

/* An option as it stands on the command line, before the verb is known. */
struct raw {
	const char *name;
	const char *value;
};

struct line {
	const struct vdc_option_row *rows;
	size_t n_rows;
	struct raw *options;
	size_t n_options;
	const char **operands;
	size_t n_operands;
};

/* Verbs may have different options of one name; the splitter wants every name once. */
static size_t unique_names(struct line *line, struct vdc_arena *arena,
			   struct vdc_opt_name **ret)
{
	struct vdc_opt_name *names = vdc_arena_alloc(arena, line->n_rows * sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < line->n_rows; i++) {
		const struct vdc_option *o = line->rows[i].option;

		if (vdc_option_find(line->rows, line->n_rows, o->name, NULL) != &line->rows[i])
			continue;
		names[n++] = (struct vdc_opt_name){
			.name = o->name,
			.letter = o->letter,
			.value = o->arg == VDC_ARG_NONE ? NULL : o->value ? o->value : "VALUE",
		};
	}
	*ret = names;
	return n;
}

/* "-vvv" is three. */
static size_t most_options(int argc, char **argv)
{
	size_t n = 1;

	for (int i = 1; i < argc; i++)
		n += strlen(argv[i]);
	return n;
}

static int split(struct vdc_call *call, int argc, char **argv, struct line *line,
		 struct vdc_err *err)
{
	struct vdc_opt_name *names;
	struct vdc_opt_parser *parser;
	const char *value;
	size_t n, index;
	int r;

	line->n_rows = vdc_option_rows(call->command, call->arena, &line->rows);
	n = unique_names(line, call->arena, &names);
	line->options = vdc_arena_alloc(call->arena, most_options(argc, argv) * sizeof(struct raw));
	parser = vdc_opt_open(call->arena, names, n, argc, argv);
	while ((r = vdc_opt_next(parser, &index, &value, err)) > 0)
		line->options[line->n_options++] = (struct raw){ names[index].name, value };
	if (!r)
		line->n_operands = vdc_opt_operands(parser, &line->operands);
	vdc_opt_close(parser);
	return r;
}

const struct vdc_verb *vdc_verb_find(const struct vdc_command *command, const char *name)
{
	for (const struct vdc_verb *v = command->verbs; v->name; v++) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

const char *vdc_verb_in(const struct vdc_verb *verb, const char *group)
{
	size_t len = strcspn(verb->name, " ");

	if (!verb->name[len] || strlen(group) != len || memcmp(verb->name, group, len) != 0)
		return NULL;
	return verb->name + len + 1;
}

const struct vdc_verb *vdc_verb_of(const struct vdc_command *command, const char *const *words,
				   size_t n, size_t *used)
{
	for (const struct vdc_verb *v = command->verbs; v->name && n; v++) {
		const char *second = vdc_verb_in(v, words[0]);

		*used = second ? 2 : 1;
		if (second ? n > 1 && !strcmp(words[1], second) :
			     *v->name && !strcmp(v->name, words[0]))
			return v;
	}
	return NULL;
}

/* "vm lits" is compared with "vm list", not with "vm". */
static const char *verb_words(const struct vdc_call *call, const struct line *line)
{
	for (const struct vdc_verb *v = call->command->verbs; v->name && line->n_operands > 1; v++) {
		if (vdc_verb_in(v, line->operands[0]))
			return vdc_arena_format(call->arena, "%s %s", line->operands[0],
						line->operands[1]);
	}
	return line->operands[0];
}

static int unknown_verb(const struct vdc_command *command, const char *word, struct vdc_err *err)
{
	struct vdc_similar similar = { .word = word };
	char hint[VDC_SIMILAR_HINT];
	vdc_autobuf seconds = { 0 };

	for (const struct vdc_verb *v = command->verbs; v->name; v++) {
		const char *second = vdc_verb_in(v, word);

		vdc_similar_try(&similar, v->name);
		if (second)
			vdc_buf_printf(&seconds, "%s%s", seconds.len ? ", " : "", second);
	}
	if (seconds.len)
		return vdc_err_set(err, -EINVAL, "%s needs a second word: %s", word,
				   vdc_buf_str(&seconds));
	vdc_similar_hint(&similar, hint);
	return vdc_err_set(err, -EINVAL, "unknown verb '%.60s'%s", word,
			   hint[0] ? hint : "; --help lists them");
}

/* The first operands, unless the command does something without a verb. */
static int find_verb(struct vdc_call *call, struct line *line, struct vdc_err *err)
{
	const struct vdc_verb *without = vdc_verb_find(call->command, "");

	size_t used;

	call->verb = vdc_verb_of(call->command, line->operands, line->n_operands, &used);
	if (call->verb) {
		line->operands += used;
		line->n_operands -= used;
		return 0;
	}
	call->verb = without;
	if (without && (!line->n_operands || without->max))
		return 0;
	if (line->n_operands)
		return unknown_verb(call->command, verb_words(call, line), err);
	return vdc_err_set(err, -EINVAL, "what to do is missing; --help lists the verbs");
}

static bool line_has(const struct line *line, const char *name)
{
	for (size_t i = 0; i < line->n_options; i++) {
		if (!strcmp(line->options[i].name, name))
			return true;
	}
	return false;
}

static int wrong_verb(const struct vdc_call *call, const struct line *line, const char *name,
		      struct vdc_err *err)
{
	const struct vdc_option_row *row = vdc_option_find(line->rows, line->n_rows, name, NULL);

	return vdc_err_set(err, -EINVAL, "--%s does not go with %s, only with: %s", name,
			   call->verb->name[0] ? call->verb->name : call->command->name,
			   *row->verbs ? row->verbs : call->command->name);
}

static int take_option(struct vdc_call *call, const struct line *line, const struct raw *raw,
		       struct vdc_err *err)
{
	const struct vdc_option_row *row =
		vdc_option_find(line->rows, line->n_rows, raw->name, call->verb);
	struct vdc_given given = { .text = raw->value };
	int r;

	if (!row)
		return wrong_verb(call, line, raw->name, err);
	given.option = row->option;
	if (raw->value && !row->option->repeat && vdc_given(call, raw->name))
		return vdc_err_set(err, -EINVAL, "--%s was given twice", raw->name);
	if (raw->value) {
		r = vdc_option_value(row->option, raw->value, &given.number, err);
		if (r)
			return r;
	}
	call->given[call->n_given++] = given;
	return 0;
}

static bool show_and_finish(struct vdc_call *call, const struct line *line)
{
	size_t used;

	if (line_has(line, "help"))
		vdc_usage(call->command,
			  vdc_verb_of(call->command, line->operands, line->n_operands, &used));
	else if (line_has(line, "version"))
		printf("%s (vdc-utils) %s\n", call->command->name, vdc_version());
	else
		return false;
	call->finished = true;
	return true;
}

int vdc_call_parse(struct vdc_call *call, int argc, char **argv, struct vdc_err *err)
{
	struct line line = { 0 };
	int r = split(call, argc, argv, &line, err);

	if (r || show_and_finish(call, &line))
		return r;
	r = find_verb(call, &line, err);
	if (r)
		return r;
	call->operands = line.operands;
	call->n_operands = (int)line.n_operands;
	call->given = vdc_arena_alloc(call->arena, (line.n_options + 1) * sizeof(*call->given));
	for (size_t i = 0; i < line.n_options && !r; i++)
		r = take_option(call, &line, &line.options[i], err);
	return r ? r : vdc_call_check(call, err);
}
