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
/* Takes a copy when it must keep it. */
int vdc_list_add(struct vdc_list *list, const void *object, struct vdc_err *err);
/* Prints what there is, for a command that goes on: the table keeps its widths, and what comes
 * later is a document of its own. */
int vdc_list_flush(struct vdc_list *list, struct vdc_err *err);
/* Prints the rest. The list itself goes with the call, also when this was never reached. */
int vdc_list_end(struct vdc_list *list, struct vdc_err *err);
/* Which store flags (VDC_WITH_LONG, ...) the chosen columns, filter and order need. */
unsigned vdc_list_store_flags(const struct vdc_list *list);
