/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt wrote, kept in tests/data/libvirt. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "unit.h"

static inline char *data_file(struct vdc_arena *arena, const char *name)
{
	char text[32768];
	char *path = vdc_arena_format(arena, "%s/tests/data/libvirt/%s",
				      getenv("VDC_TEST_SRC") ?: ".", name);
	FILE *in = fopen(path, "re");
	size_t n;

	assert_non_null(in);
	n = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	return vdc_arena_strndup(arena, text, n);
}
