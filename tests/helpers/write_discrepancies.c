/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* write_discrepancies: prints the section of vdc-discrepancies(7) with all codes, as mdoc. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "plan/image_codes.h"

enum { WIDTH = 78 };

static const char *const groups[] = {
	[VDC_IMAGE_MISSING] = "Volumes on one side only",
	[VDC_IMAGE_ATTRIBUTES] = "Attributes",
	[VDC_IMAGE_CHAINS] = "Chains",
	[VDC_IMAGE_VOLUMES] = "Volumes",
	[VDC_IMAGE_LEASES] = "Leases",
	[VDC_IMAGE_DOMAIN] = "The domain itself",
};

/* TEXT as a sentence, or the end of one, broken at blanks. */
static void print_words(const char *text, bool first)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column && column + len + 1 > WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%c%.*s", column ? " " : "",
					 first ? toupper((unsigned char)*text) : *text,
					 (int)len - 1, text + 1);
		text += len + strspn(text + len, " ");
		first = false;
	}
	puts(".");
}

static void print_sentence(const char *text)
{
	print_words(text, true);
}

static void print_part(const char *heading, const char *text)
{
	printf(".Pp\n.Em %s :\n", heading);
	print_sentence(text);
}

static void print_code(const struct vdc_image_code *code)
{
	printf(".It Cm %s Pq Cm %s\n", code->code,
	       vdc_enum_word(&vdc_finding_severity_values, code->severity));
	print_sentence(code->what);
	print_part("Why", code->cause);
	print_part("Repair", code->repair);
	if (!code->never)
		return;
	puts(".Pp\n.Em Never");
	print_words(code->never, false);
}

int main(void)
{
	puts(".Sh CODES");
	for (size_t group = 0; group < VDC_COUNT(groups); group++) {
		printf(".Ss %s\n.Bl -tag -width Ds\n", groups[group]);
		for (int id = 0; id < VDC_IMAGE_N_CODES; id++)
			if (vdc_image_code(id)->group == group)
				print_code(vdc_image_code(id));
		puts(".El");
	}
	return 0;
}
