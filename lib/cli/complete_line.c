/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/complete_line.h"

#include <string.h>

static const struct vdc_option *option_of(const struct vdc_unfinished *line, const char *name,
					  size_t len)
{
	char *copy = vdc_arena_strndup(line->arena, name, len);
	const struct vdc_option_row *row =
		vdc_option_find(line->rows, line->n_rows, copy, line->verb);

	if (!row) /* perhaps of a verb that comes later */
		row = vdc_option_find(line->rows, line->n_rows, copy, NULL);
	return row ? row->option : NULL;
}

static const struct vdc_option *option_of_letter(const struct vdc_unfinished *line, char letter)
{
	for (size_t i = 0; i < line->n_rows; i++) {
		if (line->rows[i].option->letter == letter &&
		    vdc_option_goes_with(&line->rows[i], line->verb))
			return line->rows[i].option;
	}
	return NULL;
}

static void take_value(struct vdc_unfinished *line, const struct vdc_option *option,
		       const char *value)
{
	if (!strcmp(option->name, "db"))
		line->db = value;
	else if (!strcmp(option->name, "config"))
		line->config = value;
}

/* "--name", "--name=value" */
static void take_long(struct vdc_unfinished *line, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	const struct vdc_option *option = option_of(line, word + 2, len);

	if (!option || option->arg == VDC_ARG_NONE)
		return;
	if (word[2 + len])
		take_value(line, option, word + 2 + len + 1);
	else
		line->value_of = option;
}

/* "-q", "-qo", "-ovalue" */
static void take_letters(struct vdc_unfinished *line, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct vdc_option *option = option_of_letter(line, *letter);

		if (!option || option->arg == VDC_ARG_NONE)
			continue;
		if (!letter[1])
			line->value_of = option;
		return;
	}
}

static bool is_group(const struct vdc_command *command, const char *word)
{
	const struct vdc_verb *v = command->verbs;

	while (v->name && !vdc_verb_in(v, word))
		v++;
	return v->name;
}

static void take_operand(struct vdc_unfinished *line, const char *word)
{
	if (!line->verb) {
		const char *words[] = { line->group ? line->group : word, word };
		size_t used;

		line->verb = vdc_verb_of(line->command, words, line->group ? 2 : 1, &used);
		if (line->verb)
			return;
		if (!line->group && is_group(line->command, word)) {
			line->group = word;
			return;
		}
		line->verb = vdc_verb_find(line->command, "");
	}
	line->operands[line->n_operands++] = word;
}

static void take_word(struct vdc_unfinished *line, const char *word)
{
	const struct vdc_option *option = vdc_steal(line->value_of);

	if (option)
		take_value(line, option, word);
	else if (line->options_ended || word[0] != '-' || !word[1])
		take_operand(line, word);
	else if (!strcmp(word, "--"))
		line->options_ended = true;
	else if (word[1] == '-')
		take_long(line, word);
	else
		take_letters(line, word);
}

/* "--name=val" is the value "val" behind "--name=". */
static void take_unfinished(struct vdc_unfinished *line, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct vdc_option *option;

	line->word = word;
	line->before = "";
	if (line->value_of || line->options_ended || strncmp(word, "--", 2) != 0 || !word[len])
		return;
	option = option_of(line, word + 2, len - 2);
	if (!option || option->arg == VDC_ARG_NONE)
		return;
	line->value_of = option;
	line->word = word + len + 1;
	line->before = vdc_arena_strndup(line->arena, word, len + 1);
}

void vdc_unfinished_read(struct vdc_unfinished *line, size_t n, char **words)
{
	line->n_rows = vdc_option_rows(line->command, line->arena, &line->rows);
	line->operands = vdc_arena_alloc(line->arena, (n + 1) * sizeof(*line->operands));
	for (size_t i = 0; i + 1 < n; i++)
		take_word(line, words[i]);
	take_unfinished(line, n ? words[n - 1] : "");
}
