/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Length of the character beyond ASCII at S, 0 when it is none (RFC 3629, section 4). */
static size_t wide(const unsigned char *s, size_t len)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (len < n || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static uint64_t eight(const unsigned char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

static bool all_ascii(uint64_t word)
{
	return !(word & UINT64_C(0x8080808080808080));
}

/* All ASCII and nothing below 0x20: no byte borrows from its top bit. */
static bool all_plain(uint64_t word)
{
	return all_ascii(word | (word - UINT64_C(0x2020202020202020)));
}

size_t vdc_utf8_span(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;

	while (i < len) {
		size_t n;

		if (len - i >= sizeof(uint64_t) && all_ascii(eight(s + i))) {
			i += sizeof(uint64_t);
			continue;
		}
		n = s[i] < 0x80 ? 1 : wide(s + i, len - i);
		if (!n)
			return i;
		i += n;
	}
	return len;
}

static bool fits_xml(const unsigned char *s, size_t n)
{
	if (n == 1)
		return s[0] >= 0x20 || s[0] == '\t' || s[0] == '\n' || s[0] == '\r';
	return !(n == 3 && s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe);
}

size_t vdc_utf8_xml_span(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;

	while (i < len) {
		size_t n;

		if (len - i >= sizeof(uint64_t) && all_plain(eight(s + i))) {
			i += sizeof(uint64_t);
			continue;
		}
		n = s[i] < 0x80 ? 1 : wide(s + i, len - i);
		if (!n || !fits_xml(s + i, n))
			return i;
		i += n;
	}
	return len;
}
