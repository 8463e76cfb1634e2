/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same statements on both engines: rows, errors, transactions, batches. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/time.h"
#include "scratch_db.h"

#define TABLE "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT UNIQUE, n BIGINT CHECK (n < 100))"

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

static int run_params(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
		      struct vdc_err *err)
{
	return vdc_db_run(db, sql, params, n, NULL, NULL, NULL, err);
}

static int run_text(struct vdc_db *db, const char *sql)
{
	return run_params(db, sql, NULL, 0, NULL);
}

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

static int insert_and_pass_over_a_failure(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	(void)err;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), -EEXIST);
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (2, 'b', 1)"), -EEXIST);
	return 0;
}

static int insert_and_fail(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return vdc_err_set(err, -ENOENT, "changed its mind");
}

static int nest(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return vdc_db_transaction(db, insert_and_fail, ctx, err);
}

static int try_three_times(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	int *tries = ctx;

	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return ++*tries < 3 ? vdc_err_set(err, -EAGAIN, "not yet") : 7;
}

static void a_transaction_is_all_or_nothing(void **state)
{
	struct vdc_err err = { 0 };
	int tries = 0;
	SCRATCH(s);

	script(s->db, TABLE);
	assert_int_equal(vdc_db_transaction(s->db, insert_and_fail, NULL, &err), -ENOENT);
	assert_string_equal(err.msg, "changed its mind");
	assert_int_equal(vdc_db_transaction(s->db, insert_and_pass_over_a_failure, NULL, &err),
			 -EEXIST);
	assert_int_equal(vdc_db_transaction(s->db, nest, NULL, &err), -EINVAL);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	err = (struct vdc_err){ 0 };
	assert_int_equal(vdc_db_transaction(s->db, try_three_times, &tries, &err), 7);
	assert_int_equal(tries, 3);
	assert_int_equal(err.code, 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
}

static int look_twice(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct scratch *s = ctx;
	struct vdc_db *other = scratch_open(s);
	int64_t before = number_of(db, "SELECT count(*) FROM t");

	(void)err;
	script(other, "INSERT INTO t VALUES (1, 'a', 1)");
	vdc_db_close(other);
	assert_int_equal(number_of(db, "SELECT count(*) FROM t"), before);
	return 0;
}

static int write_in_a_snapshot(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	(void)ctx;
	return vdc_db_run(db, "DELETE FROM t", NULL, 0, NULL, NULL, NULL, err);
}

static void a_snapshot_does_not_move(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	must(vdc_db_snapshot(s->db, look_twice, s, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
	assert_int_equal(vdc_db_snapshot(s->db, write_in_a_snapshot, NULL, &err), -EACCES);
}

struct load {
	int64_t rows, bad_at;
	uint64_t failed;
};

static int load_rows(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct load *load = ctx;
	struct vdc_db_batch *batch;
	int64_t i;
	int r = vdc_db_batch_begin(db, &batch, err);

	for (i = 0; r == 0 && i < load->rows; i++) {
		vdc_autofree char *name = vdc_format("row %lld", (long long)i);
		const struct vdc_value row[] = { vdc_db_int(i == load->bad_at ? 0 : i),
						 vdc_db_text(name) };

		r = vdc_db_batch_run(batch, "INSERT INTO t VALUES ($1, $2, 5)", row, 2, (uint64_t)i,
				     &load->failed, err);
	}
	if (r == 0)
		r = vdc_db_batch_end(batch, &load->failed, err);
	return r;
}

static void a_batch_tells_which_statement_failed(void **state)
{
	static const int64_t places[] = { 1, 2, 500, 2999 };
	struct vdc_err err = { 0 };
	size_t i;
	SCRATCH(s);

	script(s->db, TABLE);
	for (i = 0; i < VDC_COUNT(places); i++) {
		struct load bad = { .rows = 3000, .bad_at = places[i], .failed = 77777 };

		assert_int_equal(vdc_db_transaction(s->db, load_rows, &bad, &err), -EEXIST);
		assert_int_equal(bad.failed, places[i]);
		assert_non_null(strstr(err.msg, "another row has the same id"));
		assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	}
	struct load good = { .rows = 3000, .bad_at = -1 };
	must(vdc_db_transaction(s->db, load_rows, &good, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 3000);
}

static int first_in_batch_fails_to_prepare(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_db_batch *batch;
	int r = vdc_db_batch_begin(db, &batch, err);

	if (r == 0)
		r = vdc_db_batch_run(batch, "INSERT INTO nowhere VALUES (1)", NULL, 0, 4, ctx, err);
	if (r == 0)
		r = vdc_db_batch_run(batch, "INSERT INTO t VALUES (9, 'x', 1)", NULL, 0, 5, ctx,
				     err);
	return r < 0 ? r : vdc_db_batch_end(batch, ctx, err);
}

static void a_statement_dropped_from_a_batch_can_be_used_later(void **state)
{
	uint64_t failed = 0;
	SCRATCH(s);

	script(s->db, TABLE);
	assert_int_equal(vdc_db_transaction(s->db, first_in_batch_fails_to_prepare, &failed, NULL),
			 -ENOENT);
	assert_int_equal(failed, 4);
	script(s->db, "CREATE TABLE nowhere (x BIGINT)");
	assert_int_equal(vdc_db_transaction(s->db, first_in_batch_fails_to_prepare, &failed, NULL),
			 0);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 1);
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

static void a_change_by_another_wakes_the_waiter(void **state)
{
	struct vdc_db *other;
	int64_t start;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	assert_int_equal(vdc_db_wait_change(s->db, 0, NULL), 1); /* begins to watch */
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(run_text(other, "INSERT INTO t VALUES (5, 'e', 1)"), 0);
	start = vdc_time_monotonic();
	assert_int_equal(vdc_db_wait_change(s->db, 5 * VDC_SECOND, NULL), 1);
	assert_true(vdc_time_monotonic() - start < VDC_SECOND);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(number_of(other, "SELECT count(*) FROM t"), 1);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	assert_int_equal(vdc_db_transaction(other, insert_and_pass_over_a_failure, NULL, NULL),
			 -EEXIST);
	assert_int_equal(vdc_db_wait_change(s->db, 20000, NULL), 0);
	vdc_db_close(other);
}

static void a_reader_cannot_write(void **state)
{
	struct vdc_db *reader;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	must(vdc_db_open(s->where, VDC_DB_READ_ONLY, &reader, &err), &err);
	assert_int_equal(number_of(reader, "SELECT count(*) FROM t"), 0);
	assert_int_equal(run_text(reader, "INSERT INTO t VALUES (1, 'a', 1)"), -EACCES);
	vdc_db_close(reader);
}

static void end_session(struct vdc_db *db, struct vdc_db *ender)
{
	struct vdc_value pid = vdc_db_int(number_of(db, "SELECT pg_backend_pid()"));

	assert_int_equal(run_params(ender, "SELECT pg_terminate_backend($1)", &pid, 1, NULL), 0);
	usleep(100000);
}

static int lose_the_connection(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	end_session(db, ctx);
	return vdc_db_run(db, "INSERT INTO t VALUES (2, 'b', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static int lose_the_connection_and_do_not_look(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	assert_int_equal(lose_the_connection(db, ctx, err), -ECONNRESET);
	return 0;
}

static int lose_the_connection_before_commit(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_value pid = vdc_db_int(number_of(db, "SELECT pg_backend_pid()"));

	(void)err;
	assert_int_equal(run_text(db, "INSERT INTO t VALUES (1, 'a', 1)"), 0);
	return run_params(ctx, "SELECT pg_terminate_backend($1)", &pid, 1, NULL);
}

static void a_lost_connection_is_an_error_and_the_next_call_connects(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_db *other;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	assert_int_equal(vdc_db_transaction(s->db, lose_the_connection, other, &err), -ECONNRESET);
	assert_non_null(strstr(err.msg, s->name));
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	assert_int_equal(
		vdc_db_transaction(s->db, lose_the_connection_and_do_not_look, other, &err),
		-ECONNRESET);
	assert_int_equal(vdc_db_transaction(s->db, lose_the_connection_before_commit, other, &err),
			 -ECONNRESET);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	vdc_db_close(other);
}

/* A row after the connection was lost for the first time: CTX, another connection, ends it. */
static int insert_despite_one_loss(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct vdc_db **other = ctx, *ender = *other;

	*other = NULL;
	if (ender)
		return lose_the_connection(db, ender, err);
	return vdc_db_run(db, "INSERT INTO t VALUES (3, 'c', 1)", NULL, 0, NULL, NULL, NULL, err);
}

static void a_transaction_outlives_a_lost_connection(void **state)
{
	struct vdc_db *other, *ender;
	struct vdc_err err = { 0 };
	SCRATCH(s);

	script(s->db, TABLE);
	ender = other = scratch_open(s);
	must(vdc_db_transaction(s->db, insert_despite_one_loss, &ender, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT sum(id) FROM t"), 3);
	vdc_db_close(other);
}

static void an_idle_connection_that_is_lost_is_made_again(void **state)
{
	struct vdc_db *other;
	SCRATCH(s);

	script(s->db, TABLE);
	other = scratch_open(s);
	for (int i = 1; i < 3; i++) {
		end_session(s->db, other);
		assert_int_equal(number_of(s->db, "SELECT count(*) FROM t"), 0);
	}
	vdc_db_close(other);
}

static void note_wait(void *ctx, struct vdc_db *db, int64_t waited)
{
	int64_t *most = ctx;

	(void)db;
	assert_true(waited >= *most);
	*most = waited;
}

/* As long as it was told to, and then with an error that says where. */
static void a_server_that_stays_away_is_waited_for(void **state)
{
	vdc_autofree char *where = NULL, *sql = NULL;
	int64_t start, waited = 0;
	struct vdc_err err = { 0 };
	struct vdc_db *guest;
	SCRATCH(s);

	sql = vdc_format("CREATE ROLE guest_%s LOGIN", s->name);
	script(s->db, sql);
	where = vdc_format("postgresql://guest_%s@/%s?host=%s", s->name, s->name,
			   getenv("VDC_TEST_PG_SOCKET"));
	must(vdc_db_open(where, 0, &guest, &err), &err);
	pg_admin("ALTER ROLE guest_@ CONNECTION LIMIT 0", s->name);
	end_session(guest, s->db);
	vdc_db_set_reconnect(guest, VDC_SECOND, note_wait, &waited);
	start = vdc_time_monotonic();
	assert_int_equal(vdc_db_run(guest, "SELECT 1", NULL, 0, NULL, NULL, NULL, &err),
			 -EHOSTUNREACH);
	assert_in_range(vdc_time_monotonic() - start, VDC_SECOND, 4 * VDC_SECOND);
	assert_true(waited > VDC_SECOND / 4);
	assert_non_null(strstr(err.msg, s->name));
	pg_admin("ALTER ROLE guest_@ CONNECTION LIMIT 1", s->name);
	assert_int_equal(number_of(guest, "SELECT 17"), 17);
	vdc_db_close(guest);
	pg_admin("DROP ROLE guest_@", s->name);
}

static void secrets_are_not_told(void **state)
{
	static const char *const wheres[] = {
		"postgresql://vdc:hunter2@127.0.0.1:1/x",
		"postgresql://vdc:hunter2%zz@127.0.0.1:1/x",
		"host=127.0.0.1 port=1 password='hunter2",
		"host=127.0.0.1 port=1 password=hunter2",
		"postgresql://vdc:hunter2@127.0.0.1:1/x?nonsense=hunter2",
	};
	size_t i;
	SCRATCH(s);

	for (i = 0; i < VDC_COUNT(wheres); i++) {
		struct vdc_err err = { 0 };
		struct vdc_db *db = NULL;

		assert_true(vdc_db_open(wheres[i], 0, &db, &err) < 0);
		assert_null(strstr(err.msg, "hunter2"));
		assert_non_null(strstr(err.msg, "database"));
	}
	assert_null(strstr(vdc_db_where(s->db), "vdc@"));
}

static void a_server_that_says_nothing_is_not_waited_for(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct vdc_err err = { 0 };
	vdc_autofree char *where = NULL;
	struct vdc_db *db = NULL;
	SCRATCH(s);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", s->folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 5), 0);
	where = vdc_format("postgresql://vdc@/x?host=%s&connect_timeout=1", s->folder);
	assert_int_equal(vdc_db_open(where, 0, &db, &err), -ETIMEDOUT);
	close(fd);
	unlink(address.sun_path);
}

static void a_missing_database_says_what_to_do(void **state)
{
	vdc_autofree char *where = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	SCRATCH(s);

	where = s->engine == VDC_DB_SQLITE ? vdc_format("%s/none", s->folder) : pg_where("none");
	assert_int_equal(vdc_db_open(where, 0, &db, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "none"));
	assert_non_null(
		strstr(err.msg, s->engine == VDC_DB_SQLITE ? "inventory init" : "createdb"));
}

static void only_its_group_reads_a_new_file(void **state)
{
	vdc_autofree char *folder = NULL, *where = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	struct stat st;
	SCRATCH(s);

	folder = vdc_format("%s/a/b", s->folder);
	where = vdc_format("sqlite:%s/db", folder);
	must(vdc_db_open(where, VDC_DB_CREATE, &db, &err), &err);
	vdc_db_close(db);
	assert_int_equal(stat(where + strlen("sqlite:"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	unlink(where + strlen("sqlite:"));
	rmdir(folder);
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

static void who_may_not_write_the_folder_is_told_of_the_group(void **state)
{
	struct vdc_err err = { 0 };
	int status;
	pid_t child;
	SCRATCH(s);

	if (getuid() != 0)
		skip();
	script(s->db, TABLE);
	vdc_db_close(s->db);
	s->db = NULL;
	chmod(s->folder, 0755);
	chmod(s->where, 0644);
	child = fork();
	if (child == 0) {
		struct vdc_db *db = NULL;
		int64_t n;
		int r = setuid(65534);

		if (r == 0)
			r = vdc_db_open(s->where, VDC_DB_READ_ONLY, &db, &err);
		if (r == 0)
			r = vdc_db_run(db, "SELECT count(*) FROM t", NULL, 0, first_number, &n,
				       NULL, &err);
		_exit(r == -EACCES && strstr(err.msg, "group vdc") ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void network_file_systems_are_known(void **state)
{
	(void)state;
	assert_string_equal(vdc_fs_network(0x6969), "NFS");
	assert_string_equal(vdc_fs_network((long)(int)0xff534d42), "CIFS");
	assert_null(vdc_fs_network(0xef53));
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
		on_both(a_transaction_is_all_or_nothing),
		on_both(a_snapshot_does_not_move),
		on_both(a_batch_tells_which_statement_failed),
		on_both(a_statement_dropped_from_a_batch_can_be_used_later),
		on_both(another_text_at_the_same_place_is_another_statement),
		on_both(a_change_by_another_wakes_the_waiter),
		on_both(a_reader_cannot_write),
		on_both(a_missing_database_says_what_to_do),
		on_postgres(a_lost_connection_is_an_error_and_the_next_call_connects),
		on_postgres(a_transaction_outlives_a_lost_connection),
		on_postgres(an_idle_connection_that_is_lost_is_made_again),
		on_postgres(a_server_that_stays_away_is_waited_for),
		on_postgres(secrets_are_not_told),
		on_postgres(a_server_that_says_nothing_is_not_waited_for),
		on_sqlite(only_its_group_reads_a_new_file),
		on_sqlite(who_may_not_write_the_folder_is_told_of_the_group),
		cmocka_unit_test(network_file_systems_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
