/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects as rows of a table on standard output. */
#pragma once

#include "cli/columns.h"

struct vdc_list_table;

/* COLUMNS and ARENA must outlive it. */
struct vdc_list_table *vdc_list_table_new(const struct vdc_columns *columns,
					  struct vdc_arena *arena, bool headings);
void vdc_list_table_add(struct vdc_list_table *table, const void *object);
/* Prints the rows there are; those that are added later get no headings and the same widths. */
int vdc_list_table_print(struct vdc_list_table *table, struct vdc_err *err);
void vdc_list_table_free(struct vdc_list_table *table); /* NULL is fine */
