/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/cli share about the call that is going on; commands see cli/command.h. */
#pragma once

#include "base/mem.h"
#include "cli/command.h"

/* One option as it was given, checked. */
struct vdc_given {
	const struct vdc_option *option;
	const char *text; /* NULL for VDC_ARG_NONE */
	int64_t number;	  /* INT, SIZE, DURATION, SINCE */
};

struct vdc_call {
	const struct vdc_command *command;
	const struct vdc_verb *verb;
	struct vdc_arena *arena;
	struct vdc_given *given;
	size_t n_given;
	const char *const *operands;
	int n_operands;
	struct vdc_db *db;
	int64_t said_away;	/* of the database, see cli/progress.h */
	struct vdc_list *lists; /* freed at the end */
	bool finished; /* all was said (--output help); whatever comes back is no error */
};

/* A row of the option tables and the verbs that take it, with the included tables unfolded. */
struct vdc_option_row {
	const struct vdc_option *option;
	const char *verbs; /* NULL: all */
	bool common;
};

extern const struct vdc_option vdc_common_options[];

/* All options of a command, its own first. Lives in ARENA. */
size_t vdc_option_rows(const struct vdc_command *command, struct vdc_arena *arena,
		       const struct vdc_option_row **ret);
/* VERB may be NULL: any. */
bool vdc_option_goes_with(const struct vdc_option_row *row, const struct vdc_verb *verb);
/* The row of that name for that verb, NULL when there is none. */
const struct vdc_option_row *vdc_option_find(const struct vdc_option_row *rows, size_t n,
					     const char *name, const struct vdc_verb *verb);


/* Turns the text of an option into its number and checks it. */
int vdc_option_value(const struct vdc_option *option, const char *text, int64_t *ret,
		     struct vdc_err *err);

const struct vdc_verb *vdc_verb_find(const struct vdc_command *command, const char *name);
/* The verb that WORDS begin with, NULL for none; *USED is how many of them it takes, 1 or 2. */
const struct vdc_verb *vdc_verb_of(const struct vdc_command *command, const char *const *words,
				   size_t n, size_t *used);
/* The second word of the verb's name if GROUP is the first one of two, else NULL. */
const char *vdc_verb_in(const struct vdc_verb *verb, const char *group);

/* Fills verb, options and operands, checked. --help and --version are answered: `finished`. */
int vdc_call_parse(struct vdc_call *call, int argc, char **argv, struct vdc_err *err);

/* Checks operands, exclusions and needs against the verb. */
int vdc_call_check(const struct vdc_call *call, struct vdc_err *err);

struct vdc_list;
void vdc_lists_free(struct vdc_list *lists);

/* --help of the command (VERB NULL) or of a verb. */
void vdc_usage(const struct vdc_command *command, const struct vdc_verb *verb);

/* The hidden first words: --dump-options, --complete. Returns false when it is none of them. */
bool vdc_command_hidden(const struct vdc_command *command, int argc, char **argv);
