/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/wrap.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/words.h"

enum { WIDTH = 79, HELP_COLUMN = 28 };

void vdc_print_wrapped(const char *text, int at, int indent)
{
	const char *word;
	bool first = true;
	size_t len;

	while ((word = vdc_word_next(&text, &len))) {
		if (!first && at + 1 + (int)len > WIDTH) {
			printf("\n%*s", indent, "");
			at = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", (int)len, word);
		at += (int)len + !first;
		first = false;
	}
	putchar('\n');
}

void vdc_print_entry(const char *left, const char *help)
{
	int at = printf("  %s", left);

	if (at > HELP_COLUMN - 2) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", HELP_COLUMN - at, "");
	vdc_print_wrapped(help, HELP_COLUMN, HELP_COLUMN);
}
