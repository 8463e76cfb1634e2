/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An unfinished command line, as far as it can be understood. */
#pragma once

#include "cli/call.h"

struct vdc_unfinished {
	const struct vdc_command *command;
	struct vdc_arena *arena;
	const struct vdc_option_row *rows;
	size_t n_rows;
	const struct vdc_verb *verb;	/* NULL while there is none */
	const char *group;		/* first word of a verb of two whose second is missing */
	const char **operands;		/* behind the verb */
	size_t n_operands;
	const struct vdc_option *value_of; /* the word being typed is the value of this option */
	const char *word;		   /* the word being typed, or what stands behind "--x=" */
	const char *before;		   /* "--x=", or "" */
	bool options_ended;		   /* "--" was there */
	const char *db, *config;	   /* values of these options, or NULL */
};

void vdc_unfinished_read(struct vdc_unfinished *line, size_t n, char **words);
