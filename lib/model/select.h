/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The expressions of --select, the same in every command that lists:
 *
 *	status=up && memory>64G        !(cluster=prod || name~"^db")       level>=4.5
 *
 * FIELD OP VALUE with = != < <= > >= and ~ !~ (POSIX extended regular expression, the text of the
 * field); a FIELD alone is true when it has a value that is not 0, false or empty; && || ! ( ).
 * Values are parsed by the field's type: sizes, durations before now for times (`seen>1h` is
 * "later than an hour ago"), words of an enumeration, levels; a reference compares id or name; = of
 * a list of words is true when one of them is the value. A field without a value satisfies only !=,
 * !~ and !. References do not reach further: there is no `cluster.level`.
 *
 * A value goes to the next blank, && or ||, or ")" that it did not open; or it is quoted by " or ',
 * where a backslash is needed only before that quote. Every other backslash stays what it is.
 */
#pragma once

#include "model/kind.h"

struct vdc_select;

/* -EINVAL with err->column where it went wrong, and the fields there are for an unknown one. */
int vdc_select_parse(const struct vdc_kind *kind, const char *text, int64_t now,
		     struct vdc_select **ret, struct vdc_err *err);
void vdc_select_free(struct vdc_select *select);
/* Whether it looks at that field at all. */
bool vdc_select_uses(const struct vdc_select *select, const struct vdc_field *field);
bool vdc_select_matches(const struct vdc_select *select, const void *object);
