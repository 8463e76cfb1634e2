/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --help, from the tables. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "cli/call.h"
#include "cli/wrap.h"

static void print_option(const struct vdc_option *option)
{
	vdc_autobuf left = { 0 };
	vdc_autobuf help = { 0 };

	if (option->letter)
		vdc_buf_printf(&left, "-%c, ", option->letter);
	else
		vdc_buf_puts(&left, "    ");
	vdc_buf_printf(&left, "--%s", option->name);
	if (option->arg != VDC_ARG_NONE)
		vdc_buf_printf(&left, "=%s", option->value ? option->value : "VALUE");
	vdc_buf_puts(&help, option->help);
	if (option->choices)
		vdc_buf_printf(&help, "; one of: %s", option->choices);
	if (option->repeat && option->arg != VDC_ARG_NONE)
		vdc_buf_puts(&help, "; may be given several times");
	vdc_print_entry(vdc_buf_str(&left), vdc_buf_str(&help));
}

/* Those of VERB, or those that every verb takes; common ones or the command's own. */
static void print_options(const struct vdc_option_row *rows, size_t n, const struct vdc_verb *verb,
			  bool common, const char *heading)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].common != common)
			continue;
		if (verb ? !vdc_option_goes_with(&rows[i], verb) : rows[i].verbs != NULL)
			continue;
		if (heading)
			printf("\n%s\n", heading);
		heading = NULL;
		print_option(rows[i].option);
	}
}

static void print_verbs(const struct vdc_command *command)
{
	puts("\nVerbs:");
	for (const struct vdc_verb *v = command->verbs; v->name; v++) {
		vdc_autobuf left = { 0 };

		vdc_buf_printf(&left, "%s%s%s", v->name, v->name[0] && v->operands ? " " : "",
			       v->operands ? v->operands : "");
		vdc_print_entry(v->name[0] || v->operands ? vdc_buf_str(&left) : "(none)", v->help);
	}
	printf("\n%s VERB --help shows the options of a verb.\n", command->name);
}

static void print_synopsis(const struct vdc_command *command, const struct vdc_verb *verb)
{
	int at = printf("Usage: %s ", command->name);

	if (!verb) {
		puts("[OPTION...] VERB [OPERAND...]");
		return;
	}
	if (verb->name[0])
		at += printf("%s ", verb->name);
	at += printf("[OPTION...] ");
	vdc_print_wrapped(verb->operands ? verb->operands : "", at, at);
}

void vdc_usage(const struct vdc_command *command, const struct vdc_verb *verb)
{
	const struct vdc_option_row *rows;
	vdc_autoarena *arena = vdc_arena_new();
	size_t n = vdc_option_rows(command, arena, &rows);

	if (!verb && command->verbs[0].name && !command->verbs[1].name)
		verb = &command->verbs[0];
	print_synopsis(command, verb);
	vdc_print_wrapped(verb ? verb->help : command->help, 0, 0);
	if (!verb)
		print_verbs(command);
	print_options(rows, n, verb, false, "Options:");
	print_options(rows, n, verb, true, "Options of every command:");
	printf("\nThe manual is in %s(8).\n", command->name);
}
