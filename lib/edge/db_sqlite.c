/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQLite behind edge/db.h: statements, transactions, waiting for changes. */
#include "edge/db_sqlite.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/time.h"

#define POLL_STEP (VDC_SECOND / 20)

static struct sqlite_db *sqlite_of(struct vdc_db *db)
{
	return (struct sqlite_db *)db;
}

/*
 * SQLite takes $2 for a name and numbers names by their first appearance; ?2 is parameter 2.
 * Quoted text and comments stay as they are.
 */
static char *number_parameters(const char *sql)
{
	char *copy = vdc_strdup(sql);
	char *p = copy;

	while (*p) {
		if (*p == '\'' || *p == '"') {
			char *end = strchr(p + 1, *p);

			p = end ? end + 1 : p + strlen(p);
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else {
			if (p[0] == '$' && isdigit((unsigned char)p[1]))
				p[0] = '?';
			p++;
		}
	}
	return copy;
}

static int statement_of(struct sqlite_db *db, const char *sql, sqlite3_stmt **ret,
			struct vdc_err *err)
{
	struct vdc_db_statement *s = vdc_db_cache_get(&db->cache, sql, vdc_sqlite_finalize, NULL);

	if (!s->handle) {
		vdc_autofree char *text = number_parameters(sql);
		sqlite3_stmt *handle = NULL;
		const char *rest;

		if (sqlite3_prepare_v3(db->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &handle,
				       &rest) != SQLITE_OK)
			return vdc_sqlite_error(db, err);
		if (!handle || rest[strspn(rest, " \t\r\n;")]) {
			sqlite3_finalize(handle);
			return vdc_err_set(err, -EINVAL, "not one statement: %s", sql);
		}
		s->handle = handle;
	}
	*ret = s->handle;
	return 0;
}

static int bind(struct sqlite_db *db, sqlite3_stmt *stmt, const struct vdc_db_call *call,
		struct vdc_err *err)
{
	size_t expected = (size_t)sqlite3_bind_parameter_count(stmt);
	size_t i;

	if (expected != call->n)
		return vdc_err_set(err, -EINVAL, "%zu parameters given, %zu expected: %s", call->n,
				   expected, call->sql);
	for (i = 0; i < call->n; i++) {
		const struct vdc_value *v = &call->params[i];
		int at = (int)i + 1;
		int rc = v->type == VDC_NULL	  ? sqlite3_bind_null(stmt, at)
			 : v->type == VDC_INTEGER ? sqlite3_bind_int64(stmt, at, v->integer)
						  : sqlite3_bind_text64(stmt, at, v->text, v->len,
									SQLITE_STATIC, SQLITE_UTF8);

		if (rc != SQLITE_OK)
			return vdc_sqlite_error(db, err);
	}
	return 0;
}

static void read_column(sqlite3_stmt *stmt, int i, struct vdc_value *v)
{
	*v = vdc_db_null();
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_NULL:
		break;
	case SQLITE_INTEGER:
		*v = vdc_db_int(sqlite3_column_int64(stmt, i));
		break;
	default:
		v->type = VDC_STRING;
		v->text = (const char *)sqlite3_column_text(stmt, i);
		v->len = (size_t)sqlite3_column_bytes(stmt, i);
	}
}

static int step_through(struct sqlite_db *db, sqlite3_stmt *stmt, struct vdc_db_call *call,
			struct vdc_err *err)
{
	int n = sqlite3_column_count(stmt);
	vdc_autofree struct vdc_value *columns = n ? vdc_alloc((size_t)n * sizeof(*columns)) : NULL;
	int rc, i, r;

	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!call->fn)
			continue;
		for (i = 0; i < n; i++)
			read_column(stmt, i, &columns[i]);
		r = call->fn(call->ctx, columns, (size_t)n, err);
		if (r) {
			call->refused = true;
			return r;
		}
	}
	if (rc != SQLITE_DONE)
		return vdc_sqlite_error(db, err);
	return 0;
}

