/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of the module vdc-postgres. */
#pragma once

#include <libpq-fe.h>

#include "edge/db_cache.h"
#include "edge/db_ops.h"

struct pg_pending {
	uint64_t tag;
	struct vdc_db_statement *preparing; /* NULL: a statement was run */
};

#define VDC_PG_NO_PRIVILEGE "42501" /* SQLSTATE, PostgreSQL manual, appendix A */

enum { PG_WINDOW = 512, PG_FLUSH_EVERY = 128 };

struct pg_db {
	struct vdc_db db;
	PGconn *conn;
	struct vdc_db_cache cache;
	bool changed; /* the transaction wrote something */
	bool listening;
	struct pg_pending *pending; /* ring of 2 * PG_WINDOW: sent, not yet answered */
	unsigned first, n_pending, unflushed;
};

static inline struct pg_db *pg_of(struct vdc_db *db)
{
	return (struct pg_db *)db;
}

/* db_postgres_connect.c */
int vdc_pg_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err);
void vdc_pg_close(struct vdc_db *db);
int vdc_pg_connect(struct vdc_db *db, struct vdc_err *err);

/* db_postgres_talk.c: nothing in it waits longer than the server may be silent. */
int vdc_pg_flush(struct pg_db *pg, struct vdc_err *err);
int vdc_pg_result(struct pg_db *pg, PGresult **ret, struct vdc_err *err);
int vdc_pg_script(struct pg_db *pg, const char *sql, struct vdc_err *err);
int vdc_pg_error(struct pg_db *pg, const PGresult *result, struct vdc_err *err);
int vdc_pg_error_of_state(const char *sqlstate);
/* What to do when the server's TEXT says that permission is denied; the caller frees it. */
char *vdc_pg_advice_to_grant(const PGconn *conn, const char *text);
int vdc_pg_send_prepare(struct pg_db *pg, struct vdc_db_statement *s, struct vdc_err *err);
int vdc_pg_send_run(struct pg_db *pg, struct vdc_db_statement *s, const struct vdc_db_call *call,
		    struct vdc_err *err);

/* db_postgres_batch.c */
int vdc_pg_batch_begin(struct vdc_db *db, struct vdc_err *err);
int vdc_pg_batch_run(struct vdc_db *db, struct vdc_db_call *call, uint64_t tag, uint64_t *failed,
		     struct vdc_err *err);
int vdc_pg_batch_end(struct vdc_db *db, uint64_t *failed, struct vdc_err *err);
void vdc_pg_batch_drop(struct pg_db *pg);

extern const struct vdc_db_ops vdc_postgres_ops;
