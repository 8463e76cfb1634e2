/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors. Functions return 0 or a negative errno; the words that an administrator reads travel in
 * a struct vdc_err which the caller owns and passes last (NULL when nobody wants them). Errors of
 * other libraries are translated once, at the edge, and name the object: "host h2: connection
 * refused". Out-parameters are written only on success.
 *
 * What the negative errno means for the exit code of a command stands in cli/exit_code.h:
 *   EINVAL, EBADMSG, EILSEQ, EEXIST  bad input            EPERM, ENOTEMPTY  refused for safety
 *   ENOENT                           no such object       EBUSY, EAGAIN     held by another run
 *   EHOSTUNREACH, ECONNREFUSED,
 *   ECONNRESET, ETIMEDOUT            unreachable          EACCES,
 *                                                         EKEYREJECTED      not permitted
 */
#pragma once

#include <stdarg.h>

#include "base/attr.h"

struct vdc_err {
	int code;	/* negative errno; 0 while nothing went wrong */
	unsigned line;	/* where in a document, from 1; 0 when the error has no place */
	unsigned column;
	char msg[512];
};

/* Stores the message and returns CODE, so that `return vdc_err_set(err, -EINVAL, ...)` works. */
int vdc_err_set(struct vdc_err *err, int code, const char *fmt, ...) vdc_printf(3, 4);

/* The same, for an error at a place in a document. */
int vdc_err_at(struct vdc_err *err, int code, unsigned line, unsigned column, const char *fmt, ...)
	vdc_printf(5, 6);

/* Puts "prefix" in front of the message that is there, and returns the error's code. */
int vdc_err_prefix(struct vdc_err *err, const char *fmt, ...) vdc_printf(2, 3);

/* The message, or the words of the code where nobody wrote one. Never NULL. */
const char *vdc_err_text(const struct vdc_err *err);
