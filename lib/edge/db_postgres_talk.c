/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending to PostgreSQL and waiting for its answers. The socket never blocks; a server that says
 * nothing for as long as the patience lasts counts as dead and the connection is given up. (Its own
 * statement_timeout would also count the time in which a slow reader of ours takes rows.)
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/time.h"
#include "edge/db_postgres.h"

static const struct {
	const char *state; /* SQLSTATE or its class */
	int code;
} codes[] = {
	{ "23505", -EEXIST },	  { "42P07", -EEXIST },	   { "42710", -EEXIST },
	{ "23503", -ENOTEMPTY },  { "23514", -ENOTEMPTY }, { "23001", -ENOTEMPTY },
	{ "40001", -EAGAIN },	  { "40P01", -EAGAIN },	   { "55P03", -EAGAIN },
	{ "42P01", -ENOENT },	  { "3D000", -ENOENT },	   { VDC_PG_NO_PRIVILEGE, -EACCES },
	{ "28", -EACCES },	  { "25006", -EACCES },	   { "57014", -ETIMEDOUT },
	{ "57P", -ECONNRESET },	  { "08P01", -EINVAL },	   { "08", -ECONNRESET },
	{ "25P03", -ECONNRESET }, { "53100", -ENOSPC },	   { "53300", -EHOSTUNREACH },
	{ "53", -ENOMEM },	  { "58", -EIO },
};

int vdc_pg_error_of_state(const char *state)
{
	size_t i;

	for (i = 0; i < VDC_COUNT(codes); i++)
		if (strncmp(state, codes[i].state, strlen(codes[i].state)) == 0)
			return codes[i].code;
	return -EINVAL;
}

static int lost(struct pg_db *pg, struct vdc_err *err)
{
	const char *text = PQerrorMessage(pg->conn);

	return vdc_err_set(err, -ECONNRESET, "database %s: connection lost%s%.*s", pg->db.where,
			   text[0] ? ": " : "", (int)strcspn(text, "\n"), text);
}

/* "Key (cluster_id, name)=(x, y) already exists." -> "another row has the same cluster_id, name" */
static int not_unique(struct pg_db *pg, const PGresult *result, const char *text,
		      struct vdc_err *err)
{
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *from = detail ? strchr(detail, '(') : NULL;
	const char *to = from ? strstr(from, ")=(") : NULL;
	const char *end = to ? strrchr(to, ')') : NULL;

	pg->db.clash[0] = '\0';
	if (!end || end <= to)
		return vdc_err_set(err, -EEXIST, "%s", text);
	snprintf(pg->db.clash, sizeof(pg->db.clash), "%.*s", (int)(end - to - 3), to + 3);
	return vdc_err_set(err, -EEXIST, "another row has the same %.*s", (int)(to - from - 1),
			   from + 1);
}

char *vdc_pg_advice_to_grant(const PGconn *conn, const char *text)
{
	vdc_autofree char *database = vdc_format("CONNECT ON DATABASE %s", PQdb(conn));
	const char *right = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public";

	if (strstr(text, "for schema"))
		right = "CREATE ON SCHEMA public";
	else if (strstr(text, "for database"))
		right = database;
	return vdc_format("its owner can let you: GRANT %s TO %s", right, PQuser(conn));
}

