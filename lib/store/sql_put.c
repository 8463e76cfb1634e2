/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements that create a row or change the one that is there. */
#include "store/row.h"
#include "store/sql.h"

static void literal(struct vdc_buf *out, const struct vdc_kind *kind, const struct vdc_field *f)
{
	vdc_autoarena *arena = vdc_arena_new();
	void *object = vdc_object_new(kind, arena);
	char scratch[VDC_SCRATCH];
	struct vdc_value v;
	const char *p;

	vdc_object_preset(kind, object, arena);
	v = vdc_row_value(f, object, scratch);
	if (v.type == VDC_INTEGER) {
		vdc_buf_printf(out, "%lld", (long long)v.integer);
		return;
	}
	vdc_buf_putc(out, '\'');
	for (p = v.text; p && *p; p++)
		vdc_buf_printf(out, *p == '\'' ? "''" : "%c", *p);
	vdc_buf_putc(out, '\'');
}

/*
 * What a new row gets. A required value that is not given is taken from the row that is there, as
 * the engines look at NOT NULL before they look at ON CONFLICT.
 */
static void put_value(struct vdc_buf *out, const struct vdc_kind *kind, size_t i)
{
	const struct vdc_field *f = &kind->fields[i];

	if (f->preset) {
		vdc_buf_printf(out, "COALESCE(CAST($%zu AS %s), ", i + 1,
			       vdc_sql_is_integer(f) ? "BIGINT" : "TEXT");
		literal(out, kind, f);
		vdc_buf_putc(out, ')');
	} else if ((f->flags & VDC_REQUIRED) && i > 0) {
		vdc_buf_printf(out, "COALESCE($%zu, (SELECT ", i + 1);
		vdc_sql_column_of(out, "o", f);
		vdc_buf_printf(out, " FROM %s o WHERE o.id = $1))", kind->plural);
	} else {
		vdc_buf_printf(out, "$%zu", i + 1);
	}
}

void vdc_sql_put(struct vdc_buf *out, const struct vdc_kind *kind)
{
	size_t i;

	vdc_buf_printf(out, "INSERT INTO %s (", kind->plural);
	for (i = 0; i < kind->n_fields; i++) {
		vdc_buf_puts(out, i == 0 ? "" : ", ");
		vdc_sql_column(out, &kind->fields[i]);
	}
	vdc_buf_puts(out, ") VALUES (");
	for (i = 0; i < kind->n_fields; i++) {
		vdc_buf_puts(out, i == 0 ? "" : ", ");
		put_value(out, kind, i);
	}
	vdc_buf_puts(out, ") ON CONFLICT (id) DO UPDATE SET ");
	for (i = 1; i < kind->n_fields; i++) {
		vdc_buf_puts(out, i == 1 ? "" : ", ");
		vdc_sql_column(out, &kind->fields[i]);
		vdc_buf_printf(out, " = COALESCE($%zu, ", i + 1);
		vdc_sql_column_of(out, kind->plural, &kind->fields[i]);
		vdc_buf_putc(out, ')');
	}
}

static void given_value(struct vdc_buf *out, const struct vdc_kind *kind, size_t i, bool given,
			unsigned id, unsigned *n)
{
	const struct vdc_field *f = &kind->fields[i];

	vdc_buf_puts(out, i == 0 ? "(" : ", ");
	if (given) {
		vdc_buf_printf(out, "$%u", ++*n);
	} else if (f->preset) {
		literal(out, kind, f);
	} else {
		vdc_buf_puts(out, "(SELECT ");
		vdc_sql_column_of(out, "o", f);
		vdc_buf_printf(out, " FROM %s o WHERE o.id = $%u)", kind->plural, id);
	}
}

static bool is_written(const struct vdc_field *f, bool given)
{
	return given || f->preset || (f->flags & VDC_REQUIRED);
}

static void given_row(struct vdc_buf *out, const struct vdc_kind *kind, const bool *given,
		      unsigned *n)
{
	const unsigned id = *n + 1;
	size_t i;

	for (i = 0; i < kind->n_fields; i++)
		if (is_written(&kind->fields[i], given[i]))
			given_value(out, kind, i, given[i], id, n);
	vdc_buf_putc(out, ')');
}

char *vdc_sql_put_given(const struct vdc_kind *kind, const bool *given, unsigned rows)
{
	struct vdc_buf out = { 0 };
	const char *separator = " DO UPDATE SET ";
	unsigned n = 0, row;
	size_t i;

	vdc_buf_printf(&out, "INSERT INTO %s (", kind->plural);
	for (i = 0; i < kind->n_fields; i++) {
		if (!is_written(&kind->fields[i], given[i]))
			continue;
		vdc_buf_puts(&out, i == 0 ? "" : ", ");
		vdc_sql_column(&out, &kind->fields[i]);
	}
	vdc_buf_puts(&out, ") VALUES ");
	for (row = 0; row < rows; row++) {
		vdc_buf_puts(&out, row == 0 ? "" : ", ");
		given_row(&out, kind, given, &n);
	}
	vdc_buf_puts(&out, " ON CONFLICT (id)");
	for (i = 1; i < kind->n_fields; i++) {
		if (!given[i])
			continue;
		vdc_buf_puts(&out, separator);
		vdc_sql_column(&out, &kind->fields[i]);
		vdc_buf_puts(&out, " = ");
		vdc_sql_column_of(&out, "excluded", &kind->fields[i]);
		separator = ", ";
	}
	if (separator[0] == ' ')
		vdc_buf_puts(&out, " DO NOTHING");
	return vdc_buf_steal(&out);
}
