/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

int vdc_int_parse(const char *text, int64_t *ret, struct vdc_err *err)
{
	char *end = NULL;
	long long value = 0;

	errno = 0;
	if (!isspace((unsigned char)*text))
		value = strtoll(text, &end, 10);
	if (!end || end == text || *end)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not a whole number", text);
	if (errno)
		return vdc_err_set(err, -EINVAL, "'%.60s' is too large a number", text);
	*ret = value;
	return 0;
}
