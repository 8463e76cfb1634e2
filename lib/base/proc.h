/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a program: no shell, its own session, nothing inherited but the three standard streams,
 * a hard time limit and a limit for what it may say. At the limit the program and all that it
 * started are killed.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

struct vdc_proc {
	const char *const *argv; /* ends with NULL; without a slash argv[0] is looked up in PATH */
	const char *const *env;	 /* "NAME=VALUE", ends with NULL; NULL: what this process has */
	const void *input;	 /* what it reads from standard input; NULL: nothing */
	size_t input_len;
	const struct vdc_secret *secret; /* what it reads after that; NULL: nothing */
	int output_fd;			 /* its standard output goes there; 0: into the end */
	int64_t limit_us;		 /* 0: a minute */
	size_t most_output;		 /* bytes of each stream; 0: 16 MiB */
	bool keep_end;			 /* of more output the end is kept, instead of -EFBIG */
};

struct vdc_proc_end {
	int status;	    /* exit code, or 128 + the signal that ended it */
	struct vdc_buf out; /* standard output; always ends with a NUL behind the last byte */
	struct vdc_buf err; /* standard error */
};

/*
 * Runs it to its end. A program that exits with a code other than 0 is no error here.
 * -ENOENT, -EACCES: it could not be started; -ETIMEDOUT: killed at the limit; -EFBIG: it said too
 * much. ERR names argv[0], and never an argument. RET is written on success only.
 */
int vdc_proc_run(const struct vdc_proc *proc, struct vdc_proc_end *ret, struct vdc_err *err);
void vdc_proc_end_free(struct vdc_proc_end *end);

#define vdc_autoend vdc_cleanup(vdc_proc_end_free) struct vdc_proc_end

/* The first line of what the program complained about, for messages; "" when it said nothing. */
const char *vdc_proc_complaint(struct vdc_proc_end *end);
