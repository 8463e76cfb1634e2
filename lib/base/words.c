/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/words.h"

#include <string.h>

const char *vdc_word_next(const char **text, size_t *len)
{
	const char *word = *text + strspn(*text, " ");

	if (!*word)
		return NULL;
	*len = strcspn(word, " ");
	*text = word + *len;
	return word;
}

bool vdc_words_have(const char *words, const char *word)
{
	size_t len;

	if (!words)
		return false;
	for (const char *w; (w = vdc_word_next(&words, &len));) {
		if (strlen(word) == len && !memcmp(w, word, len))
			return true;
	}
	return false;
}

char *vdc_line_value(const char *lines, const char *name, struct vdc_arena *arena)
{
	size_t len = strlen(name);

	for (const char *line = lines; line && *line;) {
		const char *end = strchrnul(line, '\n');

		if (strncmp(line, name, len) == 0 && line[len] == '=')
			return vdc_arena_strndup(arena, line + len + 1,
						 (size_t)(end - line) - len - 1);
		line = *end ? end + 1 : end;
	}
	return NULL;
}
