/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <string.h>

#include "base/mem.h"

struct vdc_table {
	struct libscols_table *scols;
	struct libscols_line *line;
	struct vdc_table_column *columns;
	size_t n;
	size_t cell; /* the next one of LINE */
};

/* libsmartcols fails for want of memory only. */
static void *must(void *p)
{
	if (!p)
		vdc_out_of_memory();
	return p;
}

static int scols_flags(const struct vdc_table_column *column, unsigned flags)
{
	int f = 0;

	if (column->right)
		f |= SCOLS_FL_RIGHT;
	if (column->may_cut && (flags & VDC_TABLE_FIT))
		f |= SCOLS_FL_TRUNC;
	return f;
}

struct vdc_table *vdc_table_new(struct vdc_table_column *columns, size_t n, unsigned flags)
{
	struct vdc_table *table = vdc_alloc(sizeof(*table));

	table->columns = columns;
	table->n = n;
	table->scols = must(scols_new_table());
	scols_table_enable_noheadings(table->scols, flags & VDC_TABLE_NO_HEADINGS);
	scols_table_enable_colors(table->scols, !!(flags & VDC_TABLE_COLOURS));
	scols_table_set_termforce(table->scols, flags & VDC_TABLE_FIT ? SCOLS_TERMFORCE_ALWAYS
								      : SCOLS_TERMFORCE_NEVER);
	for (size_t i = 0; i < n; i++) /* without headings they must not make the columns wide */
		must(scols_table_new_column(
			table->scols, flags & VDC_TABLE_NO_HEADINGS ? "" : columns[i].title,
			(double)columns[i].width, scols_flags(&columns[i], flags)));
	return table;
}

void vdc_table_free(struct vdc_table *table)
{
	if (!table)
		return;
	scols_unref_table(table->scols);
	free(table);
}

void vdc_table_row(struct vdc_table *table)
{
	table->line = must(scols_table_new_line(table->scols, NULL));
	table->cell = 0;
}

void vdc_table_cell(struct vdc_table *table, const char *text, enum vdc_colour colour)
{
	static const char *const names[] = { NULL, "red", "yellow" };

	if (scols_line_set_data(table->line, table->cell, text))
		vdc_out_of_memory();
	if (colour)
		scols_cell_set_color(scols_line_get_cell(table->line, table->cell), names[colour]);
	table->cell++;
}

int vdc_table_print(struct vdc_table *table, FILE *out, struct vdc_err *err)
{
	int r;

	scols_table_set_stream(table->scols, out);
	r = scols_print_table(table->scols);
	if (r < 0)
		return vdc_err_set(err, r, "cannot print the table: %s", strerror(-r));
	for (size_t i = 0; i < table->n; i++)
		table->columns[i].width =
			scols_column_get_width(scols_table_get_column(table->scols, i));
	return 0;
}
