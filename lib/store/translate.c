/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/translate.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

enum { WORD_MAX_BYTES = 64 };

struct scan {
	enum vdc_db_engine engine;
	struct vdc_buf out;
	int depth;		       /* of parentheses */
	unsigned words;		       /* of the statement so far */
	bool creates_table;	       /* it begins with CREATE TABLE */
	char previous[WORD_MAX_BYTES]; /* the word before this one */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *translated(const struct scan *scan, const char *word)
{
	if (scan->engine == VDC_DB_SQLITE && strcmp(word, "BIGINT") == 0)
		return "INTEGER";
	if (scan->engine == VDC_DB_POSTGRES && strcmp(word, "TEXT") == 0 &&
	    strcmp(scan->previous, "AS") != 0)
		return "TEXT COLLATE \"C\"";
	return word;
}

static const char *take_word(struct scan *scan, const char *p)
{
	char word[WORD_MAX_BYTES] = "";
	size_t len = 0;

	while (is_word(p[len]))
		len++;
	if (len >= sizeof(word)) {
		vdc_buf_add(&scan->out, p, len);
		return p + len;
	}
	memcpy(word, p, len);
	vdc_buf_puts(&scan->out, translated(scan, word));
	if (++scan->words == 2)
		scan->creates_table =
			strcmp(scan->previous, "CREATE") == 0 && strcmp(word, "TABLE") == 0;
	memcpy(scan->previous, word, sizeof(word));
	return p + len;
}

static const char *take_verbatim(struct scan *scan, const char *p, size_t len)
{
	vdc_buf_add(&scan->out, p, len);
	return p + len;
}

static const char *take_quoted(struct scan *scan, const char *p)
{
	const char *end = strchr(p + 1, *p);

	return take_verbatim(scan, p, end ? (size_t)(end - p) + 1 : strlen(p));
}

static const char *take_sign(struct scan *scan, const char *p)
{
	vdc_buf_putc(&scan->out, *p);
	if (*p == '(')
		scan->depth++;
	if (*p == ')' && --scan->depth == 0 && scan->creates_table && scan->engine == VDC_DB_SQLITE)
		vdc_buf_puts(&scan->out, " STRICT");
	if (*p == ';') {
		scan->words = 0;
		scan->creates_table = false;
	}
	return p + 1;
}

char *vdc_sql_translate(enum vdc_db_engine engine, const char *text)
{
	struct scan scan = { .engine = engine };
	const char *p = text;

	while (*p) {
		if (p[0] == '-' && p[1] == '-')
			p = take_verbatim(&scan, p, strcspn(p, "\n"));
		else if (*p == '\'' || *p == '"')
			p = take_quoted(&scan, p);
		else if (is_word(*p))
			p = take_word(&scan, p);
		else
			p = take_sign(&scan, p);
	}
	return vdc_buf_steal(&scan.out);
}
