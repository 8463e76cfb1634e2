/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Migrations, the translation of schema text, and opening a database with its schema. */
#include <sys/wait.h>

#include "scratch_db.h"
#include "store/migrate.h"
#include "store/migrations.h"
#include "store/store.h"
#include "store/translate.h"

#define VERSIONS "CREATE TABLE schema_version (version BIGINT NOT NULL, applied BIGINT NOT NULL);\n"

static const char first_sql[] =
	VERSIONS "CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY, n BIGINT);\n"
		 "INSERT INTO a VALUES ('x', 1);\n";
static const char second_sql[] = "ALTER TABLE a ADD COLUMN note TEXT;\n"
				 "UPDATE a SET note = 'made by 2; not (TEXT)';\n";
static const char bad_sql[] = "CREATE TABLE b (id TEXT); INSERT INTO nowhere VALUES (1);";

static const struct vdc_migration one[] = { { 1, "first", first_sql }, { 0, NULL, NULL } };
static const struct vdc_migration two[] = { { 1, "first", first_sql },
					    { 2, "second", second_sql },
					    { 0, NULL, NULL } };
static const struct vdc_migration bad[] = { { 1, "first", first_sql },
					    { 2, "bad", bad_sql },
					    { 0, NULL, NULL } };

static int64_t version_of(struct vdc_db *db)
{
	struct vdc_err err = { 0 };
	int64_t version = -1;

	must(vdc_schema_version(db, &version, &err), &err);
	return version;
}

static void what_is_missing_is_applied_in_order(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	assert_int_equal(version_of(s->db), 0);
	must(vdc_migrate(s->db, one, &err), &err);
	assert_int_equal(version_of(s->db), 1);
	must(vdc_migrate(s->db, two, &err), &err);
	must(vdc_migrate(s->db, two, &err), &err);
	assert_int_equal(version_of(s->db), 2);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM a WHERE note = "
					  "'made by 2; not (TEXT)'"),
			 1);
}

static const char agents_sql[] =
	VERSIONS "CREATE TABLE agents (id TEXT NOT NULL PRIMARY KEY, raw_option TEXT);\n"
		 "INSERT INTO agents VALUES ('none', NULL), ('one', 'cipher=3'), ('empty', ' ,,'),\n"
		 "('name', 'lanplus'), ('many', 'lanplus, cipher=3 ,,verbose-level=2,'),\n"
		 "('comma', 'devices=/dev/a\\,/dev/b,path=C:\\x\\,y=1'), ('slash', 'a=\\'),\n"
		 "('line', 'a=1\nb=2,c');\n";

static void assert_raw(struct scratch *s, const char *id, const char *lines)
{
	vdc_autofree char *sql = vdc_format("SELECT count(*) FROM agents WHERE id = '%s' AND "
					    "raw_option = '%s'",
					    id, lines);

	assert_int_equal(number_of(s->db, sql), 1);
}

/* What was between commas is a line each, as it was sent before. */
static void raw_options_become_lines(void **state)
{
	struct vdc_migration steps[] = { { 1, "agents", agents_sql },
					 { 2, "raw", NULL },
					 { 0, NULL, NULL } };
	struct vdc_err err = { 0 };
	SCRATCH(s);

	for (const struct vdc_migration *m = vdc_migrations; m->sql; m++)
		if (strcmp(m->name, "raw_options") == 0)
			steps[1].sql = m->sql;
	must(vdc_migrate(s->db, steps, &err), &err);
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM agents WHERE raw_option IS NULL"), 2);
	assert_raw(s, "one", "cipher=3");
	assert_raw(s, "name", "lanplus=1");
	assert_raw(s, "many", "lanplus=1\ncipher=3\nverbose-level=2");
	assert_raw(s, "comma", "devices=/dev/a,/dev/b\npath=C:\\x,y=1");
	assert_raw(s, "slash", "a=\\");
	assert_raw(s, "line", "a=1\nb=2\nc=1");
}

static void a_failed_migration_leaves_nothing(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	assert_int_equal(vdc_migrate(s->db, bad, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "migration 2 (bad)"));
	assert_int_equal(version_of(s->db), 0);
	assert_int_equal(vdc_db_run(s->db, "SELECT * FROM a", NULL, 0, NULL, NULL, NULL, NULL),
			 -ENOENT);
}

static void a_newer_schema_is_refused(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	script(s->db, "INSERT INTO schema_version VALUES (9999, 0)");
	assert_int_equal(vdc_migrate(s->db, one, &err), -EPERM);
	assert_int_equal(vdc_store_open(s->where, 0, &db, &err), -EPERM);
	assert_non_null(strstr(err.msg, "9999"));
	assert_null(db);
}

