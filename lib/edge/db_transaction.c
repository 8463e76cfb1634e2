/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions, which run again when the engine wants it, and waiting for a server that is away. */
#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "edge/db.h"
#include "edge/db_ops.h"

#define RETRY_LIMIT (30 * VDC_SECOND)
#define LONGEST_PAUSE (VDC_SECOND / 4)
#define LONGEST_PAUSE_AWAY (2 * VDC_SECOND)

enum { LOSSES_MAX = 3 }; /* a transaction that kills its server must not go on for ever */

/* Twice as long each time, and never the same for two processes. */
static void pause_before_retry(unsigned tries, int64_t longest)
{
	int64_t most = tries < 20 && (1000 << tries) < longest ? 1000 << tries : longest;
	uint64_t noise = (uint64_t)vdc_time_monotonic() * 2654435761u + (uint64_t)getpid() * 40503u;
	int64_t us = most / 4 + (int64_t)((noise >> 7) % (uint64_t)most);

	vdc_sleep(us);
}

bool vdc_db_is_away(int code)
{
	return code == -ECONNRESET || code == -ECONNREFUSED || code == -EHOSTUNREACH ||
	       code == -ETIMEDOUT;
}

int vdc_db_connect(struct vdc_db *db, struct vdc_err *err)
{
	const struct vdc_db_reconnect *reconnect = &db->reconnect;
	int64_t start = vdc_time_monotonic();
	unsigned tries;

	if (!db->ops->connect)
		return 0;
	for (tries = 0;; tries++) {
		struct vdc_err why = { 0 };
		int r = db->ops->connect(db, &why);
		int64_t waited = vdc_time_monotonic() - start;

		if (!vdc_db_is_away(r) || waited >= reconnect->limit) {
			if (r < 0 && err)
				*err = why;
			return r;
		}
		vdc_debug("%s", vdc_err_text(&why));
		if (reconnect->fn)
			reconnect->fn(reconnect->ctx, db, waited);
		pause_before_retry(tries, LONGEST_PAUSE_AWAY);
	}
}

static int begin(struct vdc_db *db, enum vdc_db_begin how, struct vdc_err *err)
{
	int r = vdc_db_connect(db, err);

	db->unsure = false;
	return r < 0 ? r : db->ops->begin(db, how, err);
}

static int attempt(struct vdc_db *db, enum vdc_db_begin how, vdc_db_fn *fn, void *ctx,
		   struct vdc_err *err)
{
	int r = begin(db, how, err);
	int outcome;

	if (r < 0)
		return r;
	db->in_transaction = true;
	outcome = fn(db, ctx, err);
	r = outcome;
	/* FN may have passed over the failure, or reported it in words and a code of its own. */
	if (db->doomed && (r >= 0 || db->doomed == -EAGAIN || db->doomed == -ECONNRESET)) {
		if (err)
			*err = db->doom;
		r = db->doomed;
	}
	if (r >= 0)
		r = db->ops->commit(db, err);
	if (r < 0)
		db->ops->rollback(db);
	db->in_transaction = false;
	db->batching = false;
	db->clashed = r < 0 && db->doomed == -EEXIST;
	db->doomed = 0;
	return r < 0 ? r : outcome;
}

/*
 * Of two transactions that add the same key at once PostgreSQL lets the second one fail as if the key had
 * been there before, not as one that is to run again (its manual, "Serializable Isolation Level"). When
 * it runs once more it sees the other's row, and an error that was its own comes back.
 */
static bool may_have_met(const struct vdc_db *db)
{
	return db->clashed && db->ops->engine == VDC_DB_POSTGRES;
}

static int run_again_until_done(struct vdc_db *db, enum vdc_db_begin how, vdc_db_fn *fn, void *ctx,
				struct vdc_err *err)
{
	int64_t limit = vdc_time_monotonic() + RETRY_LIMIT;
	unsigned tries, losses = how == VDC_DB_BEGIN_WRITE ? 0 : LOSSES_MAX, clashes = 0;
	struct vdc_err why = { 0 }, cause;
	int r = vdc_db_check_free(db, err);

	if (r < 0)
		return r;
	if (db->in_transaction)
		return vdc_err_set(err, -EINVAL, "%s: transactions do not nest", db->where);
	for (tries = 0;; tries++) {
		bool lost, clashed;

		cause = why;
		why = (struct vdc_err){ 0 };
		r = attempt(db, how, fn, ctx, &why);
		lost = r == -ECONNRESET && !db->unsure && ++losses < LOSSES_MAX;
		clashed = r != -EAGAIN && may_have_met(db) && !clashes++;
		if (!lost && !clashed && (r != -EAGAIN || vdc_time_monotonic() > limit))
			break;
		vdc_debug("%s: once more: %s", db->where, vdc_err_text(&why));
		pause_before_retry(tries, LONGEST_PAUSE);
	}
	if (r == -EAGAIN)
		return vdc_err_set(err, r,
				   "%s: other runs kept the database busy for 30 s (%s); "
				   "try again",
				   db->where, why.msg);
	if (r == -ENOTRECOVERABLE && clashes) {
		if (err)
			*err = cause;
		return cause.code;
	}
	if (r == -ENOTRECOVERABLE && tries)
		return vdc_err_set(err, cause.code == -EAGAIN ? -EBUSY : cause.code, "%s: %s",
				   why.msg, vdc_err_text(&cause));
	if (r < 0 && err)
		*err = why;
	return r;
}

int vdc_db_transaction(struct vdc_db *db, vdc_db_fn *fn, void *ctx, struct vdc_err *err)
{
	return run_again_until_done(db, VDC_DB_BEGIN_WRITE, fn, ctx, err);
}

int vdc_db_snapshot(struct vdc_db *db, vdc_db_fn *fn, void *ctx, struct vdc_err *err)
{
	return run_again_until_done(db, VDC_DB_BEGIN_SNAPSHOT, fn, ctx, err);
}
