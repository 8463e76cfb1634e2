/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-discrepancies explain */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/similar.h"
#include "image_discrepancies.h"

enum { WIDTH = 78, INDENT = 10 };

/* A paragraph under its heading, broken at blanks. */
static void print_part(const char *heading, const char *text)
{
	size_t column = INDENT;

	if (!text)
		return;
	printf("  %-*s", INDENT - 2, heading);
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > INDENT && column + len + 1 > WIDTH) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		}
		column += (size_t)printf("%s%.*s", column > INDENT ? " " : "", (int)len, text);
		text += len + strspn(text + len, " ");
	}
	putchar('\n');
}

static void explain(const struct vdc_image_code *code)
{
	printf("%s (%s)\n", code->code,
	       vdc_enum_word(&vdc_finding_severity_values, code->severity));
	print_part("What", code->what);
	print_part("Why", code->cause);
	print_part("Repair", code->repair);
	print_part("Never", code->never);
}

static int no_code(const char *word, struct vdc_err *err)
{
	struct vdc_similar similar = { .word = word };
	char hint[VDC_SIMILAR_HINT];

	for (size_t i = 0; i < VDC_IMAGE_N_CODES; i++)
		vdc_similar_try(&similar, vdc_image_code(i)->code);
	return vdc_err_set(err, -ENOENT, "there is no code '%.60s'%s", word,
			   vdc_similar_hint(&similar, hint));
}

int discrepancies_explain(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	int n = vdc_call_operands(call, &words);

	for (int i = 0; i < n; i++)
		if (!vdc_image_code_find(words[i]))
			return no_code(words[i], err);
	for (int i = 0; i < (n ? n : VDC_IMAGE_N_CODES); i++) {
		if (i)
			putchar('\n');
		explain(n ? vdc_image_code_find(words[i]) : vdc_image_code(i));
	}
	return 0;
}
