/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PostgreSQL behind edge/db.h: the module vdc-postgres. */
#include "edge/db_postgres.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"

static int prepare_statement(struct pg_db *pg, const char *sql, struct vdc_db_statement **ret,
			     struct vdc_err *err)
{
	struct vdc_db_statement *s = vdc_db_cache_get(&pg->cache, sql, NULL, NULL);
	PGresult *result;
	int r = 0, failure = 0;

	*ret = s;
	if (s->handle)
		return 0;
	r = vdc_pg_send_prepare(pg, s, err);
	if (r == 0)
		r = vdc_pg_flush(pg, err);
	while (r == 0) {
		r = vdc_pg_result(pg, &result, err);
		if (r < 0 || !result)
			break;
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			failure = vdc_pg_error(pg, result, err);
		PQclear(result);
	}
	if (r == 0 && failure == 0)
		s->handle = s;
	return r < 0 ? r : failure;
}

static void read_row(const PGresult *result, int row, struct vdc_value *columns, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		columns[i] = vdc_db_null();
		if (PQgetisnull(result, row, i))
			continue;
		columns[i].type = VDC_STRING;
		columns[i].text = PQgetvalue(result, row, i);
		columns[i].len = (size_t)PQgetlength(result, row, i);
	}
}

static int give_rows(const PGresult *result, struct vdc_db_call *call, struct vdc_err *err)
{
	int n = PQnfields(result), rows = PQntuples(result), row, r = 0;
	vdc_autofree struct vdc_value *columns = n ? vdc_alloc((size_t)n * sizeof(*columns)) : NULL;

	for (row = 0; row < rows && r == 0; row++) {
		read_row(result, row, columns, n);
		r = call->fn(call->ctx, columns, (size_t)n, err);
	}
	call->refused = r != 0;
	return r;
}

/* PQcmdTuples counts the rows of a SELECT as well. */
static int64_t rows_changed(PGresult *result)
{
	return strncmp(PQcmdStatus(result), "SELECT", 6) == 0
		       ? 0
		       : strtoll(PQcmdTuples(result), NULL, 10);
}

/* All results are taken, also after FN had enough: the connection must be free again. */
static int take_results(struct pg_db *pg, struct vdc_db_call *call, struct vdc_err *err)
{
	int outcome = 0;

	for (;;) {
		PGresult *result;
		int r = vdc_pg_result(pg, &result, err);

		if (r < 0)
			return r;
		if (!result)
			return outcome;
		switch (PQresultStatus(result)) {
		case PGRES_SINGLE_TUPLE:
		case PGRES_TUPLES_OK:
		case PGRES_COMMAND_OK:
			if (outcome == 0 && call->fn)
				outcome = give_rows(result, call, err);
			call->changed = rows_changed(result);
			break;
		default:
			if (!call->refused)
				outcome = vdc_pg_error(pg, result, err);
		}
		PQclear(result);
	}
}

/* Whoever waits for changes hears of it when the transaction commits. */
static int announce(struct pg_db *pg, struct vdc_err *err)
{
	if (pg->db.in_transaction) {
		pg->changed = true;
		return 0;
	}
	return vdc_pg_script(pg, "NOTIFY vdc_change", err);
}

static int run(struct vdc_db *db, struct vdc_db_call *call, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	struct vdc_db_statement *s;
	int r = prepare_statement(pg, call->sql, &s, err);

	if (r == 0)
		r = vdc_pg_send_run(pg, s, call, err);
	if (r < 0)
		return r;
	if (call->fn)
		PQsetSingleRowMode(pg->conn);
	r = vdc_pg_flush(pg, err);
	if (r == 0)
		r = take_results(pg, call, err);
	return r == 0 && call->changed > 0 ? announce(pg, err) : r;
}

