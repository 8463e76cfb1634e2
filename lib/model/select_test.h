/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One comparison of a --select expression: FIELD OP VALUE. */
#pragma once

#include <regex.h>

#include "model/kind.h"
#include "model/select_lex.h"

struct vdc_select_test {
	const struct vdc_field *field;
	enum vdc_select_op op;
	const void *value; /* an object whose FIELD is the value */
	regex_t *regex;	   /* of (NO_)MATCH; the owner calls regfree */
};

/* TEST's field and op are set; adds VALUE, parsed by the type of the field. */
int vdc_select_test_set(struct vdc_select_test *test, const struct vdc_kind *kind,
			const char *value, int64_t now, struct vdc_arena *arena,
			struct vdc_err *err);
bool vdc_select_test_holds(const struct vdc_select_test *test, const void *object);
