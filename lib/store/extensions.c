/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/extensions.h"

#include <errno.h>

#include "base/time.h"
#include "model/volume.h"
#include "store/statements.h"

static const char supersede[] =
	"UPDATE extensions SET status = 'superseded', end_time = $1 WHERE volume_id = $2 "
	"AND status = 'waiting' AND requested_size <= $3 AND (host_id = $4 OR "
	"(host_id IS NULL AND $4 IS NULL))";
static const char withdraw[] =
	"UPDATE extensions SET status = 'superseded', end_time = $1 WHERE id = $2 "
	"AND status = 'waiting'";
static const char read_one[] =
	"SELECT status, old_size, new_size, message FROM extensions WHERE id = $1";
static const char each_waiting[] =
	"SELECT extensions.id, extensions.volume_id, extensions.storage_domain_id, "
	"extensions.requested_size, volumes.capacity, volumes.allocation FROM extensions "
	"JOIN volumes ON volumes.id = extensions.volume_id "
	"WHERE extensions.status = 'waiting' ORDER BY extensions.requested, extensions.id";
static const char end_one[] =
	"UPDATE extensions SET status = $1, old_size = $2, new_size = $3, end_time = $4, lver = $5, "
	"message = $6 WHERE id = $7 AND status = 'waiting'";
static const char set_size[] =
	"UPDATE volumes SET size = $1 WHERE id = (SELECT volume_id FROM extensions WHERE id = $2)";
static const char purge[] = "DELETE FROM extensions WHERE end_time < $1";

const struct vdc_statement vdc_extension_statements[] = {
	{ "supersede extensions", supersede }, { "withdraw extension", withdraw },
	{ "read extension", read_one },	       { "waiting extensions", each_waiting },
	{ "end extension", end_one },	       { "size of extended volume", set_size },
	{ "purge extensions", purge },	       { 0 },
};

static struct vdc_value number(int64_t value)
{
	return value == VDC_UNSET ? vdc_db_null() : vdc_db_int(value);
}

struct adding {
	struct vdc_extension *extension;
	struct vdc_arena *arena;
};

static int add(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct adding *adding = ctx;
	struct vdc_extension *it = adding->extension;
	const struct vdc_value params[] = { vdc_db_int(it->requested), vdc_db_text(it->volume.id),
					    vdc_db_int(it->requested_size),
					    vdc_db_text(it->host.id) };
	int r = vdc_db_run(db, supersede, params, VDC_COUNT(params), NULL, NULL, NULL, err);

	it->id = NULL; /* it may run again */
	return r ? r : vdc_store_put(db, &vdc_extension_kind, it, adding->arena, err);
}

int vdc_extension_add(struct vdc_db *db, struct vdc_extension *extension, struct vdc_arena *arena,
		      struct vdc_err *err)
{
	struct adding adding = { extension, arena };
	int r;

	extension->status = VDC_EXTENSION_WAITING;
	extension->requested = vdc_time_now();
	r = vdc_db_transaction(db, add, &adding, err);
	return r == -ENOTEMPTY ? vdc_err_set(err, -ENOENT, "the inventory has no volume %s",
					     extension->volume.id)
			       : r;
}

struct statement {
	const char *sql;
	const struct vdc_value *params;
	size_t n;
};

static int run_one(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct statement *it = ctx;

	return vdc_db_run(db, it->sql, it->params, it->n, NULL, NULL, NULL, err);
}

int vdc_extension_withdraw(struct vdc_db *db, const char *id, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_int(vdc_time_now()), vdc_db_text(id) };
	struct statement it = { withdraw, params, VDC_COUNT(params) };

	return vdc_db_transaction(db, run_one, &it, err);
}

struct reading {
	struct vdc_arena *arena;
	struct vdc_extension *ret;
	bool found;
};

static int take_one(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		    struct vdc_err *err vdc_unused)
{
	struct reading *reading = ctx;
	const char *message = vdc_db_as_text(&columns[3]);

	reading->ret->status =
		vdc_enum_find(&vdc_extension_status_values, vdc_db_as_text(&columns[0]));
	reading->ret->old_size = vdc_db_as_int(&columns[1], VDC_UNSET);
	reading->ret->new_size = vdc_db_as_int(&columns[2], VDC_UNSET);
	reading->ret->message = message ? vdc_arena_strdup(reading->arena, message) : NULL;
	reading->found = true;
	return 0;
}

int vdc_extension_read(struct vdc_db *db, const char *id, struct vdc_arena *arena,
		       struct vdc_extension *ret, struct vdc_err *err)
{
	struct reading reading = { arena, ret, false };
	const struct vdc_value params[] = { vdc_db_text(id) };
	int r = vdc_db_run(db, read_one, params, VDC_COUNT(params), take_one, &reading, NULL, err);

	return r || reading.found ? r : vdc_err_set(err, -ENOENT, "there is no extension %s", id);
}

struct listing {
	vdc_extension_fn *fn;
	void *ctx;
};

static int take_wish(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		     struct vdc_err *err)
{
	const struct listing *listing = ctx;
	const char *allocation = vdc_db_as_text(&columns[5]);
	const struct vdc_extension_wish wish = {
		.id = vdc_db_as_text(&columns[0]),
		.volume = vdc_db_as_text(&columns[1]),
		.domain = vdc_db_as_text(&columns[2]),
		.size = vdc_db_as_int(&columns[3], 0),
		.capacity = vdc_db_as_int(&columns[4], VDC_UNSET),
		.allocation = allocation ? vdc_enum_find(&vdc_allocation_values, allocation) : 0,
	};

	return listing->fn(listing->ctx, &wish, err);
}

int vdc_extension_each_waiting(struct vdc_db *db, vdc_extension_fn *fn, void *ctx,
			       struct vdc_err *err)
{
	struct listing listing = { fn, ctx };

	return vdc_db_run(db, each_waiting, NULL, 0, take_wish, &listing, NULL, err);
}

static int end(struct vdc_db *db, const struct vdc_extension *it, struct vdc_err *err)
{
	const struct vdc_value params[] = {
		vdc_db_text(vdc_enum_word(&vdc_extension_status_values, it->status)),
		number(it->old_size),
		number(it->new_size),
		vdc_db_int(it->end_time),
		number(it->lver),
		it->message ? vdc_db_text(it->message) : vdc_db_null(),
		vdc_db_text(it->id),
	};
	const struct vdc_value size[] = { number(it->new_size), vdc_db_text(it->id) };
	int r = vdc_db_run(db, end_one, params, VDC_COUNT(params), NULL, NULL, NULL, err);

	if (r || it->new_size == VDC_UNSET)
		return r;
	return vdc_db_run(db, set_size, size, VDC_COUNT(size), NULL, NULL, NULL, err);
}

struct ending {
	const struct vdc_extension *all;
	size_t n;
};

static int end_all(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct ending *ending = ctx;
	int r = 0;

	for (size_t i = 0; i < ending->n && !r; i++)
		r = end(db, &ending->all[i], err);
	return r;
}

int vdc_extensions_end(struct vdc_db *db, const struct vdc_extension *all, size_t n,
		       struct vdc_err *err)
{
	struct ending ending = { all, n };

	return n ? vdc_db_transaction(db, end_all, &ending, err) : 0;
}

int vdc_extension_purge(struct vdc_db *db, int64_t before, struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_int(before) };
	struct statement it = { purge, params, VDC_COUNT(params) };

	return vdc_db_transaction(db, run_one, &it, err);
}