static int prepare(struct vdc_db *db, const char *sql, size_t *n_params, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	struct vdc_db_statement *s;
	vdc_autofree char *name = NULL;
	PGresult *result;
	int r = prepare_statement(pg, sql, &s, err);

	if (r < 0)
		return r;
	name = vdc_format("s%u", s->number);
	if (!PQsendDescribePrepared(pg->conn, name))
		return vdc_pg_error(pg, NULL, err);
	r = vdc_pg_flush(pg, err);
	while (r == 0) {
		r = vdc_pg_result(pg, &result, err);
		if (r < 0 || !result)
			break;
		*n_params = (size_t)PQnparams(result);
		PQclear(result);
	}
	return r;
}

static int script(struct vdc_db *db, const char *sql, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);

	pg->changed = true;
	return vdc_pg_script(pg, sql, err);
}

static int begin(struct vdc_db *db, enum vdc_db_begin how, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);

	pg->changed = false;
	if (how == VDC_DB_BEGIN_SNAPSHOT)
		return vdc_pg_script(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
	return vdc_pg_script(pg,
			     "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE;"
			     "SET LOCAL statement_timeout = '60s'",
			     err);
}

static int commit(struct vdc_db *db, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	int r = pg->changed ? vdc_pg_script(pg, "NOTIFY vdc_change", err) : 0;

	if (r < 0)
		return r;
	r = vdc_pg_script(pg, "COMMIT", err);
	db->unsure = r == -ECONNRESET || r == -ETIMEDOUT;
	if (db->unsure)
		return vdc_err_set(err, -ECONNRESET,
				   "database %s: the connection was lost while "
				   "committing; whether the change was made is not known: look at "
				   "it before trying again",
				   db->where);
	return r;
}

static void rollback(struct vdc_db *db)
{
	struct pg_db *pg = pg_of(db);

	if (PQstatus(pg->conn) != CONNECTION_OK)
		return;
	vdc_pg_batch_drop(pg);
	if (PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		vdc_pg_script(pg, "ROLLBACK", NULL);
}

/* 1 when there was a notification; forgets all that came. */
static int take_notifications(struct pg_db *pg)
{
	PGnotify *notification;
	int found = 0;

	while ((notification = PQnotifies(pg->conn))) {
		PQfreemem(notification);
		found = 1;
	}
	return found;
}

static int listen_first(struct pg_db *pg, struct vdc_err *err)
{
	int r = vdc_pg_connect(&pg->db, err);

	if (r < 0 || pg->listening)
		return r;
	r = vdc_pg_script(pg, "LISTEN vdc_change", err);
	pg->listening = r == 0;
	return r < 0 ? r : 1;
}

static int wait_change(struct vdc_db *db, int64_t limit_us, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	int64_t end = vdc_time_monotonic() + limit_us;
	int r = listen_first(pg, err);

	while (r == 0) {
		int64_t left = end - vdc_time_monotonic();
		struct pollfd fd = { .fd = PQsocket(pg->conn), .events = POLLIN };

		if (!PQconsumeInput(pg->conn))
			return vdc_pg_error(pg, NULL, err);
		r = take_notifications(pg);
		if (r != 0 || left <= 0)
			return r;
		if (poll(&fd, 1, (int)((left + 999) / 1000)) < 0)
			return 0; /* a signal: the caller may want to look at something else */
	}
	return r;
}

static int change_fd(const struct vdc_db *db)
{
	const struct pg_db *pg = (const struct pg_db *)db;

	return PQstatus(pg->conn) == CONNECTION_OK ? PQsocket(pg->conn) : -1;
}

static int take_now(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		    struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

static int now(struct vdc_db *db, int64_t *ret, struct vdc_err *err)
{
	struct vdc_db_call call = {
		.sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
		.fn = take_now,
		.ctx = ret,
	};

	return run(db, &call, err);
}

const struct vdc_db_ops vdc_postgres_ops = {
	.engine = VDC_DB_POSTGRES,
	.open = vdc_pg_open,
	.close = vdc_pg_close,
	.connect = vdc_pg_connect,
	.run = run,
	.prepare = prepare,
	.script = script,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.batch_begin = vdc_pg_batch_begin,
	.batch_run = vdc_pg_batch_run,
	.batch_end = vdc_pg_batch_end,
	.now = now,
	.wait_change = wait_change,
	.change_fd = change_fd,
};
