/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/columns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/similar.h"
#include "cli/wrap.h"

bool vdc_columns_have(const struct vdc_columns *columns, const struct vdc_field *field)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (columns->fields[i] == field)
			return true;
	}
	return false;
}

static void add(struct vdc_columns *columns, const struct vdc_field *field, bool reverse)
{
	if (vdc_columns_have(columns, field))
		return;
	columns->fields[columns->n] = field;
	columns->reverse[columns->n++] = reverse;
}

static void add_flagged(struct vdc_columns *columns, const struct vdc_kind *kind, unsigned with,
			unsigned without)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];

		if ((f->flags & with) == with && !(f->flags & without))
			add(columns, f, false);
	}
}

/* People look for the name first, wherever its field stands. */
static void add_listed(struct vdc_columns *columns, const struct vdc_kind *kind)
{
	const struct vdc_field *name = vdc_kind_field(kind, "name");

	if (name && (name->flags & VDC_LISTED))
		add(columns, name, false);
	add_flagged(columns, kind, VDC_LISTED, 0);
}

static int unknown(const struct vdc_kind *kind, const char *name, struct vdc_err *err)
{
	struct vdc_similar similar = { .word = name };
	char hint[VDC_SIMILAR_HINT];

	for (size_t i = 0; i < kind->n_fields; i++)
		vdc_similar_try(&similar, kind->fields[i].name);
	vdc_similar_hint(&similar, hint);
	return vdc_err_set(err, -EINVAL, "a %s has no field '%.60s'%s", kind->word, name,
			   hint[0] ? hint : "; --output help lists them");
}

typedef int word_fn(struct vdc_columns *columns, const struct vdc_kind *kind, const char *word,
		    struct vdc_err *err);

static int output_word(struct vdc_columns *columns, const struct vdc_kind *kind, const char *word,
		       struct vdc_err *err)
{
	const struct vdc_field *field;

	if (!strcmp(word, "all")) {
		add_flagged(columns, kind, 0, VDC_LONG);
		return 0;
	}
	if (*word == '+') {
		if (!columns->n)
			add_listed(columns, kind);
		word++;
	}
	field = vdc_kind_field(kind, word);
	if (!field)
		return unknown(kind, word, err);
	add(columns, field, false);
	return 0;
}

static int sort_word(struct vdc_columns *columns, const struct vdc_kind *kind, const char *word,
		     struct vdc_err *err)
{
	bool reverse = *word == '-';
	const struct vdc_field *field = vdc_kind_field(kind, word + reverse);

	if (!field)
		return unknown(kind, word + reverse, err);
	add(columns, field, reverse);
	return 0;
}

static void make(struct vdc_columns *columns, const struct vdc_kind *kind, struct vdc_arena *arena)
{
	columns->fields = vdc_arena_alloc(arena, kind->n_fields * sizeof(*columns->fields));
	columns->reverse = vdc_arena_alloc(arena, kind->n_fields * sizeof(*columns->reverse));
	columns->n = 0;
}

static int each_word(struct vdc_columns *columns, const struct vdc_kind *kind, const char *text,
		     struct vdc_arena *arena, word_fn *fn, struct vdc_err *err)
{
	char *rest = vdc_arena_strdup(arena, text), *word;
	int r = 0;

	while (!r && (word = strsep(&rest, ",")))
		r = fn(columns, kind, word, err);
	return r;
}

int vdc_columns_of_output(const struct vdc_kind *kind, const char *text, struct vdc_arena *arena,
			  struct vdc_columns *ret, struct vdc_err *err)
{
	int r = 0;

	make(ret, kind, arena);
	if (!text)
		add_listed(ret, kind);
	else
		r = each_word(ret, kind, text, arena, output_word, err);
	if (r)
		vdc_err_prefix(err, "--output: ");
	return r;
}

int vdc_columns_of_sort(const struct vdc_kind *kind, const char *text, struct vdc_arena *arena,
			struct vdc_columns *ret, struct vdc_err *err)
{
	int r = 0;

	make(ret, kind, arena);
	if (text)
		r = each_word(ret, kind, text, arena, sort_word, err);
	if (r)
		vdc_err_prefix(err, "--sort: ");
	return r;
}

void vdc_columns_help(const struct vdc_kind *kind)
{
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct vdc_field *f = &kind->fields[i];

		char left[80];

		snprintf(left, sizeof(left), "%c %s", f->flags & VDC_LISTED ? '*' : ' ', f->name);
		vdc_print_entry(left, f->help ? f->help : "");
	}
	puts("\n* is shown unless --output says otherwise; all stands for every short field.");
}
