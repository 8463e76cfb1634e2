/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both engines have in common: values, opening by WHERE, running a statement. */
#include "edge/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/db_ops.h"
#include "edge/module.h"

struct vdc_value vdc_db_null(void)
{
	return (struct vdc_value){ .type = VDC_NULL };
}

struct vdc_value vdc_db_int(int64_t i)
{
	return (struct vdc_value){ .type = VDC_INTEGER, .integer = i };
}

struct vdc_value vdc_db_text(const char *s)
{
	if (!s)
		return vdc_db_null();
	return (struct vdc_value){ .type = VDC_STRING, .text = s, .len = strlen(s) };
}

int64_t vdc_db_as_int(const struct vdc_value *v, int64_t if_null)
{
	switch (v->type) {
	case VDC_INTEGER:
		return v->integer;
	case VDC_STRING:
		return strtoll(v->text, NULL, 10);
	default:
		return if_null;
	}
}

const char *vdc_db_as_text(const struct vdc_value *v)
{
	return v->type == VDC_STRING ? v->text : NULL;
}

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_postgres(const char *where)
{
	return starts_with(where, "postgresql://") || starts_with(where, "postgres://") ||
	       starts_with(where, "service=") || starts_with(where, "host=") ||
	       starts_with(where, "dbname=");
}

int vdc_db_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err)
{
	const struct vdc_db_ops *ops = &vdc_sqlite_ops;
	const void *table;
	int r;

	if (!*where)
		return vdc_err_set(err, -EINVAL, "the name of the database is empty");
	if (is_postgres(where)) {
		r = vdc_module_table("postgres", "vdc_postgres_ops", &table, err);
		if (r < 0)
			return r;
		ops = table;
	} else if (flags & VDC_DB_FOREIGN) {
		return vdc_err_set(err, -EINVAL,
				   "%.200s: an engine's database is PostgreSQL; write "
				   "postgresql://USER@HOST/engine or service=NAME",
				   where);
	} else if (starts_with(where, "sqlite:")) {
		where += strlen("sqlite:");
	} else if (strstr(where, "://")) {
		return vdc_err_set(err, -EINVAL,
				   "database: neither a path nor postgresql://; "
				   "write sqlite:PATH for a path with \"://\" in it");
	}
	return ops->open(where, flags, ret, err);
}

int vdc_db_open_again(const struct vdc_db *db, struct vdc_db **ret, struct vdc_err *err)
{
	return db->ops->open(db->given, db->flags & ~(unsigned)VDC_DB_CREATE, ret, err);
}

void vdc_db_init(struct vdc_db *db, const struct vdc_db_ops *ops, const char *where, unsigned flags)
{
	db->ops = ops;
	db->given = vdc_strdup(where);
	db->flags = flags;
	db->patience = vdc_setting_number(VDC_SETTING_DATABASE_TIMEOUT);
	db->reconnect.limit = VDC_DB_RECONNECT;
}

void vdc_db_done(struct vdc_db *db)
{
	explicit_bzero(db->given, strlen(db->given));
	free(db->given);
	free(db->where);
}

void vdc_db_set_patience(struct vdc_db *db, int64_t us)
{
	db->patience = us;
}

void vdc_db_set_reconnect(struct vdc_db *db, int64_t limit_us, vdc_db_waits_fn *fn, void *ctx)
{
	db->reconnect = (struct vdc_db_reconnect){ .limit = limit_us, .fn = fn, .ctx = ctx };
}

void vdc_db_close(struct vdc_db *db)
{
	if (db)
		db->ops->close(db);
}

const char *vdc_db_clash(const struct vdc_db *db)
{
	return db->clash;
}

enum vdc_db_engine vdc_db_engine(const struct vdc_db *db)
{
	return db->ops->engine;
}

const char *vdc_db_where(const struct vdc_db *db)
{
	return db->where;
}

/* A statement that failed dooms its transaction on both engines, not on PostgreSQL alone. */
static int doom(struct vdc_db *db, int r, const struct vdc_err *why, struct vdc_err *err)
{
	if (r < 0 && db->in_transaction && !db->doomed) {
		db->doomed = r;
		db->doom = *why;
	}
	if (r < 0 && err && err != why)
		*err = *why;
	return r;
}

int vdc_db_check_free(const struct vdc_db *db, struct vdc_err *err)
{
	if (db->reading)
		return vdc_err_set(err, -EINVAL,
				   "%s: a row callback must not use the connection "
				   "that it reads from",
				   db->where);
	if (db->batching)
		return vdc_err_set(err, -EINVAL, "%s: a batch must end before anything else runs",
				   db->where);
	if (db->doomed)
		return vdc_err_set(err, db->doomed, "%s", vdc_err_text(&db->doom));
	return 0;
}

/* Between transactions a connection that was lost is made again. */
static int make_ready(struct vdc_db *db, struct vdc_err *err)
{
	int r = vdc_db_check_free(db, err);

	return r < 0 || db->in_transaction ? r : vdc_db_connect(db, err);
}

int vdc_db_run(struct vdc_db *db, const char *sql, const struct vdc_value *params, size_t n,
	       vdc_db_row_fn *fn, void *ctx, int64_t *changed, struct vdc_err *err)
{
	struct vdc_db_call call = { .sql = sql, .params = params, .n = n, .fn = fn, .ctx = ctx };
	struct vdc_err why = { 0 };
	int r = make_ready(db, err);

	if (r < 0)
		return r;
	db->reading = true;
	r = db->ops->run(db, &call, &why);
	db->reading = false;
	if (call.refused) {
		if (err)
			*err = why;
		return r;
	}
	if (r < 0)
		return doom(db, r, &why, err);
	if (changed)
		*changed = call.changed;
	return r;
}

int vdc_db_prepare(struct vdc_db *db, const char *sql, size_t *n_params, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = make_ready(db, err);

	return r < 0 ? r : doom(db, db->ops->prepare(db, sql, n_params, &why), &why, err);
}

int vdc_db_script(struct vdc_db *db, const char *sql, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = make_ready(db, err);

	return r < 0 ? r : doom(db, db->ops->script(db, sql, &why), &why, err);
}

int vdc_db_wait_change(struct vdc_db *db, int64_t limit_us, struct vdc_err *err)
{
	int r = vdc_db_check_free(db, err);

	return r < 0 ? r : db->ops->wait_change(db, limit_us, err);
}

int vdc_db_change_fd(const struct vdc_db *db)
{
	return db->ops->change_fd ? db->ops->change_fd(db) : -1;
}

int vdc_db_now(struct vdc_db *db, int64_t *ret, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = make_ready(db, err);

	return r < 0 ? r : doom(db, db->ops->now(db, ret, &why), &why, err);
}
