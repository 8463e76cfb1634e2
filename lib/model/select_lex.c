/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/select_lex.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static void skip_blanks(struct vdc_select_lex *lex)
{
	lex->at += strspn(lex->at, " \t\r\n");
}

bool vdc_select_take(struct vdc_select_lex *lex, const char *symbol)
{
	size_t len = strlen(symbol);

	skip_blanks(lex);
	if (strncmp(lex->at, symbol, len) != 0)
		return false;
	lex->at += len;
	return true;
}

bool vdc_select_at_end(struct vdc_select_lex *lex)
{
	skip_blanks(lex);
	return !*lex->at;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

const char *vdc_select_name(struct vdc_select_lex *lex)
{
	const char *start;

	skip_blanks(lex);
	start = lex->at;
	while (is_name(*lex->at))
		lex->at++;
	if (lex->at == start)
		return NULL;
	return vdc_arena_strndup(lex->arena, start, (size_t)(lex->at - start));
}

enum vdc_select_op vdc_select_operator(struct vdc_select_lex *lex)
{
	static const struct {
		const char *symbol;
		enum vdc_select_op op;
	} operators[] = { /* the longer one of two first */
		{ "==", VDC_SELECT_EQ }, { "=", VDC_SELECT_EQ },    { "!=", VDC_SELECT_NE },
		{ "!~", VDC_SELECT_NO_MATCH }, { "<=", VDC_SELECT_LE }, { "<", VDC_SELECT_LT },
		{ ">=", VDC_SELECT_GE }, { ">", VDC_SELECT_GT },    { "~", VDC_SELECT_MATCH },
	};

	for (size_t i = 0; i < VDC_COUNT(operators); i++) {
		if (vdc_select_take(lex, operators[i].symbol))
			return operators[i].op;
	}
	return VDC_SELECT_TRUE;
}

/* Between quotes a backslash is for the quote alone; regular expressions have their own. */
static int quoted_value(struct vdc_select_lex *lex, const char **ret)
{
	const char *start = lex->at, quote = *start, *s;
	char *value = vdc_arena_alloc(lex->arena, strlen(start) + 1), *end = value;

	for (s = start + 1; *s && *s != quote; s++) {
		if (*s == '\\' && s[1] == quote)
			s++;
		*end++ = *s;
	}
	if (!*s)
		return vdc_select_refuse(lex, start, "the closing %c is missing", quote);
	lex->at = s + 1;
	*ret = value;
	return 0;
}

/* A bare word goes on to a blank, a joint of the expression, or a ')' that it did not open. */
static const char *bare_end(const char *s)
{
	int depth = 0;

	for (; *s && !isspace((unsigned char)*s); s++) {
		if (!strncmp(s, "&&", 2) || !strncmp(s, "||", 2))
			break;
		if (*s == ')' && --depth < 0)
			break;
		depth += *s == '(';
	}
	return s;
}

int vdc_select_value(struct vdc_select_lex *lex, const char **ret)
{
	const char *start, *end;

	skip_blanks(lex);
	start = lex->at;
	if (*start == '"' || *start == '\'')
		return quoted_value(lex, ret);
	end = bare_end(start);
	if (end == start)
		return vdc_select_refuse(lex, start, "a value is missing (\"\" is the empty one)");
	lex->at = end;
	*ret = vdc_arena_strndup(lex->arena, start, (size_t)(end - start));
	return 0;
}
