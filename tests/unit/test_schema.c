/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema has exactly the columns of the field tables, with their types and constraints. */
#include <sqlite3.h>
#include <string.h>

#include "base/buf.h"
#include "model/kind.h"
#include "store/migrations.h"
#include "unit.h"

static sqlite3 *db;

static int migrate(void **state)
{
	(void)state;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		return -1;
	for (const struct vdc_migration *m = vdc_migrations; m->sql; m++) {
		if (sqlite3_exec(db, m->sql, NULL, NULL, NULL) != SQLITE_OK) {
			print_error("%s: %s\n", m->name, sqlite3_errmsg(db));
			return -1;
		}
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	return sqlite3_close(db) == SQLITE_OK ? 0 : -1;
}

/* The rows of SQL with PARAMETER, each as one line with a space between the columns. */
static char *rows(const char *sql, const char *parameter)
{
	vdc_autobuf text = { 0 };
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_STATIC);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++)
			vdc_buf_printf(&text, "%s%s", i ? " " : "",
				       (const char *)sqlite3_column_text(statement, i));
		vdc_buf_putc(&text, '\n');
	}
	sqlite3_finalize(statement);
	vdc_buf_puts(&text, "");
	return vdc_strdup(vdc_buf_str(&text));
}

static const char *suffix(const struct vdc_field *f)
{
	return f->type == VDC_REF ? "_id" : "";
}

static bool is_number(const struct vdc_field *f)
{
	return vdc_type_shape(f->type) == VDC_SHAPE_INT && f->type != VDC_ENUM;
}

/* In any order: a column that a later migration adds is the last one. */
static void columns_are_the_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *k = vdc_kinds[i];
		vdc_autofree char *columns = rows("SELECT '.' || name, type, \"notnull\" "
						  "FROM pragma_table_info(?1)",
						  k->plural);
		size_t length = 0;

		for (size_t j = 0; j < k->n_fields; j++) {
			const struct vdc_field *f = &k->fields[j];
			vdc_autobuf column = { 0 };

			vdc_buf_printf(&column, ".%s%s %s %d\n", f->name, suffix(f),
				       is_number(f) ? "BIGINT" : "TEXT",
				       f->flags & VDC_REQUIRED ? 1 : 0);
			if (!strstr(columns, vdc_buf_str(&column)))
				fail_msg("%s has no column %s", k->plural, vdc_buf_str(&column));
			length += strlen(vdc_buf_str(&column));
		}
		assert_int_equal(strlen(columns), length);
	}
}

static void references_are_foreign_keys_with_an_index(void **state)
{
	static const char foreign[] = "SELECT \"table\", \"to\" FROM pragma_foreign_key_list(?1) "
				      "ORDER BY \"from\" COLLATE BINARY, id";
	static const char referring[] = "SELECT \"from\" FROM pragma_foreign_key_list(?1)";
	static const char indexed[] = "SELECT DISTINCT i.name FROM pragma_index_list(?1) AS l, "
				      "pragma_index_info(l.name) AS i WHERE i.seqno = 0";

	(void)state;
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *k = vdc_kinds[i];
		vdc_autofree char *targets = rows(foreign, k->plural);
		vdc_autofree char *from = rows(referring, k->plural);
		vdc_autofree char *first = rows(indexed, k->plural);
		size_t n = 0, lines = 0;

		for (size_t j = 0; j < k->n_fields; j++) {
			const struct vdc_field *f = &k->fields[j];
			vdc_autofree char *column = vdc_format("%s_id\n", f->name);
			vdc_autofree char *target = NULL;

			if (f->type != VDC_REF)
				continue;
			target = vdc_format("%s id\n", f->target->plural);
			if (!strstr(from, column) || !strstr(targets, target) ||
			    !strstr(first, column))
				fail_msg("%s.%s", k->name, f->name);
			n++;
		}
		for (const char *s = targets; (s = strchr(s, '\n')); s++)
			lines++;
		assert_int_equal(lines, n);
	}
}

/* "data_center_id,name" of each unique constraint but the primary key. */
static void keys_are_unique(void **state)
{
	static const char unique[] =
		"SELECT (SELECT group_concat(name, ',') FROM pragma_index_info(l.name)) "
		"FROM pragma_index_list(?1) AS l WHERE l.origin = 'u'";

	(void)state;
	for (size_t i = 0; i < vdc_n_kinds; i++) {
		const struct vdc_kind *k = vdc_kinds[i];
		vdc_autofree char *constraints = rows(unique, k->plural);
		vdc_autobuf expected = { 0 };

		for (size_t j = 0; j < k->n_fields; j++) {
			if (k->fields[j].flags & VDC_KEY)
				vdc_buf_printf(&expected, "%s%s%s", expected.len ? "," : "",
					       k->fields[j].name, suffix(&k->fields[j]));
		}
		if (expected.len)
			vdc_buf_putc(&expected, '\n');
		assert_string_equal(constraints, vdc_buf_str(&expected));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_the_fields),
		cmocka_unit_test(references_are_foreign_keys_with_an_index),
		cmocka_unit_test(keys_are_unique),
	};

	return cmocka_run_group_tests(tests, migrate, drop);
}
