/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same statements on both engines: rows and errors. */
#include "base/buf.h"
#include "scratch_db.h"

static int add_row(void *ctx, const struct vdc_value *columns, size_t n, struct vdc_err *err)
{
	size_t i;

	(void)err;
	for (i = 0; i < n; i++) {
		const char *text = vdc_db_as_text(&columns[i]);

		if (columns[i].type == VDC_INTEGER)
			vdc_buf_printf(ctx, "%lld", (long long)columns[i].integer);
		else
			vdc_buf_puts(ctx, text ? text : "NULL");
		vdc_buf_puts(ctx, i + 1 < n ? "|" : "\n");
	}
	return 0;
}

static char *rows_of(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n)
{
	vdc_autobuf rows = { 0 };
	struct vdc_err err = { 0 };

	must(vdc_db_run(db, sql, params, n, add_row, &rows, NULL, &err), &err);
	return vdc_buf_steal(&rows);
}

#define assert_rows(db, sql, expected, ...)                                                       \
	do {                                                                                      \
		const struct vdc_value params_[] = { vdc_db_null(), ##__VA_ARGS__ };              \
		vdc_autofree char *rows_ = rows_of(db, sql, params_ + 1, VDC_COUNT(params_) - 1); \
		assert_string_equal(rows_, expected);                                             \
	} while (0)

static void values_come_back_as_they_went_in(void **state)
{
	SCRATCH(s);
	script(s->db, "CREATE TABLE v (id BIGINT PRIMARY KEY, a TEXT, b BIGINT)");
	const struct vdc_value row[] = { vdc_db_int(INT64_MAX),
					 vdc_db_text("gr\u00fc\u00df 'dich' $1 ?1"),
					 vdc_db_null() };
	const struct vdc_value other[] = { vdc_db_int(INT64_MIN + 1), vdc_db_text(""),
					   vdc_db_int(0) };

	assert_int_equal(run_params(s->db, "INSERT INTO v VALUES ($1, $2, $3)", row, 3, NULL), 0);
	assert_int_equal(run_params(s->db, "INSERT INTO v VALUES ($1, $2, $3)", other, 3, NULL), 0);
	assert_rows(
		s->db, "SELECT id, a, b FROM v ORDER BY id",
		"-9223372036854775807||0\n9223372036854775807|gr\u00fc\u00df 'dich' $1 ?1|NULL\n");
}

static void parameters_are_found_by_their_number(void **state)
{
	SCRATCH(s);
	assert_rows(s->db, "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$1' -- $3\n", "b|a|$1\n",
		    vdc_db_text("a"), vdc_db_text("b"));
}

static void order_is_binary_and_says_where_nulls_are(void **state)
{
	SCRATCH(s);
	script(s->db, s->engine == VDC_DB_SQLITE ? "CREATE TABLE o (x TEXT) STRICT"
						 : "CREATE TABLE o (x TEXT COLLATE \"C\")");
	script(s->db, "INSERT INTO o VALUES ('b'), ('B'), (NULL), ('a'), ('_'), ('\u00e4')");
	assert_rows(s->db, "SELECT x FROM o ORDER BY x NULLS FIRST", "NULL\nB\n_\na\nb\n\u00e4\n");
}

static void statements_can_return_and_count(void **state)
{
	int64_t changed = -1;
	SCRATCH(s);
	script(s->db, TABLE);
	script(s->db, "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
	assert_rows(s->db,
		    "INSERT INTO t VALUES ($1, 'c', 3) ON CONFLICT (id) DO UPDATE "
		    "SET n = t.n + 10 RETURNING id, n",
		    "2|12\n", vdc_db_int(2));
	assert_int_equal(
		vdc_db_run(s->db, "UPDATE t SET n = 5", NULL, 0, NULL, NULL, &changed, NULL), 0);
	assert_int_equal(changed, 2);
	assert_int_equal(vdc_db_run(s->db, "SELECT id FROM t", NULL, 0, NULL, NULL, &changed, NULL),
			 0);
	assert_int_equal(changed, 0);
}

static void errors_have_the_same_code(void **state)
{
	static const struct {
		int code;
		const char *sql;
	} cases[] = {
		{ -EEXIST, "INSERT INTO t VALUES (2, 'a', 1)" },
		{ -EEXIST, "INSERT INTO t VALUES (1, 'b', 1)" },
		{ -EEXIST, "CREATE TABLE t (x TEXT)" },
		{ -ENOTEMPTY, "INSERT INTO t VALUES (2, 'b', 100)" },
		{ -ENOTEMPTY, "INSERT INTO p VALUES (7, 'x')" },
		{ -ENOTEMPTY, "DELETE FROM t WHERE id = 1" },
		{ -EINVAL, "INSERT INTO p VALUES (1, NULL)" },
		{ -EINVAL, "INSERT INTO p VALUES ('12abc', 'x')" },
		{ -EINVAL, "SELEC 1" },
		{ -EINVAL, "SELECT \"x\" FROM t" },
		{ -EINVAL, "SELECT 1; SELECT 2" },
		{ -EINVAL, "SELECT 1 WHERE 1 = $1" },
		{ -ENOENT, "SELECT 1 FROM nowhere" },
	};
	size_t i;
	SCRATCH(s);

	script(s->db, TABLE);
	script(s->db, "INSERT INTO t VALUES (1, 'a', 1)");
	script(s->db,
	       s->engine == VDC_DB_SQLITE
		       ? "CREATE TABLE p (t_id INTEGER REFERENCES t (id), x TEXT NOT NULL) STRICT"
		       : "CREATE TABLE p (t_id BIGINT REFERENCES t (id), x TEXT NOT NULL)");
	script(s->db, "INSERT INTO p VALUES (1, 'x')");
	for (i = 0; i < VDC_COUNT(cases); i++)
		if (run_text(s->db, cases[i].sql) != cases[i].code)
			fail_msg("%s: %d", cases[i].sql, run_text(s->db, cases[i].sql));
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
}

static int stop_at_two(void *ctx, const struct vdc_value *columns, size_t n, struct vdc_err *err)
{
	(void)n;
	++*(int *)ctx;
	return vdc_db_as_int(&columns[0], 0) == 2 ? vdc_err_set(err, -ENOSPC, "enough") : 0;
}

static int reads_again(void *ctx, const struct vdc_value *columns, size_t n, struct vdc_err *err)
{
	(void)columns;
	(void)n;
	return vdc_db_run(ctx, "SELECT 1", NULL, 0, NULL, NULL, NULL, err);
}

static void a_callback_ends_the_reading(void **state)
{
	struct vdc_err err = { 0 };
	int rows = 0;
	SCRATCH(s);

	script(s->db, TABLE);
	script(s->db, "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
	assert_int_equal(vdc_db_run(s->db, "SELECT id FROM t ORDER BY id", NULL, 0, stop_at_two,
				    &rows, NULL, &err),
			 -ENOSPC);
	assert_string_equal(err.msg, "enough");
	assert_int_equal(rows, 2);
	assert_int_equal(
		vdc_db_run(s->db, "SELECT id FROM t", NULL, 0, reads_again, s->db, NULL, NULL),
		-EINVAL);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 3);
}

static void another_text_at_the_same_place_is_another_statement(void **state)
{
	char sql[32];
	SCRATCH(s);

	snprintf(sql, sizeof(sql), "SELECT 1");
	assert_int_equal(number_of(s->db, sql), 1);
	snprintf(sql, sizeof(sql), "SELECT 2");
	assert_int_equal(number_of(s->db, sql), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(values_come_back_as_they_went_in),
		on_both(parameters_are_found_by_their_number),
		on_both(order_is_binary_and_says_where_nulls_are),
		on_both(statements_can_return_and_count),
		on_both(errors_have_the_same_code),
		on_both(a_callback_ends_the_reading),
		on_both(another_text_at_the_same_place_is_another_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
