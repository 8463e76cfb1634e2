/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scalars of JSON, for base/json_node.c. */
#pragma once

#include "base/mem.h"

/*
 * The text in quotes that begins at *POS, decoded, in ARENA; *POS is then behind it. NULL when it
 * does not end, or with WRONG when something in it is wrong, at which *POS then stands.
 */
char *vdc_json_text(const char **pos, const char *end, struct vdc_arena *arena, const char **wrong);

/*
 * The same for a number: an integer as it stands there, a real number as the shortest text that
 * reads back as the same. NULL with WRONG, *POS at what is wrong.
 */
char *vdc_json_number(const char **pos, const char *end, struct vdc_arena *arena,
		      const char **wrong);

/* Bytes of S before the first that means something in a text: a quote, a backslash, a control
 * character. */
size_t vdc_json_plain_span(const char *s, size_t len);
