/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connecting to PostgreSQL. What WHERE holds is never printed: it may have a password in it. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "edge/db_postgres.h"

enum { OLDEST_SERVER = 130000, OLDEST_FOREIGN = 90500, MOST_OPTIONS = 64, CONNECT_LIMIT_S = 10 };

/* What the user left open; a server that vanished is noticed within half a minute. */
static const struct {
	const char *keyword, *value;
} otherwise[] = {
	{ "fallback_application_name", "vdc" },
	{ "keepalives", "1" },
	{ "keepalives_idle", "10" },
	{ "keepalives_interval", "5" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "20000" },
};

static const char *option_in(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val;
	return NULL;
}

static int64_t connect_limit(const PQconninfoOption *options)
{
	const char *given = option_in(options, "connect_timeout");
	long seconds = given ? strtol(given, NULL, 10) : 0;

	return (seconds > 0 && seconds < 3600 ? seconds : CONNECT_LIMIT_S) * VDC_SECOND;
}

static PGconn *start(const PQconninfoOption *options)
{
	const char *keywords[MOST_OPTIONS + 1], *values[MOST_OPTIONS + 1];
	const PQconninfoOption *o;
	size_t i, n = 0;

	for (i = 0; i < VDC_COUNT(otherwise); i++) {
		if (option_in(options, otherwise[i].keyword))
			continue;
		keywords[n] = otherwise[i].keyword;
		values[n++] = otherwise[i].value;
	}
	for (o = options; o->keyword && n < MOST_OPTIONS - 1; o++) {
		if (!o->val || strcmp(o->keyword, "client_encoding") == 0)
			continue;
		keywords[n] = o->keyword;
		values[n++] = o->val;
	}
	keywords[n] = "client_encoding";
	values[n++] = "UTF8";
	keywords[n] = NULL;
	values[n] = NULL;
	return PQconnectStartParams(keywords, values, 0);
}

/* The place without the secrets: the host, the port and the name of the database. */
static char *describe(const PGconn *conn)
{
	const char *host = PQhost(conn), *port = PQport(conn), *name = PQdb(conn);

	host = host ? host : "";
	name = name ? name : "";
	if (host[0] == '/')
		return vdc_format("postgresql:///%s?host=%s", name, host);
	return vdc_format("postgresql://%s%s%s/%s", host, port && port[0] ? ":" : "",
			  port ? port : "", name);
}

/*
 * In verbose messages of libpq the SQLSTATE stands between colons: "FATAL:  28P01: password ...".
 * Each has a digit in it, "FATAL" has not.
 */
