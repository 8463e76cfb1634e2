/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --output and --sort: lists of fields. */
#pragma once

#include "base/mem.h"
#include "model/kind.h"

struct vdc_columns {
	const struct vdc_field **fields;
	bool *reverse; /* --sort: largest first */
	size_t n;
};

/* TEXT "name,status", "+memory", "all", NULL for the usual ones. Lives in ARENA. */
int vdc_columns_of_output(const struct vdc_kind *kind, const char *text, struct vdc_arena *arena,
			  struct vdc_columns *ret, struct vdc_err *err);
/* TEXT "status,-memory", NULL for none. */
int vdc_columns_of_sort(const struct vdc_kind *kind, const char *text, struct vdc_arena *arena,
			struct vdc_columns *ret, struct vdc_err *err);

bool vdc_columns_have(const struct vdc_columns *columns, const struct vdc_field *field);

/* --output help */
void vdc_columns_help(const struct vdc_kind *kind);
