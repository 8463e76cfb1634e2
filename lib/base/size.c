/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/size.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char units[] = "KMGTPE";

/* Bytes per unit; 0 when SUFFIX is none. */
static double unit_of(const char *suffix)
{
	const char *unit;

	while (*suffix == ' ')
		suffix++;
	if (!*suffix || !strcasecmp(suffix, "B"))
		return 1;
	unit = strchr(units, toupper((unsigned char)*suffix));
	if (!unit || !*unit)
		return 0;
	suffix++;
	if (*suffix && strcasecmp(suffix, "B") != 0 && strcasecmp(suffix, "iB") != 0)
		return 0;
	return ldexp(1, 10 * (int)(unit - units + 1));
}

int vdc_size_parse(const char *text, int64_t *ret, struct vdc_err *err)
{
	double value = 0, bytes = -1;
	char *end = NULL;

	if (isdigit((unsigned char)text[0]) && toupper((unsigned char)text[1]) != 'X') {
		value = strtod(text, &end);
		bytes = value * unit_of(end);
		if (unit_of(end) == 0)
			bytes = -1;
	}
	if (bytes < 0 || bytes >= 9.2e18)
		return vdc_err_set(err, -EINVAL, "'%.60s' is not a size such as 64G or 512M", text);
	*ret = (int64_t)bytes;
	return 0;
}

const char *vdc_size_format(int64_t bytes, char out[VDC_SIZE_LEN + 1])
{
	double value = (double)bytes;
	int unit = -1;

	while (value >= 1023.95 && unit < (int)strlen(units) - 1) {
		value /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(out, VDC_SIZE_LEN + 1, "%lld B", (long long)bytes);
	else if (value >= 100 || value == (double)(int64_t)value)
		snprintf(out, VDC_SIZE_LEN + 1, "%.0f %ciB", value, units[unit]);
	else
		snprintf(out, VDC_SIZE_LEN + 1, "%.1f %ciB", value, units[unit]);
	return out;
}
