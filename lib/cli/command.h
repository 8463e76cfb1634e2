/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One main() for all commands. A command is data: its verbs, its options, which options go with
 * which verb and which exclude each other, what a verb needs before it can run. Parsing, --help,
 * the completions, the check of the man pages, opening the database, reporting the error once and
 * the exit code are done here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "edge/db.h"
#include "model/kind.h"

enum vdc_arg {
	VDC_ARG_NONE,
	VDC_ARG_TEXT,
	VDC_ARG_INT,
	VDC_ARG_SIZE,	  /* bytes: 64G */
	VDC_ARG_DURATION, /* microseconds: 5m */
	VDC_ARG_SINCE,	  /* microseconds: 1h (ago) or an ISO time */
	VDC_ARG_CHOICE,	  /* one of `choices` */
};

struct vdc_option {
	const char *name; /* long name without dashes; {NULL} ends a table */
	char letter;	  /* short name, 0 = none; in a command it stands for one name only */
	enum vdc_arg arg;
	const char *value; /* what --help calls the value: "FILE" */
	const char *help;
	/* verbs that take it, separated by spaces; "": the command without one; NULL: all */
	const char *verbs;
	const char *choices;  /* words of VDC_ARG_CHOICE, separated by spaces */
	const char *excludes; /* options that it does not go with, separated by spaces */
	const char *needs;    /* an option without which it makes no sense */
	const char *complete; /* how the shell completes the value, see below */
	bool repeat;	      /* may be given several times */
	int64_t min, max;     /* numbers: range, both 0 = not negative */
	/* A row with only this (and the verbs for all of it): another table, e.g. vdc_list_options. */
	const struct vdc_option *include;
};

/*
 * Words of `complete`: "file"; "kind", the word of a kind; a kind's word ("host"): names of such
 * objects, "host|cluster": of either kind; "name": names of objects of the kind that a "kind" operand
 * before it named; "fields": fields of that kind, separated by commas; "assignment": FIELD=VALUE.
 * "fence-type": types of power devices. "job:fence": jobs of that action that are not ended. "of:event" as the first word of a verb's takes no operand and says which kind it is about. NULL:
 * nothing.
 */

struct vdc_call;

enum vdc_needs {
	VDC_NEEDS_NOTHING = 0,
	VDC_NEEDS_DB_READ = 1 << 0,
	VDC_NEEDS_DB_WRITE = 1 << 1,
	VDC_NEEDS_ROOT = 1 << 2,
};

struct vdc_verb {
	/* NULL ends the table; "" = what the command does without a verb. Two words at most, "vm list",
	 * whose verbs follow each other; options name such a verb as "vm-list". */
	const char *name;
	const char *operands; /* for --help and man page: "KIND [NAME...]" */
	int min, max;	      /* number of operands; max -1 = any */
	const char
		*complete; /* per operand, separated by spaces, the last one repeats: "kind name" */
	unsigned needs;
	const char *help;
	/* 0, an exit code from 1 to 8, or a negative errno with ERR filled. */
	int (*run)(struct vdc_call *call, struct vdc_err *err);
};

struct vdc_command {
	const char *name;
	const char *help; /* one line */
	const struct vdc_verb *verbs;
	const struct vdc_option *options; /* besides the common ones */
};

/* The whole of main(). */
int vdc_command_main(const struct vdc_command *command, int argc, char **argv);

/* Tables to include: --select --output --sort --noheadings --json --xml; --json --xml only. */
extern const struct vdc_option vdc_list_options[];
extern const struct vdc_option vdc_format_options[];
extern const struct vdc_option vdc_change_options[]; /* --dry-run --yes */

/* What run() gets. */
const struct vdc_verb *vdc_call_verb(const struct vdc_call *call);
int vdc_call_operands(const struct vdc_call *call, const char *const **ret); /* returns how many */
struct vdc_db *vdc_call_db(struct vdc_call *call); /* open when the verb needs it */
/* For a verb that needs the database only sometimes: NEEDS is VDC_NEEDS_DB_READ or _WRITE. */
int vdc_call_open_db(struct vdc_call *call, unsigned needs, struct vdc_err *err);
/* The caller's own, besides that of the call: to write now and then while it reads. */
int vdc_call_open_another(struct vdc_call *call, unsigned needs, struct vdc_db **ret,
			  struct vdc_err *err);
struct vdc_arena *vdc_call_arena(struct vdc_call *call); /* lives as long as the call */

bool vdc_given(const struct vdc_call *call, const char *option);
const char *vdc_text_option(const struct vdc_call *call, const char *option); /* NULL: not given */
int64_t vdc_int_option(const struct vdc_call *call, const char *option, int64_t otherwise);
size_t vdc_repeated_option(const struct vdc_call *call, const char *option,
			   const char *const **ret);

/*
 * Work that is done later, or by another process, takes the options of its call along: *RET is those
 * that are given and are neither common to all verbs nor named by BUT, a line each, in the call's
 * arena. -EINVAL: a value has several lines. vdc_call_again makes a call of them, checked like any
 * other, with the database and the common options of CALL, which it must not outlive.
 */
int vdc_call_options(const struct vdc_call *call, const char *but, const char **ret,
		     struct vdc_err *err);
int vdc_call_again(const struct vdc_call *call, const char *verb, const char *operand,
		   const char *options, struct vdc_arena *arena, struct vdc_call **ret,
		   struct vdc_err *err);

/* How standard output is to look. */
enum vdc_output { VDC_OUTPUT_TABLE, VDC_OUTPUT_JSON, VDC_OUTPUT_XML };
enum vdc_output vdc_call_output(const struct vdc_call *call);

/*
 * Asks on the terminal; --yes answers yes. Without a terminal and without --yes: -EPERM with a
 * message that names --yes. 1 yes, 0 no.
 */
int vdc_confirm(struct vdc_call *call, struct vdc_err *err, const char *fmt, ...) vdc_printf(3, 4);
