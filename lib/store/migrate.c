/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbered migrations, all that are missing in one transaction. The first makes the table
 * schema_version. Of two runs at once the second fails on what the first made, and looks again.
 */
#include "store/migrate.h"

#include <errno.h>

#include "base/mem.h"
#include "base/time.h"
#include "store/statements.h"
#include "store/store.h"
#include "store/translate.h"

static const char newest_version[] = "SELECT COALESCE(max(version), 0) FROM schema_version";

static const char note_version[] = "INSERT INTO schema_version (version, applied) VALUES ($1, $2)";

const struct vdc_statement vdc_migrate_statements[] = {
	{ "schema version", newest_version },
	{ "note a version", note_version },
	{ NULL, NULL },
};

enum { ATTEMPTS = 5 };

static int take_version(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
			struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

int vdc_schema_version(struct vdc_db *db, int64_t *ret, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int64_t version = 0;
	int r = vdc_db_run(db, newest_version, NULL, 0, take_version, &version, NULL, &why);

	if (r < 0 && r != -ENOENT) {
		if (err)
			*err = why;
		return r;
	}
	*ret = version;
	return 0;
}

static int64_t newest_of(const struct vdc_migration *migrations)
{
	int64_t newest = 0;

	for (; migrations->sql; migrations++)
		newest = migrations->version;
	return newest;
}

int64_t vdc_store_schema_version(void)
{
	return newest_of(vdc_migrations);
}

int vdc_schema_too_new(const struct vdc_db *db, int64_t found, int64_t newest, struct vdc_err *err)
{
	return vdc_err_set(err, -EPERM,
			   "database %s: its schema is version %lld, but this program knows only "
			   "%lld; use the newer release of vdc-utils that made it",
			   vdc_db_where(db), (long long)found, (long long)newest);
}

static int apply(struct vdc_db *db, const struct vdc_migration *m, struct vdc_err *err)
{
	const struct vdc_value row[] = { vdc_db_int(m->version), vdc_db_int(vdc_time_now()) };
	vdc_autofree char *text = vdc_sql_translate(vdc_db_engine(db), m->sql);
	int r = vdc_db_script(db, text, err);

	if (r == 0)
		r = vdc_db_run(db, note_version, row, VDC_COUNT(row), NULL, NULL, NULL, err);
	if (r < 0)
		vdc_err_prefix(err, "migration %d (%s): ", m->version, m->name);
	return r;
}

struct plan {
	const struct vdc_migration *migrations;
	int64_t version; /* that of the database */
};

static int migrate(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct plan *plan = ctx;
	const struct vdc_migration *m;
	int64_t version = 0;
	int r = plan->version ? vdc_schema_version(db, &version, err) : 0;

	for (m = plan->migrations; r == 0 && m->sql; m++)
		if (m->version > version)
			r = apply(db, m, err);
	return r;
}

static int look_and_migrate(struct vdc_db *db, const struct vdc_migration *migrations,
			    struct vdc_err *err)
{
	struct plan plan = { .migrations = migrations };
	int64_t newest = newest_of(migrations);
	int r = vdc_schema_version(db, &plan.version, err);

	if (r < 0 || plan.version == newest)
		return r;
	if (plan.version > newest)
		return vdc_schema_too_new(db, plan.version, newest, err);
	return vdc_db_transaction(db, migrate, &plan, err);
}

int vdc_migrate(struct vdc_db *db, const struct vdc_migration *migrations, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int attempt, r = -EEXIST;

	for (attempt = 0; r == -EEXIST && attempt < ATTEMPTS; attempt++)
		r = look_and_migrate(db, migrations, &why);
	if (r < 0 && err)
		*err = why;
	return r;
}

int vdc_store_migrate(struct vdc_db *db, struct vdc_err *err)
{
	return vdc_migrate(db, vdc_migrations, err);
}