static int code_of_message(const char *message)
{
	static const char digits[] = "0123456789", any[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *colon;

	for (colon = strchr(message, ':'); colon; colon = strchr(colon + 1, ':')) {
		const char *state = colon + 1 + strspn(colon + 1, " ");

		if (strspn(state, any) == 5 && state[5] == ':' && strcspn(state, digits) < 5)
			return vdc_pg_error_of_state(state);
	}
	return -ECONNREFUSED;
}

static char *advice(const PGconn *conn, int code, const char *message)
{
	if (code == -ENOENT)
		return vdc_strdup("create it with createdb");
	if (code == -EACCES && PQconnectionNeedsPassword(conn))
		return vdc_strdup("write the password to ~/.pgpass");
	if (code == -EACCES && strstr(message, " " VDC_PG_NO_PRIVILEGE ":"))
		return vdc_pg_advice_to_grant(conn, message);
	return NULL;
}

static int connect_failed(PGconn *conn, struct vdc_err *err)
{
	vdc_autofree char *where = describe(conn);
	vdc_autofree char *message = vdc_strdup(PQerrorMessage(conn));
	int r = code_of_message(message);
	vdc_autofree char *what_next = advice(conn, r, message);
	char *detail = strstr(message, "\nLOCATION:");

	if (detail)
		*detail = '\0';
	message[strcspn(message, "\n")] = '\0';
	return vdc_err_set(err, r, "database %s: %s%s%s", where, message, what_next ? "; " : "",
			   what_next ?: "");
}

static int wait_for_connection(PGconn *conn, int64_t limit, struct vdc_err *err)
{
	int64_t end = vdc_time_monotonic() + limit;
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (PQstatus(conn) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
	       state != PGRES_POLLING_FAILED) {
		struct pollfd fd = { .fd = PQsocket(conn) };
		int64_t left = end - vdc_time_monotonic();

		fd.events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		if (left <= 0 || poll(&fd, 1, (int)(left / 1000) + 1) == 0) {
			vdc_autofree char *where = describe(conn);

			return vdc_err_set(err, -ETIMEDOUT, "database %s: no answer within %d s",
					   where, (int)(limit / VDC_SECOND));
		}
		if (fd.revents)
			state = PQconnectPoll(conn);
	}
	return PQstatus(conn) == CONNECTION_OK ? 0 : connect_failed(conn, err);
}

static void note(void *arg vdc_unused, const char *message)
{
	vdc_debug("PostgreSQL: %.*s", (int)strcspn(message, "\n"), message);
}

/*
 * A server may not hold locks for a client that stands still, nor work for one that is gone. It
 * plans a statement once: all of ours have one good plan, and planning each upsert of an import
 * again takes longer than all the rest.
 */
static int set_up_session(struct pg_db *pg, struct vdc_err *err)
{
	int version = PQserverVersion(pg->conn);
	bool foreign = pg->db.flags & VDC_DB_FOREIGN;
	vdc_autofree char *sql = NULL;

	if (version < (foreign ? OLDEST_FOREIGN : OLDEST_SERVER))
		return vdc_err_set(err, -EINVAL,
				   "database %s: PostgreSQL %s or newer is needed, "
				   "this is %d",
				   pg->db.where, foreign ? "9.5" : "13", version / 10000);
	sql = vdc_format("SET lock_timeout = '20s';%s%s%s%s",
			 version >= 90600 ? "SET idle_in_transaction_session_timeout = '60s';" : "",
			 version >= 120000 ? "SET plan_cache_mode = force_generic_plan;" : "",
			 version >= 140000 ? "SET client_connection_check_interval = '5s';" : "",
			 pg->db.flags & VDC_DB_READ_ONLY ? "SET default_transaction_read_only = on"
							 : "");
	return vdc_pg_script(pg, sql, err);
}

static int connect_now(struct pg_db *pg, struct vdc_err *err)
{
	PQconninfoOption *options = PQconninfoParse(pg->db.given, NULL);
	int r;

	if (!options) /* libpq's words for it would quote from the string */
		return vdc_err_set(err, -EINVAL,
				   "database: the connection string is malformed; "
				   "write postgresql://USER@HOST:PORT/NAME or service=NAME");
	pg->conn = start(options);
	if (!pg->conn) {
		PQconninfoFree(options);
		return vdc_err_set(err, -ENOMEM, "database: out of memory");
	}
	PQsetNoticeProcessor(pg->conn, note, NULL);
	PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
	r = wait_for_connection(pg->conn, connect_limit(options), err);
	PQconninfoFree(options);
	if (r < 0)
		return r;
	PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
	PQsetnonblocking(pg->conn, 1);
	free(pg->db.where);
	pg->db.where = describe(pg->conn);
	return set_up_session(pg, err);
}

static void forget_connection(struct pg_db *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->listening = false;
	vdc_db_cache_clear(&pg->cache, NULL, NULL);
}

/* Takes what the server said unasked: it may have said goodbye. */
static bool is_alive(struct pg_db *pg)
{
	struct pollfd fd = { .fd = PQsocket(pg->conn), .events = POLLIN };

	while (PQstatus(pg->conn) == CONNECTION_OK && poll(&fd, 1, 0) > 0)
		if (!PQconsumeInput(pg->conn))
			return false;
	return PQstatus(pg->conn) == CONNECTION_OK;
}

int vdc_pg_connect(struct vdc_db *db, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	int r;

	if (pg->conn && is_alive(pg))
		return 0;
	forget_connection(pg);
	r = connect_now(pg, err);
	if (r < 0)
		forget_connection(pg);
	return r;
}

int vdc_pg_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err)
{
	struct pg_db *pg = vdc_alloc(sizeof(*pg));
	int r;

	vdc_db_init(&pg->db, &vdc_postgres_ops, where, flags);
	pg->db.where = vdc_strdup("postgresql");
	r = vdc_pg_connect(&pg->db, err);
	if (r < 0) {
		vdc_pg_close(&pg->db);
		return r;
	}
	*ret = &pg->db;
	return 0;
}

void vdc_pg_close(struct vdc_db *db)
{
	struct pg_db *pg = pg_of(db);

	forget_connection(pg);
	free(pg->pending);
	vdc_db_done(&pg->db);
	free(pg);
}
