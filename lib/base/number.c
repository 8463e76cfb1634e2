/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
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

char *vdc_real_text(struct vdc_arena *arena, double value)
{
	char text[32];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return vdc_arena_strdup(arena, text);
}

const char *vdc_int_text(int64_t value, char out[VDC_INT_LEN + 1])
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[VDC_INT_LEN];
	size_t n = 0, at = 0;

	do
		digits[n++] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		out[at++] = '-';
	while (n)
		out[at++] = digits[--n];
	out[at] = '\0';
	return out;
}
