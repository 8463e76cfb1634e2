/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/dump.h"

#include <stdio.h>

#include "base/words.h"
#include "cli/call.h"
#include "cli/exit_code.h"
#include "edge/json.h"

struct dump {
	struct vdc_arena *arena;
	struct vdc_node *node;
};

static void add(const struct dump *to, const char *name, const char *text)
{
	if (text)
		vdc_node_add(to->arena, to->node, name)->text = text;
}

static void add_number(const struct dump *to, const char *name, long number)
{
	struct vdc_node *node = vdc_node_add(to->arena, to->node, name);

	node->text = vdc_arena_format(to->arena, "%ld", number);
	node->type = VDC_NODE_NUMBER;
}

static void add_words(const struct dump *to, const char *name, const char *words)
{
	const char *word;
	size_t len;

	while (words && (word = vdc_word_next(&words, &len))) {
		struct vdc_node *node = vdc_node_add(to->arena, to->node, name);

		node->text = vdc_arena_strndup(to->arena, word, len);
		node->repeated = true;
	}
}

static struct dump add_element(const struct dump *to, const char *name)
{
	struct dump element = { to->arena, vdc_node_add(to->arena, to->node, name) };

	element.node->repeated = true;
	return element;
}

static void add_verb(const struct dump *to, const struct vdc_verb *verb)
{
	struct dump v = add_element(to, "verbs");

	add(&v, "name", verb->name);
	add(&v, "operands", verb->operands);
	add_number(&v, "min", verb->min);
	add_number(&v, "max", verb->max);
	add_words(&v, "complete", verb->complete);
	add(&v, "help", verb->help);
}

static void add_option(const struct dump *to, const struct vdc_option_row *row)
{
	struct dump o = add_element(to, row->common ? "common_options" : "options");
	const struct vdc_option *option = row->option;
	const char letter[] = { option->letter, '\0' };

	add(&o, "name", option->name);
	if (option->letter)
		add(&o, "letter", vdc_arena_strdup(to->arena, letter));
	if (option->arg != VDC_ARG_NONE)
		add(&o, "value", option->value ? option->value : "VALUE");
	add(&o, "help", option->help);
	add_words(&o, "verbs", row->verbs);
	add_words(&o, "choices", option->choices);
	add_words(&o, "excludes", option->excludes);
	add(&o, "needs", option->needs);
	add(&o, "complete", option->complete);
}

static void add_exit_codes(const struct dump *to)
{
	static const struct {
		int code;
		const char *text;
	} codes[] = {
#define X(name, code, text) { code, text },
		VDC_EXIT_CODES(X)
#undef X
	};

	for (size_t i = 0; i < VDC_COUNT(codes); i++) {
		struct dump element = add_element(to, "exit_codes");

		add_number(&element, "code", codes[i].code);
		add(&element, "text", codes[i].text);
	}
}

void vdc_dump(const struct vdc_command *command)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct dump root = { arena, vdc_node_add(arena, NULL, "") };
	const struct vdc_option_row *rows;
	size_t n = vdc_option_rows(command, arena, &rows);
	vdc_autobuf text = { 0 };

	add(&root, "name", command->name);
	add(&root, "help", command->help);
	for (const struct vdc_verb *v = command->verbs; v->name; v++)
		add_verb(&root, v);
	for (size_t i = 0; i < n; i++)
		add_option(&root, &rows[i]);
	add_exit_codes(&root);
	vdc_json_write(&text, root.node);
	puts(vdc_buf_str(&text));
}
