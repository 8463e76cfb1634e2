/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Batches in libpq's pipeline mode: at most PG_WINDOW statements are on their way; their answers
 * come back in the order in which they were sent.
 */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "edge/db_postgres.h"

enum { RING = 2 * PG_WINDOW };

int vdc_pg_batch_begin(struct vdc_db *db, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);

	if (!pg->pending)
		pg->pending = vdc_alloc(RING * sizeof(*pg->pending));
	pg->first = pg->n_pending = pg->unflushed = 0;
	return PQenterPipelineMode(pg->conn) ? 0 : vdc_pg_error(pg, NULL, err);
}

static void push(struct pg_db *pg, uint64_t tag, struct vdc_db_statement *preparing)
{
	pg->pending[(pg->first + pg->n_pending++) % RING] =
		(struct pg_pending){ .tag = tag, .preparing = preparing };
	pg->unflushed++;
}

/* The answer to the oldest statement; after an error the server skips all that follows. */
static int take_answer(struct pg_db *pg, uint64_t *failed, struct vdc_err *err)
{
	struct pg_pending *oldest = &pg->pending[pg->first];
	PGresult *result, *end;
	int r = vdc_pg_result(pg, &result, err);

	if (r == 0 && PQresultStatus(result) != PGRES_COMMAND_OK &&
	    PQresultStatus(result) != PGRES_TUPLES_OK)
		r = vdc_pg_error(pg, result, err);
	if (r < 0) {
		*failed = oldest->tag;
		PQclear(result);
		return r;
	}
	PQclear(result);
	pg->first = (pg->first + 1) % RING;
	pg->n_pending--;
	r = vdc_pg_result(pg, &end, err);
	PQclear(end);
	return r;
}

static int take_answers(struct pg_db *pg, unsigned leave, uint64_t *failed, struct vdc_err *err)
{
	int r = 0;

	while (r == 0 && pg->n_pending > leave)
		r = take_answer(pg, failed, err);
	return r;
}

static int send_statement(struct pg_db *pg, struct vdc_db_call *call, uint64_t tag,
			  struct vdc_err *err)
{
	struct vdc_db_statement *s = vdc_db_cache_get(&pg->cache, call->sql, NULL, NULL);
	int r;

	if (!s->handle) {
		r = vdc_pg_send_prepare(pg, s, err);
		if (r < 0)
			return r;
		push(pg, tag, s);
		s->handle = s;
	}
	r = vdc_pg_send_run(pg, s, call, err);
	if (r == 0)
		push(pg, tag, NULL);
	return r;
}

int vdc_pg_batch_run(struct vdc_db *db, struct vdc_db_call *call, uint64_t tag, uint64_t *failed,
		     struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	int r = send_statement(pg, call, tag, err);

	pg->changed = true;
	if (r < 0) {
		*failed = tag;
		return r;
	}
	if (pg->unflushed < PG_FLUSH_EVERY)
		return 0;
	pg->unflushed = 0;
	if (!PQsendFlushRequest(pg->conn))
		return vdc_pg_error(pg, NULL, err);
	r = vdc_pg_flush(pg, err);
	return r < 0 ? r : take_answers(pg, PG_WINDOW - PG_FLUSH_EVERY, failed, err);
}

int vdc_pg_batch_end(struct vdc_db *db, uint64_t *failed, struct vdc_err *err)
{
	struct pg_db *pg = pg_of(db);
	PGresult *result;
	int r;

	if (!PQpipelineSync(pg->conn))
		return vdc_pg_error(pg, NULL, err);
	r = vdc_pg_flush(pg, err);
	if (r == 0)
		r = take_answers(pg, 0, failed, err);
	if (r == 0)
		r = vdc_pg_result(pg, &result, err);
	if (r < 0)
		return r;
	PQclear(result); /* PGRES_PIPELINE_SYNC */
	return PQexitPipelineMode(pg->conn) ? 0 : vdc_pg_error(pg, NULL, err);
}

/* Leaves pipeline mode after a failure, whatever is still on its way. */
void vdc_pg_batch_drop(struct pg_db *pg)
{
	unsigned i;
	bool synced = false;

	if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF)
		return;
	for (i = 0; i < pg->n_pending; i++) {
		struct pg_pending *p = &pg->pending[(pg->first + i) % RING];

		if (p->preparing)
			p->preparing->handle = NULL;
	}
	pg->n_pending = 0;
	if (!PQpipelineSync(pg->conn) || vdc_pg_flush(pg, NULL) < 0)
		return;
	while (!synced || !PQexitPipelineMode(pg->conn)) {
		PGresult *result;

		if (vdc_pg_result(pg, &result, NULL) < 0 || PQstatus(pg->conn) != CONNECTION_OK)
			return;
		synced = synced || PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		PQclear(result);
	}
}
