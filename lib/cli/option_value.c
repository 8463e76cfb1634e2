/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of options: text to number, ranges, choices. */
#include <errno.h>
#include <stdio.h>

#include "base/number.h"
#include "base/size.h"
#include "base/time.h"
#include "base/words.h"
#include "cli/call.h"

static int parse_number(const struct vdc_option *option, const char *text, int64_t *ret,
			struct vdc_err *err)
{
	switch (option->arg) {
	case VDC_ARG_INT:
		return vdc_int_parse(text, ret, err);
	case VDC_ARG_SIZE:
		return vdc_size_parse(text, ret, err);
	case VDC_ARG_DURATION:
		return vdc_duration_parse(text, ret, err);
	case VDC_ARG_SINCE:
		return vdc_time_parse_since(text, vdc_time_now(), ret, err);
	default:
		*ret = 0;
		return 0;
	}
}

/* A number as a person would have typed it. */
static const char *number_text(enum vdc_arg arg, int64_t number, char out[VDC_TIME_LEN + 1])
{
	if (arg == VDC_ARG_SIZE)
		return vdc_size_format(number, out);
	if (arg == VDC_ARG_DURATION)
		return vdc_duration_format(number, out);
	snprintf(out, VDC_TIME_LEN + 1, "%lld", (long long)number);
	return out;
}

static int check_range(const struct vdc_option *option, int64_t value, struct vdc_err *err)
{
	char least[VDC_TIME_LEN + 1], most[VDC_TIME_LEN + 1];
	int64_t max = option->max ? option->max : INT64_MAX;

	if (option->arg == VDC_ARG_SINCE || (value >= option->min && value <= max))
		return 0;
	number_text(option->arg, option->min, least);
	number_text(option->arg, option->max, most);
	if (!option->max)
		return vdc_err_set(err, -EINVAL, "must be %s or more", least);
	return vdc_err_set(err, -EINVAL, "must be from %s to %s", least, most);
}

int vdc_option_value(const struct vdc_option *option, const char *text, int64_t *ret,
		     struct vdc_err *err)
{
	int64_t value;
	int r;

	if (option->arg == VDC_ARG_CHOICE && !vdc_words_have(option->choices, text))
		r = vdc_err_set(err, -EINVAL, "'%.60s' is none of: %s", text, option->choices);
	else
		r = parse_number(option, text, &value, err);
	if (!r)
		r = check_range(option, value, err);
	if (r) {
		vdc_err_prefix(err, "--%s: ", option->name);
		return r;
	}
	*ret = value;
	return 0;
}
