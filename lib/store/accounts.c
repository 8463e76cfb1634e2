/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/accounts.h"

#include "model/kind.h"
#include "store/statements.h"

#define COLUMNS "name, hash, wrong_tries, locked_until, changed"

static const char each[] = "SELECT " COLUMNS " FROM accounts ORDER BY name NULLS FIRST";
static const char get[] = "SELECT " COLUMNS " FROM accounts WHERE name = $1";
static const char put[] = "INSERT INTO accounts (" COLUMNS ") VALUES ($1, $2, $3, $4, $5) "
			  "ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, "
			  "wrong_tries = excluded.wrong_tries, "
			  "locked_until = excluded.locked_until, changed = excluded.changed";
static const char drop[] = "DELETE FROM accounts WHERE name = $1";

const struct vdc_statement vdc_account_statements[] = {
	{ "each account", each },
	{ "get an account", get },
	{ "put an account", put },
	{ "remove an account", drop },
	{ 0 },
};

struct reading {
	struct vdc_arena *arena;
	vdc_account_fn *fn;
	void *ctx;
};

static int give(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		struct vdc_err *err)
{
	const struct reading *reading = ctx;
	struct vdc_account *account = vdc_arena_alloc(reading->arena, sizeof(*account));

	account->name = vdc_arena_strdup(reading->arena, vdc_db_as_text(&columns[0]));
	account->hash = vdc_arena_strdup(reading->arena, vdc_db_as_text(&columns[1]));
	account->wrong_tries = vdc_db_as_int(&columns[2], 0);
	account->locked_until = vdc_db_as_int(&columns[3], VDC_UNSET);
	account->changed = vdc_db_as_int(&columns[4], VDC_UNSET);
	return reading->fn(reading->ctx, account, err);
}

int vdc_account_each(struct vdc_db *db, struct vdc_arena *arena, vdc_account_fn *fn, void *ctx,
		     struct vdc_err *err)
{
	struct reading reading = { .arena = arena, .fn = fn, .ctx = ctx };

	return vdc_db_run(db, each, NULL, 0, give, &reading, NULL, err);
}

static int keep(void *ctx, const struct vdc_account *account, struct vdc_err *err vdc_unused)
{
	*(const struct vdc_account **)ctx = account;
	return 0;
}

int vdc_account_get(struct vdc_db *db, const char *name, struct vdc_arena *arena,
		    struct vdc_account **ret, struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(name);
	struct vdc_account *found = NULL;
	struct reading reading = { .arena = arena, .fn = keep, .ctx = &found };
	int r = vdc_db_run(db, get, &param, 1, give, &reading, NULL, err);

	if (r == 0)
		*ret = found;
	return r;
}

static struct vdc_value time_value(int64_t time)
{
	return time == VDC_UNSET ? vdc_db_null() : vdc_db_int(time);
}

int vdc_account_put(struct vdc_db *db, const struct vdc_account *account, struct vdc_err *err)
{
	const struct vdc_value params[] = {
		vdc_db_text(account->name),	  vdc_db_text(account->hash),
		vdc_db_int(account->wrong_tries), time_value(account->locked_until),
		time_value(account->changed),
	};

	return vdc_db_run(db, put, params, VDC_COUNT(params), NULL, NULL, NULL, err);
}

int vdc_account_remove(struct vdc_db *db, const char *name, struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(name);

	return vdc_db_run(db, drop, &param, 1, NULL, NULL, NULL, err);
}