static int run(struct vdc_db *base, struct vdc_db_call *call, struct vdc_err *err)
{
	struct sqlite_db *db = sqlite_of(base);
	sqlite3_stmt *stmt;
	bool writes;
	int r = statement_of(db, call->sql, &stmt, err);

	if (r < 0)
		return r;
	writes = !sqlite3_stmt_readonly(stmt);
	if (writes && db->snapshot)
		return vdc_err_set(err, -EACCES, "a snapshot is for reading: %s", call->sql);
	r = bind(db, stmt, call, err);
	if (r == 0)
		r = step_through(db, stmt, call, err);
	call->changed = writes ? sqlite3_changes64(db->sqlite) : 0;
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return r;
}

static int prepare(struct vdc_db *base, const char *sql, size_t *n_params, struct vdc_err *err)
{
	sqlite3_stmt *stmt;
	int r = statement_of(sqlite_of(base), sql, &stmt, err);

	if (r == 0)
		*n_params = (size_t)sqlite3_bind_parameter_count(stmt);
	return r;
}

static int script(struct vdc_db *base, const char *sql, struct vdc_err *err)
{
	struct sqlite_db *db = sqlite_of(base);

	if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
		return vdc_sqlite_error(db, err);
	return 0;
}

static int begin(struct vdc_db *base, enum vdc_db_begin how, struct vdc_err *err)
{
	sqlite_of(base)->snapshot = how == VDC_DB_BEGIN_SNAPSHOT;
	return script(base, how == VDC_DB_BEGIN_SNAPSHOT ? "BEGIN" : "BEGIN IMMEDIATE", err);
}

static int commit(struct vdc_db *base, struct vdc_err *err)
{
	int r = script(base, "COMMIT", err);

	if (r == 0)
		sqlite_of(base)->snapshot = false;
	return r;
}

/* Some errors have rolled back already. */
static void rollback(struct vdc_db *base)
{
	struct sqlite_db *db = sqlite_of(base);

	if (!sqlite3_get_autocommit(db->sqlite))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	db->snapshot = false;
}

static int take_number(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		       struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

/* 1 when the counters are no longer what they were at the last call. */
static int look_for_change(struct sqlite_db *db, struct vdc_err *err)
{
	int64_t version = 0, changes = sqlite3_total_changes64(db->sqlite);
	struct vdc_db_call call = { .sql = "PRAGMA data_version",
				    .fn = take_number,
				    .ctx = &version };
	int r = run(&db->db, &call, err);
	int changed;

	if (r < 0)
		return r;
	changed = !db->watching || version != db->seen_version || changes != db->seen_changes;
	db->watching = true;
	db->seen_version = version;
	db->seen_changes = changes;
	return changed;
}

static int wait_change(struct vdc_db *base, int64_t limit_us, struct vdc_err *err)
{
	int64_t end = vdc_time_monotonic() + limit_us;

	for (;;) {
		int r = look_for_change(sqlite_of(base), err);
		int64_t left = end - vdc_time_monotonic();
		int64_t step = left < POLL_STEP ? left : POLL_STEP;
		const struct timespec t = { .tv_nsec = step * 1000 };

		if (r != 0 || left <= 0)
			return r;
		if (nanosleep(&t, NULL) < 0)
			return 0; /* a signal: the caller may want to look at something else */
	}
}

static int now(struct vdc_db *base vdc_unused, int64_t *ret, struct vdc_err *err vdc_unused)
{
	*ret = vdc_time_now();
	return 0;
}

const struct vdc_db_ops vdc_sqlite_ops = {
	.engine = VDC_DB_SQLITE,
	.open = vdc_sqlite_open,
	.close = vdc_sqlite_close,
	.run = run,
	.prepare = prepare,
	.script = script,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.now = now,
	.wait_change = wait_change,
};
