/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>

#include "model/kind.h"

enum { LEVEL_MAX = 9999 };

static const char *parse_part(const char *s, int *ret)
{
	int value = 0;

	if (!isdigit((unsigned char)*s))
		return NULL;
	for (; isdigit((unsigned char)*s); s++) {
		value = value * 10 + (*s - '0');
		if (value > LEVEL_MAX)
			return NULL;
	}
	*ret = value;
	return s;
}

int vdc_level_parse(const char *text, struct vdc_level *ret, struct vdc_err *err)
{
	struct vdc_level level;
	const char *s = parse_part(text, &level.major);

	if (s && *s == '.')
		s = parse_part(s + 1, &level.minor);
	else
		s = NULL;
	if (!s || *s)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not a level such as 4.7", text);
	*ret = level;
	return 0;
}

static int compare(int a, int b)
{
	return (a > b) - (a < b);
}

int vdc_level_compare(struct vdc_level a, struct vdc_level b)
{
	if (a.major < 0 || b.major < 0)
		return compare(a.major >= 0, b.major >= 0);
	return a.major == b.major ? compare(a.minor, b.minor) : compare(a.major, b.major);
}