static void opening_brings_the_schema(void **state)
{
	struct vdc_err err = { 0 };
	struct vdc_db *db = NULL;
	SCRATCH(s);

	assert_int_equal(vdc_store_open(s->where, 0, &db, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "inventory init"));
	must(vdc_store_open(s->where, VDC_DB_CREATE, &db, &err), &err);
	assert_int_equal(version_of(db), vdc_store_schema_version());
	vdc_db_close(db);
	must(vdc_store_open(s->where, VDC_DB_READ_ONLY, &db, &err), &err);
	vdc_db_close(db);
	script(s->db, "DELETE FROM schema_version WHERE version > 0");
	script(s->db, "INSERT INTO schema_version VALUES (1, 0)");
	assert_int_equal(vdc_store_open(s->where, VDC_DB_READ_ONLY, &db, &err), -EPERM);
	assert_non_null(strstr(err.msg, "inventory init"));
}

static void two_at_once_do_it_once(void **state)
{
	enum { PROCESSES = 6 };
	pid_t children[PROCESSES];
	int i, status;
	SCRATCH(s);

	for (i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct vdc_err err = { 0 };
			struct vdc_db *db;
			int r = vdc_store_open(s->where, VDC_DB_CREATE, &db, &err);

			if (r < 0)
				fprintf(stderr, "# %s\n", vdc_err_text(&err));
			else
				vdc_db_close(db);
			_exit(r < 0);
		}
	}
	for (i = 0; i < PROCESSES; i++) {
		waitpid(children[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(version_of(s->db), vdc_store_schema_version());
	assert_int_equal(number_of(s->db, "SELECT count(*) FROM schema_version"),
			 vdc_store_schema_version());
}

static int prepare_it(void *ctx, const char *name, const char *sql)
{
	struct vdc_err err = { 0 };
	size_t n = 0, expected = 0;
	const char *p;

	for (p = strchr(sql, '$'); p; p = strchr(p + 1, '$'))
		if ((size_t)atoi(p + 1) > expected)
			expected = (size_t)atoi(p + 1);
	if (vdc_db_prepare(ctx, sql, &n, &err) < 0)
		fail_msg("%s: %s: %s", name, vdc_err_text(&err), sql);
	if (n != expected)
		fail_msg("%s: %zu parameters of %zu: %s", name, n, expected, sql);
	return 0;
}

static void every_statement_is_understood(void **state)
{
	struct vdc_err err = { 0 };
	SCRATCH(s);

	must(vdc_store_migrate(s->db, &err), &err);
	assert_int_equal(vdc_store_each_statement(prepare_it, s->db), 0);
}

static void schema_text_suits_the_engine(void **state)
{
	static const char text[] =
		"-- TEXT and BIGINT (of a comment);\n"
		"CREATE TABLE t (a TEXT NOT NULL, b BIGINT CHECK (b IN (0, 1)),\n"
		"\tc TEXT DEFAULT 'TEXT; BIGINT)', TEXTUAL BIGINT);\n"
		"CREATE INDEX i ON t (a);\n"
		"INSERT INTO t SELECT CAST(b AS TEXT), CAST(a AS BIGINT) FROM t;\n"
		"ALTER TABLE t ADD COLUMN d TEXT";
	vdc_autofree char *sqlite = vdc_sql_translate(VDC_DB_SQLITE, text);
	vdc_autofree char *postgres = vdc_sql_translate(VDC_DB_POSTGRES, text);

	(void)state;
	assert_string_equal(sqlite,
			    "-- TEXT and BIGINT (of a comment);\n"
			    "CREATE TABLE t (a TEXT NOT NULL, b INTEGER CHECK (b IN (0, 1)),\n"
			    "\tc TEXT DEFAULT 'TEXT; BIGINT)', TEXTUAL INTEGER) STRICT;\n"
			    "CREATE INDEX i ON t (a);\n"
			    "INSERT INTO t SELECT CAST(b AS TEXT), CAST(a AS INTEGER) FROM t;\n"
			    "ALTER TABLE t ADD COLUMN d TEXT");
	assert_string_equal(
		postgres,
		"-- TEXT and BIGINT (of a comment);\n"
		"CREATE TABLE t (a TEXT COLLATE \"C\" NOT NULL, b BIGINT CHECK (b IN (0, 1)),\n"
		"\tc TEXT COLLATE \"C\" DEFAULT 'TEXT; BIGINT)', TEXTUAL BIGINT);\n"
		"CREATE INDEX i ON t (a);\n"
		"INSERT INTO t SELECT CAST(b AS TEXT), CAST(a AS BIGINT) FROM t;\n"
		"ALTER TABLE t ADD COLUMN d TEXT COLLATE \"C\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(what_is_missing_is_applied_in_order),
		on_both(raw_options_become_lines),
		on_both(a_failed_migration_leaves_nothing),
		on_both(a_newer_schema_is_refused),
		on_both(opening_brings_the_schema),
		on_both(two_at_once_do_it_once),
		on_both(every_statement_is_understood),
		cmocka_unit_test(schema_text_suits_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
