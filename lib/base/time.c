/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/time.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * VDC_SECOND + ts.tv_nsec / 1000;
}

int64_t vdc_time_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t vdc_time_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void vdc_sleep(int64_t us)
{
	const struct timespec t = { .tv_sec = us / VDC_SECOND, .tv_nsec = us % VDC_SECOND * 1000 };

	nanosleep(&t, NULL);
}

const char *vdc_time_format(int64_t us, char out[VDC_TIME_LEN + 1])
{
	int64_t seconds = us / VDC_SECOND, fraction = us % VDC_SECOND;
	struct tm tm;
	time_t t;
	size_t n;

	if (fraction < 0) {
		fraction += VDC_SECOND;
		seconds--;
	}
	t = (time_t)seconds;
	if (!gmtime_r(&t, &tm) || tm.tm_year + 1900 > 9999 || tm.tm_year + 1900 < 0) {
		snprintf(out, VDC_TIME_LEN + 1, "?");
		return out;
	}
	n = strftime(out, VDC_TIME_LEN + 1, "%Y-%m-%dT%H:%M:%S", &tm);
	if (fraction) {
		n += (size_t)snprintf(out + n, VDC_TIME_LEN + 1 - n, ".%06d", (int)fraction);
		while (out[n - 1] == '0')
			n--;
	}
	out[n] = 'Z';
	out[n + 1] = '\0';
	return out;
}

static const char *parse_fraction(const char *s, int64_t *ret)
{
	int64_t unit = VDC_SECOND / 10;

	*ret = 0;
	if (*s != '.')
		return s;
	for (s++; isdigit((unsigned char)*s); s++) {
		*ret += (*s - '0') * unit;
		unit /= 10;
	}
	return s;
}

static const char *parse_zone(const char *s, int64_t *ret)
{
	int hours, minutes, n = 0;

	*ret = 0;
	if (*s == 'Z' || *s == 'z')
		return s + 1;
	if (*s != '+' && *s != '-')
		return s;
	if (sscanf(s + 1, "%2d:%2d%n", &hours, &minutes, &n) != 2 || hours > 23 || minutes > 59)
		return s;
	*ret = (hours * 60 + minutes) * 60 * VDC_SECOND;
	if (*s == '-')
		*ret = -*ret;
	return s + 1 + n;
}

static const char *parse_clock(const char *s, struct tm *tm)
{
	const char *end;

	if (*s != 'T' && *s != 't' && *s != ' ')
		return s;
	end = strptime(s + 1, "%H:%M:%S", tm);
	return end ? end : strptime(s + 1, "%H:%M", tm);
}

/* What vdc_time_format() writes: the years 0000 to 9999. */
static bool has_four_digit_year(int64_t us)
{
	return us >= INT64_C(-62167219200) * VDC_SECOND && us < INT64_C(253402300800) * VDC_SECOND;
}

int vdc_time_parse(const char *text, int64_t *ret, struct vdc_err *err)
{
	struct tm tm = { 0 };
	int64_t fraction = 0, zone = 0, us = 0;
	const char *s = strptime(text, "%Y-%m-%d", &tm);

	if (s)
		s = parse_clock(s, &tm);
	if (s)
		s = parse_fraction(s, &fraction);
	if (s)
		s = parse_zone(s, &zone);
	if (s)
		us = timegm(&tm) * VDC_SECOND + fraction - zone;
	if (!s || *s || !has_four_digit_year(us))
		return vdc_err_set(err, -EINVAL,
				   "'%.60s' is not a time such as 2026-01-31T12:00:00Z", text);
	*ret = us;
	return 0;
}

static int64_t duration_unit(const char *s)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {
		{ "", VDC_SECOND },	   { "s", VDC_SECOND },	       { "us", 1 },
		{ "ms", VDC_SECOND / 1000 }, { "m", 60 * VDC_SECOND },  { "min", 60 * VDC_SECOND },
		{ "h", 3600 * VDC_SECOND },  { "d", 86400 * VDC_SECOND }, { "w", 604800 * VDC_SECOND },
	};

	for (size_t i = 0; i < VDC_COUNT(units); i++) {
		if (!strcmp(s, units[i].name))
			return units[i].us;
	}
	return 0;
}

int vdc_duration_parse(const char *text, int64_t *ret, struct vdc_err *err)
{
	int64_t value, us, unit = 0;
	char *end = NULL;

	errno = 0;
	value = isdigit((unsigned char)*text) ? strtoll(text, &end, 10) : -1;
	if (value >= 0 && !errno)
		unit = duration_unit(end);
	if (!unit || __builtin_mul_overflow(value, unit, &us))
		return vdc_err_set(err, -EINVAL,
				   "'%.60s' is not a duration such as 90s, 5m, 1h or 2d", text);
	*ret = us;
	return 0;
}

int vdc_time_parse_since(const char *text, int64_t now, int64_t *ret, struct vdc_err *err)
{
	int64_t ago;

	if (!strcmp(text, "now")) {
		*ret = now;
		return 0;
	}
	if (vdc_duration_parse(text, &ago, NULL) == 0) {
		*ret = now - ago;
		return 0;
	}
	if (vdc_time_parse(text, ret, NULL) == 0)
		return 0;
	return vdc_err_set(err, -EINVAL,
			   "'%.60s' is neither a duration such as 1h nor a time such as "
			   "2026-01-31T12:00:00Z",
			   text);
}

const char *vdc_duration_format(int64_t us, char out[VDC_TIME_LEN + 1])
{
	int64_t s = us / VDC_SECOND;

	if (s < 0)
		s = 0;
	if (s < 120)
		snprintf(out, VDC_TIME_LEN + 1, "%ds", (int)s);
	else if (s < 7200)
		snprintf(out, VDC_TIME_LEN + 1, "%dm", (int)(s / 60));
	else if (s < 172800)
		snprintf(out, VDC_TIME_LEN + 1, "%dh", (int)(s / 3600));
	else
		snprintf(out, VDC_TIME_LEN + 1, "%lldd", (long long)(s / 86400));
	return out;
}
