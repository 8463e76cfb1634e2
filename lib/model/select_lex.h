/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letters and words of a --select expression. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

enum vdc_select_op {
	VDC_SELECT_TRUE, /* a field alone */
	VDC_SELECT_EQ,
	VDC_SELECT_NE,
	VDC_SELECT_LT,
	VDC_SELECT_LE,
	VDC_SELECT_GT,
	VDC_SELECT_GE,
	VDC_SELECT_MATCH,
	VDC_SELECT_NO_MATCH,
};

struct vdc_select_lex {
	const char *text;
	const char *at;
	struct vdc_arena *arena;
	struct vdc_err *err;
};

/* -EINVAL with the column of WHERE. */
#define vdc_select_refuse(lex, where, ...) \
	vdc_err_at((lex)->err, -EINVAL, 0, (unsigned)((where) - (lex)->text) + 1, __VA_ARGS__)

/* Passes white space; then takes SYMBOL if it stands there. */
bool vdc_select_take(struct vdc_select_lex *lex, const char *symbol);
bool vdc_select_at_end(struct vdc_select_lex *lex);

/* A field's name; NULL when none stands there. In the arena. */
const char *vdc_select_name(struct vdc_select_lex *lex);
/* VDC_SELECT_TRUE when none stands there. */
enum vdc_select_op vdc_select_operator(struct vdc_select_lex *lex);
/* What an operator compares with: a bare word or a quoted text. In the arena. */
int vdc_select_value(struct vdc_select_lex *lex, const char **ret);
