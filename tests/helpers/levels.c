/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* levels FILE: what the program understands of a file of the catalogue; for tests. */
#include <stdio.h>

#include "base/buf.h"
#include "doc/catalogue.h"

static int slurp(const char *path, struct vdc_buf *text)
{
	FILE *in = fopen(path, "re");
	int c;

	while (in && (c = getc(in)) != EOF)
		vdc_buf_putc(text, (char)c);
	return in ? fclose(in) : -1;
}

static void print(const struct vdc_level_family *family)
{
	fputs(family->name, stdout);
	for (size_t i = 0; i < family->n_levels; i++)
		printf(" %d.%d", family->levels[i].level.major, family->levels[i].level.minor);
	putchar('\n');
}

int main(int argc, char **argv)
{
	vdc_autoarena *arena = vdc_arena_new();
	const struct vdc_catalogue *catalogue;
	struct vdc_err err = { 0 };
	vdc_autobuf text = { 0 };

	if (argc != 2 || slurp(argv[1], &text))
		return 2;
	if (vdc_catalogue_read_text(vdc_buf_str(&text), text.len, argv[1], arena, &catalogue,
				    &err) < 0) {
		fprintf(stderr, "levels: %s\n", vdc_err_text(&err));
		return 1;
	}
	for (size_t i = 0; i < catalogue->n_families; i++)
		print(&catalogue->families[i]);
	return 0;
}
