/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables for people: columns as wide as their widest cell. libsmartcols is behind it, which also
 * writes control characters and broken UTF-8 as \x1b, so that data cannot play with a terminal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum vdc_colour { VDC_COLOUR_NONE, VDC_COLOUR_RED, VDC_COLOUR_YELLOW };

enum vdc_table_flags {
	VDC_TABLE_NO_HEADINGS = 1 << 0,
	VDC_TABLE_FIT = 1 << 1,	    /* as wide as the terminal: cells are cut where needed */
	VDC_TABLE_COLOURS = 1 << 2,
};

struct vdc_table_column {
	const char *title;
	bool right;    /* numbers */
	bool may_cut;  /* by VDC_TABLE_FIT */
	size_t width;  /* at least; after printing: as it was */
};

struct vdc_table;

/* COLUMNS are kept and must outlive the table. */
struct vdc_table *vdc_table_new(struct vdc_table_column *columns, size_t n, unsigned flags);
void vdc_table_free(struct vdc_table *table); /* NULL is fine */

/* A new row; its cells follow from left to right. Copies TEXT. */
void vdc_table_row(struct vdc_table *table);
void vdc_table_cell(struct vdc_table *table, const char *text, enum vdc_colour colour);

int vdc_table_print(struct vdc_table *table, FILE *out, struct vdc_err *err);
