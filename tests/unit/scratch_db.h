/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A database of its own for a test, on either engine. PostgreSQL is there when the test runs
 * under tests/lib/with-postgres.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "edge/db.h"
#include "unit.h"

struct scratch {
	enum vdc_db_engine engine;
	char folder[64];
	char name[64];
	char *where;
	struct vdc_db *db;
};

static inline void must(int r, const struct vdc_err *err)
{
	if (r < 0)
		fail_msg("%d: %s", r, vdc_err_text(err));
}

static inline char *pg_where(const char *name)
{
	return vdc_format("postgresql://vdc@/%s?host=%s", name, getenv("VDC_TEST_PG_SOCKET"));
}

static inline void pg_admin(const char *fmt, const char *name)
{
	vdc_autofree char *where = pg_where("postgres");
	vdc_autofree char *sql = NULL;
	struct vdc_err err = { 0 };
	struct vdc_db *admin;

	sql = vdc_alloc(strlen(fmt) + strlen(name) + 1);
	snprintf(sql, strlen(fmt) + strlen(name) + 1, "%.*s%s%s", (int)(strchr(fmt, '@') - fmt),
		 fmt, name, strchr(fmt, '@') + 1);
	must(vdc_db_open(where, 0, &admin, &err), &err);
	must(vdc_db_run(admin, sql, NULL, 0, NULL, NULL, NULL, &err), &err);
	vdc_db_close(admin);
}

static inline struct vdc_db *scratch_open(const struct scratch *s)
{
	struct vdc_err err = { 0 };
	struct vdc_db *db;

	must(vdc_db_open(s->where, VDC_DB_CREATE, &db, &err), &err);
	return db;
}

static inline void scratch_make(struct scratch *s)
{
	static unsigned number;

	snprintf(s->folder, sizeof(s->folder), "/tmp/vdc-unit.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	if (s->engine == VDC_DB_SQLITE) {
		s->where = vdc_format("%s/db", s->folder);
	} else {
		snprintf(s->name, sizeof(s->name), "unit_%d_%u", (int)getpid(), number++);
		pg_admin("CREATE DATABASE @", s->name);
		s->where = pg_where(s->name);
	}
	s->db = scratch_open(s);
}

static inline void scratch_drop(struct scratch *s)
{
	static const char *const files[] = { "db", "db-wal", "db-shm" };
	size_t i;

	vdc_db_close(s->db);
	if (s->engine == VDC_DB_POSTGRES)
		pg_admin("DROP DATABASE @ WITH (FORCE)", s->name);
	for (i = 0; i < VDC_COUNT(files); i++) {
		vdc_autofree char *path = vdc_format("%s/%s", s->folder, files[i]);

		unlink(path);
	}
	rmdir(s->folder);
	free(s->where);
}

static inline int scratch_setup_sqlite(void **state)
{
	struct scratch *s = vdc_alloc(sizeof(*s));

	s->engine = VDC_DB_SQLITE;
	scratch_make(s);
	*state = s;
	return 0;
}

static inline int scratch_setup_postgres(void **state)
{
	struct scratch *s;

	*state = NULL;
	if (!getenv("VDC_TEST_PG_SOCKET"))
		return 0; /* the test skips itself: SCRATCH() */
	s = vdc_alloc(sizeof(*s));
	s->engine = VDC_DB_POSTGRES;
	scratch_make(s);
	*state = s;
	return 0;
}

static inline int scratch_teardown(void **state)
{
	if (*state)
		scratch_drop(*state);
	free(*state);
	return 0;
}

/* The first line of every test. */
#define SCRATCH(s)                  \
	struct scratch *s = *state; \
	if (!s)                     \
		skip();

#define on_both(test)                                                                       \
	{ #test " (SQLite)", test, scratch_setup_sqlite, scratch_teardown, NULL },          \
	{                                                                                   \
#test " (PostgreSQL)", test, scratch_setup_postgres, scratch_teardown, NULL \
	}
#define on_postgres(test)                                                                   \
	{                                                                                   \
#test " (PostgreSQL)", test, scratch_setup_postgres, scratch_teardown, NULL \
	}
#define on_sqlite(test)                                                               \
	{                                                                             \
#test " (SQLite)", test, scratch_setup_sqlite, scratch_teardown, NULL \
	}

static inline int first_number(void *ctx, const struct vdc_value *columns, size_t n,
			       struct vdc_err *err)
{
	(void)n;
	(void)err;
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], -1);
	return 0;
}

/* The first column of the last row. */
static inline int64_t number_of(struct vdc_db *db, const char *sql)
{
	struct vdc_err err = { 0 };
	int64_t number = -2;

	must(vdc_db_run(db, sql, NULL, 0, first_number, &number, NULL, &err), &err);
	return number;
}

static inline void script(struct vdc_db *db, const char *sql)
{
	struct vdc_err err = { 0 };

	must(vdc_db_script(db, sql, &err), &err);
}

/* What the statements of many tests work on. */
#define TABLE "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT UNIQUE, n BIGINT CHECK (n < 100))"

static inline int run_params(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
		      struct vdc_err *err)
{
	return vdc_db_run(db, sql, params, n, NULL, NULL, NULL, err);
}

static inline int run_text(struct vdc_db *db, const char *sql)
{
	return run_params(db, sql, NULL, 0, NULL);
}