int vdc_pg_error(struct pg_db *pg, const PGresult *result, struct vdc_err *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	int code;

	if (!state && PQstatus(pg->conn) == CONNECTION_BAD)
		return lost(pg, err);
	if (!state)
		return vdc_err_set(err, -EINVAL, "database %s: %s", pg->db.where,
				   PQerrorMessage(pg->conn));
	text = text ? text : "error";
	code = vdc_pg_error_of_state(state);
	if (code == -ECONNRESET) /* it said goodbye: nothing more may be sent on this one */
		shutdown(PQsocket(pg->conn), SHUT_RDWR);
	if (code == -EEXIST && strcmp(state, "23505") == 0)
		return not_unique(pg, result, text, err);
	if (strcmp(state, "23502") == 0)
		return vdc_err_set(err, code, "%s.%s: a value is required",
				   PQresultErrorField(result, PG_DIAG_TABLE_NAME),
				   PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
	if (strcmp(state, VDC_PG_NO_PRIVILEGE) == 0) {
		vdc_autofree char *advice = vdc_pg_advice_to_grant(pg->conn, text);

		return vdc_err_set(err, code, "database %s: %s; %s", pg->db.where, text, advice);
	}
	return vdc_err_set(err, code, "database %s: %s", pg->db.where, text);
}

/* Waits for EVENTS; input that came is taken. */
static int wait_socket(struct pg_db *pg, short events, struct vdc_err *err)
{
	struct pollfd fd = { .fd = PQsocket(pg->conn), .events = events };
	int64_t end = vdc_time_monotonic() + pg->db.patience;
	int n;

	do {
		int64_t left = (end - vdc_time_monotonic()) / 1000;

		if (fd.fd < 0)
			return lost(pg, err);
		n = poll(&fd, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	if (n == 0) {
		shutdown(fd.fd, SHUT_RDWR); /* the session ends, and what it did is rolled back */
		PQconsumeInput(pg->conn);
		return vdc_err_set(err, -ETIMEDOUT, "database %s: no answer for %d s", pg->db.where,
				   (int)(pg->db.patience / VDC_SECOND));
	}
	if ((fd.revents & ~POLLOUT) && !PQconsumeInput(pg->conn))
		return lost(pg, err);
	return 0;
}

int vdc_pg_flush(struct pg_db *pg, struct vdc_err *err)
{
	int left, r;

	while ((left = PQflush(pg->conn)) == 1) {
		r = wait_socket(pg, POLLIN | POLLOUT, err);
		if (r < 0)
			return r;
	}
	return left == 0 ? 0 : lost(pg, err);
}

int vdc_pg_result(struct pg_db *pg, PGresult **ret, struct vdc_err *err)
{
	int r;

	while (PQisBusy(pg->conn)) {
		r = wait_socket(pg, POLLIN, err);
		if (r < 0)
			return r;
	}
	*ret = PQgetResult(pg->conn);
	return 0;
}

int vdc_pg_script(struct pg_db *pg, const char *sql, struct vdc_err *err)
{
	PGresult *result;
	int r, failure = 0;

	if (!PQsendQuery(pg->conn, sql))
		return vdc_pg_error(pg, NULL, err);
	r = vdc_pg_flush(pg, err);
	if (r < 0)
		return r;
	for (;;) {
		r = vdc_pg_result(pg, &result, err);
		if (r < 0)
			return r;
		if (!result)
			return failure;
		if (PQresultStatus(result) == PGRES_FATAL_ERROR && failure == 0)
			failure = vdc_pg_error(pg, result, err);
		/* COMMIT of a transaction that had failed says ROLLBACK and is no error to the server. */
		if (strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(result), "ROLLBACK") == 0)
			failure =
				vdc_err_set(err, -EINVAL, "database %s: rolled back", pg->db.where);
		PQclear(result);
	}
}

enum { NAME_SIZE = 16, NUMBER_SIZE = 24 };

static void name_of(const struct vdc_db_statement *s, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "s%u", s->number);
}

int vdc_pg_send_prepare(struct pg_db *pg, struct vdc_db_statement *s, struct vdc_err *err)
{
	char name[NAME_SIZE];

	name_of(s, name);
	return PQsendPrepare(pg->conn, name, s->sql, 0, NULL) ? 0 : vdc_pg_error(pg, NULL, err);
}

int vdc_pg_send_run(struct pg_db *pg, struct vdc_db_statement *s, const struct vdc_db_call *call,
		    struct vdc_err *err)
{
	vdc_autofree const char **values = vdc_alloc((call->n + 1) * sizeof(*values));
	vdc_autofree char *numbers = vdc_alloc((call->n + 1) * NUMBER_SIZE);
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < call->n; i++) {
		const struct vdc_value *v = &call->params[i];

		if (v->type == VDC_STRING) {
			values[i] = v->text;
		} else if (v->type == VDC_INTEGER) {
			values[i] = numbers + i * NUMBER_SIZE;
			snprintf(numbers + i * NUMBER_SIZE, NUMBER_SIZE, "%lld",
				 (long long)v->integer);
		}
	}
	name_of(s, name);
	return PQsendQueryPrepared(pg->conn, name, (int)call->n, values, NULL, NULL, 0)
		       ? 0
		       : vdc_pg_error(pg, NULL, err);
}
