/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects on standard output as the user asked: a table (aligned on a terminal and in a pipe alike),
 * JSON or XML documents; with --select, --output and --sort. The caller feeds objects; a
 * document is streamed, a table is gathered for its widths.
 */
#pragma once

#include "cli/command.h"

struct vdc_list;

/* Reads the list options of the call; refuses unknown columns. */
int vdc_list_new(struct vdc_call *call, const struct vdc_kind *kind, struct vdc_list **ret,
		 struct vdc_err *err);
/* Columns FIELDS of its table instead of the usual ones, for who knows that some of those are empty.
 * Right after vdc_list_new. */
void vdc_list_usual(struct vdc_list *list, const char *fields);
/* Whether --select lets it through. */
bool vdc_list_takes(const struct vdc_list *list, const void *object);
/* Takes a copy when it must keep it. */
int vdc_list_add(struct vdc_list *list, const void *object, struct vdc_err *err);
/* For a command that goes on: prints what there is. The table keeps its widths and has its headings
 * once; what is printed at a time is a document of its own, in JSON on one line. */
void vdc_list_stream(struct vdc_list *list); /* right after vdc_list_new */
int vdc_list_flush(struct vdc_list *list, struct vdc_err *err);
/* Prints the rest. The list itself goes with the call, also when this was never reached. */
int vdc_list_end(struct vdc_list *list, struct vdc_err *err);
/* Which store flags (VDC_WITH_LONG, ...) the chosen columns, filter and order need. */
unsigned vdc_list_store_flags(const struct vdc_list *list);
/* The same with VDC_ONLY_LISTED where that is enough, for who looks at no other field himself. */
unsigned vdc_list_least_flags(const struct vdc_list *list);
