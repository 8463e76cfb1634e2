/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/reach.h"

#include "store/statements.h"

static const char put_reach[] =
	"INSERT INTO domain_reaches (id, host_id, storage_domain_id, status, since, checked, seen, "
	"latency, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
	"ON CONFLICT (host_id, storage_domain_id) DO UPDATE SET status = excluded.status, "
	"since = excluded.since, checked = excluded.checked, seen = excluded.seen, "
	"latency = excluded.latency, detail = excluded.detail";

const struct vdc_statement vdc_reach_statements[] = {
	{ "put reach", put_reach },
	{ 0 },
};

static struct vdc_value number(int64_t value)
{
	return value == VDC_UNSET ? vdc_db_null() : vdc_db_int(value);
}

static int put(struct vdc_db_batch *batch, const struct vdc_domain_reach *row, struct vdc_err *err)
{
	uint64_t failed;
	const struct vdc_value params[] = {
		vdc_db_text(row->id),
		vdc_db_text(row->host.id),
		vdc_db_text(row->storage_domain.id),
		vdc_db_text(vdc_enum_word(&vdc_reach_status_values, row->status)),
		number(row->since),
		number(row->checked),
		number(row->seen),
		number(row->latency),
		row->detail ? vdc_db_text(row->detail) : vdc_db_null(),
	};

	return vdc_db_batch_run(batch, put_reach, params, VDC_COUNT(params), 0, &failed, err);
}

int vdc_store_reaches(struct vdc_db *db, const struct vdc_domain_reach *const *rows, size_t n,
		      struct vdc_err *err)
{
	struct vdc_db_batch *batch;
	uint64_t failed;
	int r = vdc_db_batch_begin(db, &batch, err), ended;

	if (r)
		return r;
	for (size_t i = 0; i < n && !r; i++)
		r = put(batch, rows[i], err);
	ended = vdc_db_batch_end(batch, &failed, r ? NULL : err);
	return r ? r : ended;
}
