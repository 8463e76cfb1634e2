/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/domain_checksum.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/sha1.h"
#include "base/utf8.h"

#define OWN_KEY "_SHA_CKSUM"

struct line {
	const char *key, *value;
	size_t key_len, value_len;
};

static int compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	size_t least = x->key_len < y->key_len ? x->key_len : y->key_len;
	int r = memcmp(x->key, y->key, least);

	return r ? r : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Lines without "=" do not count, nor do blanks around a value. False: it is none. */
static bool read_line(const char *text, size_t len, struct line *line)
{
	const char *equals = memchr(text, '=', len);

	if (!equals)
		return false;
	*line = (struct line){ text, equals + 1, (size_t)(equals - text),
			       len - (size_t)(equals - text) - 1 };
	while (line->value_len && is_blank(*line->value))
		line->value++, line->value_len--;
	while (line->value_len && is_blank(line->value[line->value_len - 1]))
		line->value_len--;
	return true;
}

/* The length of the character at S, which is UTF-8, and its number. */
static size_t decode(const unsigned char *s, unsigned *code)
{
	size_t len = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;

	*code = len == 1 ? *s : *s & (0x7fU >> len);
	for (size_t i = 1; i < len; i++)
		*code = *code << 6 | (s[i] & 0x3fU);
	return len;
}

static void add(struct vdc_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned code;
		size_t n = decode((const unsigned char *)text + i, &code);

		if (n == 1)
			vdc_buf_putc(out, text[i]);
		else
			vdc_buf_printf(out, "&#%u;", code);
		i += n;
	}
}

static bool is_wrong(struct line *lines, size_t n, const struct line *own)
{
	char sum[VDC_SHA1_HEX + 1];
	vdc_autobuf text = { 0 };

	qsort(lines, n, sizeof(*lines), compare);
	for (size_t i = 0; i < n; i++) {
		add(&text, lines[i].key, lines[i].key_len);
		vdc_buf_putc(&text, '=');
		add(&text, lines[i].value, lines[i].value_len);
	}
	vdc_sha1_hex(text.data, text.len, sum);
	return own->value_len != VDC_SHA1_HEX || memcmp(own->value, sum, VDC_SHA1_HEX) != 0;
}

bool vdc_domain_checksum_is_wrong(const char *text, size_t len)
{
	struct line *lines, own = { 0 };
	size_t n = 0;
	bool wrong;

	/* Whoever wrote the sum could not have made it of this. */
	if (vdc_utf8_span(text, len) != len)
		return memmem(text, len, OWN_KEY "=", strlen(OWN_KEY) + 1);
	lines = vdc_alloc((len / 2 + 1) * sizeof(*lines));
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		if (read_line(text, line, &lines[n])) {
			if (lines[n].key_len == strlen(OWN_KEY) &&
			    !memcmp(lines[n].key, OWN_KEY, strlen(OWN_KEY)))
				own = lines[n];
			else
				n++;
		}
		line += end ? 1 : 0;
		text += line;
		len -= line;
	}
	wrong = own.key && n && is_wrong(lines, n, &own);
	free(lines);
	return wrong;
}
