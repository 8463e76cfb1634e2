/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One password from the terminal or from a file. */
#pragma once

#include "base/err.h"
#include "base/secret.h"

/*
 * Typed on the terminal, without echo. Whatever signal comes, the terminal is as before when it
 * takes effect. -EACCES: there is no terminal; -EPERM: nothing was typed; -EINTR: a signal that the
 * program lives on after.
 */
int vdc_password_ask(struct vdc_secret *ret, struct vdc_err *err, const char *fmt, ...)
	vdc_printf(3, 4);

/* Says something on that terminal; nothing where there is none. */
void vdc_password_say(const char *text);

/*
 * The first line of a file that nobody but its owner may read, who is root or the caller; "-" is
 * standard input. -EACCES, -EPERM: it may not be read, or is not safe; -EINVAL: it holds none.
 */
int vdc_password_read(const char *path, struct vdc_secret *ret, struct vdc_err *err);
