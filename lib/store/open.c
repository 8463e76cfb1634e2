/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the database is, and opening it with the schema that this program knows. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/setting.h"
#include "store/migrate.h"
#include "store/store.h"

char *vdc_store_default(void)
{
	const char *set = vdc_setting_text(VDC_SETTING_DATABASE);
	const char *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");

	if (set)
		return vdc_strdup(set);
	if (geteuid() == 0)
		return vdc_strdup("/var/lib/vdc/inventory.db");
	if (state && state[0] == '/')
		return vdc_format("%s/vdc/inventory.db", state);
	return vdc_format("%s/.local/state/vdc/inventory.db", home ? home : "");
}

static int check_schema(struct vdc_db *db, unsigned flags, struct vdc_err *err)
{
	int64_t version, newest = vdc_store_schema_version();
	int r = vdc_schema_version(db, &version, err);

	if (r < 0 || version == newest)
		return r;
	if (version > newest)
		return vdc_schema_too_new(db, version, newest, err);
	if (version == 0 && !(flags & VDC_DB_CREATE))
		return vdc_err_set(err, -ENOENT,
				   "database %s has nothing in it yet; make it ready with: "
				   "inventory init",
				   vdc_db_where(db));
	if (flags & VDC_DB_READ_ONLY)
		return vdc_err_set(err, -EPERM,
				   "database %s: its schema is version %lld and this program needs "
				   "%lld; bring it up to date with: inventory init",
				   vdc_db_where(db), (long long)version, (long long)newest);
	return vdc_store_migrate(db, err);
}

int vdc_store_open(const char *where, unsigned flags, struct vdc_db **ret, struct vdc_err *err)
{
	struct vdc_db *db;
	int r = vdc_db_open(where, flags, &db, err);

	if (r < 0)
		return r;
	r = check_schema(db, flags, err);
	if (r < 0) {
		vdc_db_close(db);
		return r;
	}
	*ret = db;
	return 0;
}
