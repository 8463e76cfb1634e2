/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/release.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { PARTS = 4, PART_BITS = 16, PART_MOST = (1 << PART_BITS) - 1 };

static const char *take_number(const char *s, uint64_t *ret)
{
	uint64_t value = 0;

	for (; isdigit((unsigned char)*s); s++) {
		if (value <= PART_MOST)
			value = value * 10 + (uint64_t)(*s - '0');
	}
	*ret = value < PART_MOST ? value : PART_MOST;
	return s;
}

/* Past what stands before the version: a name, and the epoch of a Debian package. */
static const char *skip_to_number(const char *s)
{
	const char *digits;

	while (*s && !isdigit((unsigned char)*s))
		s++;
	for (digits = s; isdigit((unsigned char)*s); s++)
		;
	return *s == ':' && isdigit((unsigned char)s[1]) ? s + 1 : digits;
}

/* " R5" or " SP2"; NULL when S is something else. */
static const char *skip_service_word(const char *s)
{
	static const char *const words[] = { " SP", " R" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = i == 0 ? 3 : 2;

		if (strncasecmp(s, words[i], len) == 0 && isdigit((unsigned char)s[len]))
			return s + len;
	}
	return NULL;
}

/* COUNT: how many numbers there were. */
static uint64_t parse(const char *text, int *count)
{
	const char *s = text ? skip_to_number(text) : "";
	uint64_t release = 0, part;

	for (*count = 0; *count < PARTS; (*count)++) {
		if (*count > 0 && *s == '.' && isdigit((unsigned char)s[1]))
			s++;
		else if (*count == PARTS - 1)
			s = skip_service_word(s);
		if (!s || !isdigit((unsigned char)*s))
			break;
		s = take_number(s, &part);
		release |= part << PART_BITS * (PARTS - 1 - *count);
	}
	return release;
}

uint64_t vdc_release_parse(const char *text)
{
	int count;

	return parse(text, &count);
}

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

uint64_t vdc_release_typed(const char *text)
{
	const char *s = text && isdigit((unsigned char)*text) ? skip_digits(text) : NULL;

	if (s && *s == ':' && isdigit((unsigned char)s[1]))
		s = skip_digits(s + 1);
	while (s && *s == '.' && isdigit((unsigned char)s[1]))
		s = skip_digits(s + 1);
	return s && (!*s || strchr("-+~", *s)) ? vdc_release_parse(text) : 0;
}

int vdc_release_numbers(const char *text)
{
	int count;

	parse(text, &count);
	return count;
}

bool vdc_release_covers(const char *release, const char *version)
{
	int count, unused;
	uint64_t begins = parse(release, &count), all = parse(version, &unused);

	return count > 0 && (begins ^ all) >> PART_BITS * (PARTS - count) == 0;
}

bool vdc_release_same_minor(const char *a, const char *b)
{
	return (vdc_release_parse(a) ^ vdc_release_parse(b)) >> 2 * PART_BITS == 0;
}
