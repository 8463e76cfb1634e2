/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/kind.h"

static inline const char *skip_joints(const char *s)
{
	while (*s == '_' || *s == '-')
		s++;
	return s;
}

/* ASCII only: a word means the same in every locale. */
static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Compares A up to A_END with B. */
static bool same_word(const char *a, const char *a_end, const char *b)
{
	for (;;) {
		a = skip_joints(a);
		b = skip_joints(b);
		if (a >= a_end || !*b)
			return a >= a_end && !*b;
		if (lower(*a++) != lower(*b++))
			return false;
	}
}

bool vdc_word_equal(const char *a, const char *b)
{
	return same_word(a, a + strlen(a), b);
}

static int64_t find_word(const struct vdc_enum *values, const char *word)
{
	for (int64_t i = 0; values->words[i]; i++) {
		if (vdc_word_equal(values->words[i], word))
			return i;
	}
	return -1;
}

/* As we write it, which is how databases and most documents have it. */
static int64_t find_same(const struct vdc_enum *values, const char *word)
{
	for (int64_t i = 0; values->words[i]; i++) {
		if (*values->words[i] == *word && !strcmp(values->words[i], word))
			return i;
	}
	return -1;
}

int64_t vdc_enum_find(const struct vdc_enum *values, const char *word)
{
	int64_t index = find_same(values, word);

	if (index < 0)
		index = find_word(values, word);

	for (const char *const *a = values->aliases; index < 0 && a && *a; a++) {
		const char *equals = strchr(*a, '=');

		if (same_word(*a, equals, word))
			return find_word(values, equals + 1);
	}
	return index;
}

const char *vdc_enum_word(const struct vdc_enum *values, int64_t index)
{
	for (int64_t i = 0; values->words[i]; i++) {
		if (i == index)
			return values->words[i];
	}
	return "";
}
