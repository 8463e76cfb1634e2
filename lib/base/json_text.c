/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json_text.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Top bits of the bytes of WORD that are BYTE; a false one only behind a true one. */
static uint64_t equal(uint64_t word, unsigned char byte)
{
	word ^= EACH(byte);
	return (word - EACH(0x01)) & ~word & EACH(0x80);
}

static bool all_plain(uint64_t word)
{
	uint64_t below_space = (word - EACH(0x20)) & ~word & EACH(0x80);

	return !(below_space | equal(word, '"') | equal(word, '\\'));
}

size_t vdc_json_plain_span(const char *s, size_t len)
{
	size_t i = 0;
	uint64_t word;

	for (; len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		if (!all_plain(word))
			break;
	}
	while (i < len && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

/* Four hexadecimal digits; -1: they are not. */
static int hex4(const char *s, const char *end)
{
	int value = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char c = s[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value |= (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

static bool is_high(int unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

static char *put_utf8(char *out, int c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*out++ = (char)(0xe0 | c >> 12);
		} else {
			*out++ = (char)(0xf0 | c >> 18);
			*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

/* \uXXXX, or two of them for a character beyond 16 bits; FROM is at its backslash. */
static const char *unescape_unit(const char **from, const char *end, char **out)
{
	int c = hex4(*from + 2, end), low;

	if (c < 0)
		return "\\u needs four hexadecimal digits";
	if (c == 0)
		return "\\u0000 is not allowed";
	if (is_low(c))
		return "the second half of a surrogate pair without the first";
	if (!is_high(c)) {
		*from += 6;
	} else {
		low = end - *from >= 12 && !memcmp(*from + 6, "\\u", 2) ? hex4(*from + 8, end) : -1;
		if (!is_low(low))
			return "the first half of a surrogate pair without the second";
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		*from += 12;
	}
	*out = put_utf8(*out, c);
	return NULL;
}

static const char *unescape(const char **from, const char *end, char **out)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *name;

	if (end - *from < 2 || !(*from)[1])
		return "unknown escape";
	if ((*from)[1] == 'u')
		return unescape_unit(from, end, out);
	name = strchr(names, (*from)[1]);
	if (!name)
		return "unknown escape";
	*(*out)++ = bytes[name - names];
	*from += 2;
	return NULL;
}

/* The quote that ends the text, NULL: none. Nothing is checked. */
static const char *closing_quote(const char *s, const char *end)
{
	for (;;) {
		s += vdc_json_plain_span(s, (size_t)(end - s));
		if (end - s < 2)
			return s < end && *s == '"' ? s : NULL;
		if (*s == '"')
			return s;
		s += *s == '\\' ? 2 : 1;
	}
}

/* A text with escapes in it: as long as it stands there, or shorter. */
static char *decode(const char **pos, const char *end, struct vdc_arena *arena, const char **wrong)
{
	const char *from = *pos, *quote = closing_quote(from, end);
	char *text, *out;

	if (!quote)
		return NULL;
	text = out = vdc_arena_alloc(arena, (size_t)(quote - from) + 1);
	while (!*wrong && from < quote) {
		size_t plain = vdc_json_plain_span(from, (size_t)(quote - from));

		memcpy(out, from, plain);
		out += plain;
		from += plain;
		if (from < quote)
			*wrong = *from == '\\' ? unescape(&from, quote, &out)
					       : "a control character in a text";
	}
	*pos = *wrong ? from : quote + 1;
	return *wrong ? NULL : text;
}

char *vdc_json_text(const char **pos, const char *end, struct vdc_arena *arena, const char **wrong)
{
	const char *from = *pos + 1;
	size_t plain = vdc_json_plain_span(from, (size_t)(end - from));

	if (from + plain < end && from[plain] == '"') {
		*pos = from + plain + 1;
		return vdc_arena_strndup(arena, from, plain);
	}
	*pos = from;
	return decode(pos, end, arena, wrong);
}

static const char *digits(const char *s, const char *end)
{
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	return s;
}

/* Behind the number, or NULL; WHOLE: it is an integer. */
static const char *number_end(const char *s, const char *end, bool *whole)
{
	const char *from;

	s += *s == '-';
	from = s;
	s = digits(s, end);
	if (s == from || (*from == '0' && s > from + 1))
		return NULL;
	*whole = true;
	if (s < end && *s == '.') {
		*whole = false;
		from = ++s;
		s = digits(s, end);
		if (s == from)
			return NULL;
	}
	if (s < end && (*s == 'e' || *s == 'E')) {
		*whole = false;
		s++;
		s += s < end && (*s == '+' || *s == '-');
		from = s;
		s = digits(s, end);
		if (s == from)
			return NULL;
	}
	return s;
}

char *vdc_json_number(const char **pos, const char *end, struct vdc_arena *arena,
		      const char **wrong)
{
	bool whole;
	const char *behind = number_end(*pos, end, &whole);
	char *text;
	double real;

	*wrong = "a number should be here";
	if (!behind)
		return NULL;
	text = vdc_arena_strndup(arena, *pos, (size_t)(behind - *pos));
	errno = 0;
	if (whole && behind - *pos > 18)
		strtoll(text, NULL, 10);
	*wrong = "an integer beyond 64 bits";
	if (errno == ERANGE)
		return NULL;
	if (!whole) {
		real = strtod(text, NULL);
		*wrong = "a number that is too large";
		if (isinf(real))
			return NULL;
		text = vdc_real_text(arena, real);
	}
	*pos = behind;
	return strcmp(text, "-0") == 0 && whole ? text + 1 : text;
}
