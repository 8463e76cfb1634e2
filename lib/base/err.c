/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static int vdc_printf(5, 0) store(struct vdc_err *err, int code, unsigned line, unsigned column,
				  const char *fmt, va_list args)
{
	char msg[sizeof(err->msg)]; /* the old one may be among ARGS */

	if (!err)
		return code;
	vsnprintf(msg, sizeof(msg), fmt, args);
	memcpy(err->msg, msg, strlen(msg) + 1);
	err->code = code;
	err->line = line;
	err->column = column;
	return code;
}

int vdc_err_set(struct vdc_err *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	store(err, code, 0, 0, fmt, args);
	va_end(args);
	return code;
}

int vdc_err_at(struct vdc_err *err, int code, unsigned line, unsigned column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	store(err, code, line, column, fmt, args);
	va_end(args);
	return code;
}

int vdc_err_prefix(struct vdc_err *err, const char *fmt, ...)
{
	char prefix[sizeof(err->msg)];
	va_list args;
	size_t len;

	if (!err)
		return -1;
	va_start(args, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, args);
	va_end(args);
	len = strlen(prefix);
	memmove(err->msg + len, err->msg, sizeof(err->msg) - len);
	memcpy(err->msg, prefix, len);
	err->msg[sizeof(err->msg) - 1] = '\0';
	return err->code;
}

const char *vdc_err_text(const struct vdc_err *err)
{
	return err->msg[0] ? err->msg : strerror(-err->code);
}
