/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One interface to SQLite and PostgreSQL. The SQL text is the same for both under the rules of
 * HACKING.md ("SQL"): parameters are written $1, $2, ...; columns are TEXT and BIGINT only.
 * Errors: -EEXIST unique constraint, -ENOTEMPTY foreign key or check refused, -ENOENT no such table
 * or database, -EAGAIN serialization failure or lock (transactions run again by themselves),
 * -ECONNRESET and the like when the server is away, -EACCES not permitted, -EINVAL anything that
 * the statement itself got wrong. One thread at a time uses a connection.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"

struct vdc_db;

enum vdc_db_engine { VDC_DB_SQLITE, VDC_DB_POSTGRES };

/* A parameter or a column. Text is borrowed: parameters for the call, columns for the callback. */
struct vdc_value {
	enum { VDC_NULL, VDC_INTEGER, VDC_STRING } type;
	int64_t integer;
	const char *text;
	size_t len;
};

struct vdc_value vdc_db_null(void);
struct vdc_value vdc_db_int(int64_t i);
struct vdc_value vdc_db_text(const char *s); /* NULL gives NULL */

/* A row; non-zero ends the reading and is returned. Integer columns arrive as text from PostgreSQL:
 * use vdc_db_as_int. The callback must not use the connection that it reads from. */
typedef int vdc_db_row_fn(void *ctx, const struct vdc_value *columns, size_t n,
			  struct vdc_err *err);
int64_t vdc_db_as_int(const struct vdc_value *v, int64_t if_null);
const char *vdc_db_as_text(const struct vdc_value *v); /* NULL for NULL */

enum vdc_db_flags {
	VDC_DB_READ_ONLY = 1 << 0,
	VDC_DB_CREATE = 1 << 1,	 /* SQLite: make the file and its folder */
	VDC_DB_FOREIGN = 1 << 2, /* PostgreSQL: not ours, its server may be as old as 9.5 */
};

/*
 * WHERE: a path or "sqlite:PATH"; "postgresql://..." or "service=...": libpq. No secret in it is
 * ever printed. SQLite is refused on network file systems. Time limit for connecting: 10 s.
 */
int vdc_db_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err);
void vdc_db_close(struct vdc_db *db); /* NULL is fine */

/* Another connection to the same database, for another thread. */
int vdc_db_open_again(const struct vdc_db *db, struct vdc_db **ret, struct vdc_err *err);

/* How long a server may be silent until it counts as dead (-ETIMEDOUT); the setting
 * database-timeout at first. */
void vdc_db_set_patience(struct vdc_db *db, int64_t us);

/*
 * A lost connection is made again before the next statement or transaction. When the server is away
 * that is tried for so long, VDC_DB_RECONNECT at first, with growing pauses of up to 2 s; FN (may be NULL) is
 * told before each. 0: tried once.
 */
#define VDC_DB_RECONNECT (30 * VDC_SECOND)
typedef void vdc_db_waits_fn(void *ctx, struct vdc_db *db, int64_t waited_us);
void vdc_db_set_reconnect(struct vdc_db *db, int64_t limit_us, vdc_db_waits_fn *fn, void *ctx);

/* Whether the error CODE of a call here means that the server cannot be reached just now. */
bool vdc_db_is_away(int code);

enum vdc_db_engine vdc_db_engine(const struct vdc_db *db);
const char *vdc_db_where(const struct vdc_db *db); /* for messages, without secrets */

/*
 * Runs one statement. FN (may be NULL) gets each row as it arrives; rows are streamed, never
 * gathered. CHANGED (may be NULL) is the number of rows inserted, updated or deleted. Statements are
 * prepared once per connection and text (the text must be a constant or live as long as the
 * connection).
 */
int vdc_db_run(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
	       vdc_db_row_fn *fn, void *ctx, int64_t *changed, struct vdc_err *err);

/* Only prepares it, for tests: N_PARAMS is the number of parameters. */
int vdc_db_prepare(struct vdc_db *db, const char *sql, size_t *n_params, struct vdc_err *err);

/* Several statements of a migration, without parameters. */
int vdc_db_script(struct vdc_db *db, const char *sql, struct vdc_err *err);

/*
 * FN inside a transaction, BEGIN IMMEDIATE or SERIALIZABLE, run again (with growing pauses, at most
 * 30 s in all) when the engine could not serialise it, and (at most twice) when the connection was
 * lost before COMMIT: FN must have no effect outside of the database. A statement that failed dooms
 * the transaction: nothing runs in it any more, and it is not committed even if FN returns 0. FN's
 * result of 0 or more is returned. When the connection is lost at COMMIT the outcome is unknown:
 * -ECONNRESET, and the caller reads back. FN returns -ENOTRECOVERABLE when it cannot run again: the
 * error is then why it had to, -EBUSY or -ECONNRESET. Not nested.
 */
typedef int vdc_db_fn(struct vdc_db *db, void *ctx, struct vdc_err *err);
int vdc_db_transaction(struct vdc_db *db, vdc_db_fn *fn, void *ctx, struct vdc_err *err);

/* The same, read only: every statement in it sees one snapshot (REPEATABLE READ). It is not run again
 * after a lost connection, so that FN may print what it reads. */
int vdc_db_snapshot(struct vdc_db *db, vdc_db_fn *fn, void *ctx, struct vdc_err *err);

/*
 * After -EEXIST for a row: the values of the key that another row has, "ID, NAME", where the engine
 * tells them (PostgreSQL), so that one of several rows in a statement can be named. Else "".
 */
const char *vdc_db_clash(const struct vdc_db *db);

/*
 * Bulk writes inside a transaction: statements without rows are sent without waiting for their
 * answers (pipeline mode on PostgreSQL; at once on SQLite). Copies the parameters. TAG comes back
 * through FAILED when a statement fails, at any later call or at the end; everything after it is
 * dropped and the transaction must be rolled back (return the error from FN).
 */
struct vdc_db_batch;
int vdc_db_batch_begin(struct vdc_db *db, struct vdc_db_batch **ret, struct vdc_err *err);
int vdc_db_batch_run(struct vdc_db_batch *batch, const char *sql, const struct vdc_value *params,
		     size_t n, uint64_t tag, uint64_t *failed, struct vdc_err *err);
int vdc_db_batch_end(struct vdc_db_batch *batch, uint64_t *failed, struct vdc_err *err);

/* The clock that all who use this database share: the server's, or for SQLite the machine's. */
int vdc_db_now(struct vdc_db *db, int64_t *ret, struct vdc_err *err);

/*
 * LISTEN/NOTIFY on PostgreSQL, change counter on SQLite: returns 1 when something was committed by
 * anybody since the last call, 0 after LIMIT_US without or when a signal came. The first call begins
 * to watch and returns 1 at once: read, wait, read again, and nothing is missed in between.
 */
int vdc_db_wait_change(struct vdc_db *db, int64_t limit_us, struct vdc_err *err);
/* For who waits for other things as well: to poll for reading after vdc_db_wait_change() with a limit of 0
 * returned 0, and until the next statement. -1: there is no such thing. */
int vdc_db_change_fd(const struct vdc_db *db);
