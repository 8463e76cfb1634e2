/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches: the engine's own way of sending many statements, or else one run after the other. */
#include <errno.h>

#include "edge/db.h"
#include "edge/db_ops.h"

int vdc_db_batch_begin(struct vdc_db *db, struct vdc_db_batch **ret, struct vdc_err *err)
{
	int r = 0;

	if (!db->in_transaction || db->batching || db->reading)
		return vdc_err_set(err, -EINVAL, "%s: a batch needs a transaction of its own",
				   db->where);
	if (db->ops->batch_begin)
		r = db->ops->batch_begin(db, err);
	if (r < 0)
		return r;
	db->batching = true;
	*ret = &db->batch;
	return 0;
}

static struct vdc_db *db_of(struct vdc_db_batch *batch)
{
	return (struct vdc_db *)((char *)batch - offsetof(struct vdc_db, batch));
}

static int note_failure(struct vdc_db *db, int r, const struct vdc_err *why, struct vdc_err *err)
{
	if (r >= 0)
		return r;
	if (!db->doomed) {
		db->doomed = r;
		db->doom = *why;
	}
	if (err)
		*err = *why;
	return r;
}

static int already_failed(const struct vdc_db *db, uint64_t *failed, struct vdc_err *err)
{
	if (!db->doomed)
		return 0;
	*failed = db->batch.failed;
	return vdc_err_set(err, db->doomed, "%s", vdc_err_text(&db->doom));
}

int vdc_db_batch_run(struct vdc_db_batch *batch, const char *sql, const struct vdc_value *params,
		     size_t n, uint64_t tag, uint64_t *failed, struct vdc_err *err)
{
	struct vdc_db_call call = { .sql = sql, .params = params, .n = n };
	struct vdc_db *db = db_of(batch);
	struct vdc_err why = { 0 };
	int r = already_failed(db, failed, err);

	if (r < 0)
		return r;
	if (!db->ops->batch_run) {
		r = db->ops->run(db, &call, &why);
		batch->failed = tag;
	} else {
		r = db->ops->batch_run(db, &call, tag, &batch->failed, &why);
	}
	if (r < 0)
		*failed = batch->failed;
	return note_failure(db, r, &why, err);
}

int vdc_db_batch_end(struct vdc_db_batch *batch, uint64_t *failed, struct vdc_err *err)
{
	struct vdc_db *db = db_of(batch);
	struct vdc_err why = { 0 };
	int r = already_failed(db, failed, err);

	if (r == 0 && db->ops->batch_end) {
		r = db->ops->batch_end(db, &batch->failed, &why);
		if (r < 0)
			*failed = batch->failed;
		r = note_failure(db, r, &why, err);
	}
	db->batching = false;
	return r;
}
