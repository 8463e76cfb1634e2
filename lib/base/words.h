/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of words in one text, separated by spaces: "list show"; and of lines "name=value". */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

/*
 * The word at *TEXT, not ended by a NUL, and its length; moves *TEXT behind it. NULL at the end.
 *
 *	for (const char *w; (w = vdc_word_next(&words, &len));)
 */
const char *vdc_word_next(const char **text, size_t *len);

bool vdc_words_have(const char *words, const char *word); /* NULL has none */

/* The value of the first line NAME=..., in ARENA; NULL: there is none, or no LINES. */
char *vdc_line_value(const char *lines, const char *name, struct vdc_arena *arena);
