/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/list_table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "edge/table.h"

struct vdc_list_table {
	const struct vdc_columns *columns;
	struct vdc_table_column *layout;
	struct vdc_table *rows; /* NULL when there are none */
	unsigned flags;
};

static unsigned flags_for_stdout(bool headings)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	unsigned flags = headings ? 0 : VDC_TABLE_NO_HEADINGS;

	if (!isatty(STDOUT_FILENO))
		return flags;
	flags |= VDC_TABLE_FIT;
	if (term && strcmp(term, "dumb") != 0 && !(no_color && *no_color))
		flags |= VDC_TABLE_COLOURS;
	return flags;
}

static const char *title_of(const struct vdc_field *f, struct vdc_arena *arena)
{
	char *title = vdc_arena_strdup(arena, f->title ? f->title : f->name);

	for (char *s = title; !f->title && *s; s++)
		*s = (char)toupper((unsigned char)*s);
	return title;
}

static struct vdc_table_column column_of(const struct vdc_field *f, struct vdc_arena *arena)
{
	bool text = f->type == VDC_TEXT || f->type == VDC_WORDS ||
		    f->type == VDC_LEVELS || f->type == VDC_PROPERTIES;

	return (struct vdc_table_column){
		.title = title_of(f, arena),
		.right = f->type == VDC_INT || f->type == VDC_BYTES,
		.may_cut = text && !(f->flags & VDC_KEY),
	};
}

struct vdc_list_table *vdc_list_table_new(const struct vdc_columns *columns,
					  struct vdc_arena *arena, bool headings)
{
	struct vdc_list_table *table = vdc_alloc(sizeof(*table));

	table->columns = columns;
	table->flags = flags_for_stdout(headings);
	table->layout = vdc_arena_alloc(arena, columns->n * sizeof(*table->layout));
	for (size_t i = 0; i < columns->n; i++)
		table->layout[i] = column_of(columns->fields[i], arena);
	return table;
}

/* Only what wants a hand at once. */
static enum vdc_colour colour_of(const struct vdc_field *f, const char *word)
{
	static const char bad[] = "non_responsive non_operational error install_failed down_failed "
				  "not_responding inactive illegal image_illegal failed alert";

	if (f->type != VDC_ENUM)
		return VDC_COLOUR_NONE;
	if (vdc_words_have(bad, word))
		return VDC_COLOUR_RED;
	return vdc_words_have("connecting unknown warning paused", word) ? VDC_COLOUR_YELLOW :
									   VDC_COLOUR_NONE;
}

void vdc_list_table_add(struct vdc_list_table *table, const void *object)
{
	char scratch[VDC_SCRATCH];

	if (!table->rows)
		table->rows = vdc_table_new(table->layout, table->columns->n, table->flags);
	vdc_table_row(table->rows);
	for (size_t i = 0; i < table->columns->n; i++) {
		const struct vdc_field *f = table->columns->fields[i];
		const char *text = vdc_value_human(f, object, scratch);

		text = text && *text ? text : "-";
		vdc_table_cell(table->rows, text, colour_of(f, text));
	}
}

int vdc_list_table_print(struct vdc_list_table *table, struct vdc_err *err)
{
	int r;

	if (!table->rows)
		return 0;
	r = vdc_table_print(table->rows, stdout, err);
	vdc_table_free(vdc_steal(table->rows));
	table->flags |= VDC_TABLE_NO_HEADINGS;
	return r;
}

void vdc_list_table_free(struct vdc_list_table *table)
{
	if (!table)
		return;
	vdc_table_free(table->rows);
	free(table);
}
