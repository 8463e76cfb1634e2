/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/words.h"
#include "cli/call.h"

const struct vdc_option vdc_common_options[] = {
	{ .name = "db", .arg = VDC_ARG_TEXT, .value = "WHERE", .complete = "file",
	  .help = "the database: a file, postgresql://... or service=..." },
	{ .name = "config", .arg = VDC_ARG_TEXT, .value = "FILE", .complete = "file",
	  .help = "read this configuration instead of /etc/vdc/vdc.conf" },
	{ .name = "quiet", .letter = 'q', .help = "say nothing but errors",
	  .excludes = "verbose debug" },
	{ .name = "verbose", .letter = 'v', .help = "say what is done" },
	{ .name = "debug", .help = "say everything" },
	{ .name = "help", .letter = 'h', .help = "this help; after a verb, its options" },
	{ .name = "version", .letter = 'V', .help = "the version" },
	{ 0 },
};

const struct vdc_option vdc_format_options[] = {
	{ .name = "json", .letter = 'J', .help = "print JSON", .excludes = "xml" },
	{ .name = "xml", .letter = 'X', .help = "print XML" },
	{ 0 },
};

const struct vdc_option vdc_list_options[] = {
	{ .name = "select", .letter = 's', .arg = VDC_ARG_TEXT, .value = "EXPRESSION",
	  .help = "only those of which this is true: 'status=up && memory>64G'" },
	{ .name = "output", .letter = 'o', .arg = VDC_ARG_TEXT, .value = "FIELDS",
	  .complete = "fields",
	  .help = "only these fields; +FIELD adds one to the usual ones; help lists them" },
	{ .name = "sort", .arg = VDC_ARG_TEXT, .value = "FIELDS", .complete = "fields",
	  .help = "order by these fields; -FIELD is the largest first" },
	{ .name = "noheadings", .letter = 'n', .help = "no line of headings",
	  .excludes = "json xml" },
	{ .include = vdc_format_options },
	{ 0 },
};

const struct vdc_option vdc_change_options[] = {
	{ .name = "dry-run", .letter = 'N', .help = "show what would be done and do nothing" },
	{ .name = "yes", .letter = 'y', .help = "answer the question with yes" },
	{ 0 },
};

struct rows {
	struct vdc_option_row *rows; /* NULL while counting */
	size_t n;
};

static void add_table(struct rows *all, const struct vdc_option *table, const char *verbs,
		      bool common)
{
	for (const struct vdc_option *o = table; o && (o->name || o->include); o++) {
		const char *takers = o->verbs ? o->verbs : verbs;

		if (o->include) {
			add_table(all, o->include, takers, common);
			continue;
		}
		if (all->rows)
			all->rows[all->n] = (struct vdc_option_row){ o, takers, common };
		all->n++;
	}
}

static size_t add_all(struct rows *all, const struct vdc_command *command)
{
	all->n = 0;
	add_table(all, command->options, NULL, false);
	add_table(all, vdc_common_options, NULL, true);
	return all->n;
}

size_t vdc_option_rows(const struct vdc_command *command, struct vdc_arena *arena,
		       const struct vdc_option_row **ret)
{
	struct rows all = { 0 };

	add_all(&all, command);
	all.rows = vdc_arena_alloc(arena, all.n * sizeof(*all.rows));
	*ret = all.rows;
	return add_all(&all, command);
}

bool vdc_option_goes_with(const struct vdc_option_row *row, const struct vdc_verb *verb)
{
	char name[64];
	size_t i;

	if (!row->verbs || !verb)
		return true;
	if (!*verb->name)
		return !*row->verbs;
	for (i = 0; verb->name[i] && i < sizeof(name) - 1; i++)
		name[i] = verb->name[i] == ' ' ? '-' : verb->name[i];
	name[i] = '\0';
	return vdc_words_have(row->verbs, name);
}

const struct vdc_option_row *vdc_option_find(const struct vdc_option_row *rows, size_t n,
					     const char *name, const struct vdc_verb *verb)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(rows[i].option->name, name) && vdc_option_goes_with(&rows[i], verb))
			return &rows[i];
	}
	return NULL;
}
