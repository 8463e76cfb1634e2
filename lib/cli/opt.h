/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Splits a command line into options and operands, which may stand in any order until "--". Knows
 * nothing of what the options mean. popt is behind it.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct vdc_opt_name {
	const char *name;  /* long name without dashes, unique */
	char letter;	   /* short name, 0 = none */
	const char *value; /* what its value is called; NULL: takes none */
};

struct vdc_opt_parser;

/* NAMES, ARGV and ARENA must outlive the parser. */
struct vdc_opt_parser *vdc_opt_open(struct vdc_arena *arena, const struct vdc_opt_name *names,
				    size_t n, int argc, char **argv);
void vdc_opt_close(struct vdc_opt_parser *parser);

/*
 * The next option: 1 with the index of its name and its value (in the arena; NULL when it takes none),
 * 0 at the end; -EINVAL for an unknown one, with the nearest, and for a value missing or too many.
 */
int vdc_opt_next(struct vdc_opt_parser *parser, size_t *index, const char **value,
		 struct vdc_err *err);

/* The operands in order, in the arena; to be asked for when vdc_opt_next has returned 0. */
size_t vdc_opt_operands(struct vdc_opt_parser *parser, const char ***ret);
