/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/settings.h"

#include "store/find.h"
#include "store/statements.h"

static const char get[] = "SELECT value FROM settings WHERE name = $1";
static const char set[] = "INSERT INTO settings (name, value) VALUES ($1, $2) "
			  "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char forget[] = "DELETE FROM settings WHERE name = $1";

const struct vdc_statement vdc_setting_statements[] = {
	{ "get a setting", get },
	{ "set a setting", set },
	{ "forget a setting", forget },
	{ NULL, NULL },
};

int vdc_store_setting_get(struct vdc_db *db, const char *name, struct vdc_arena *arena, char **ret,
			  struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_text(name);
	char *value = NULL;
	int r = vdc_find_text(db, get, &param, 1, arena, &value, err);

	if (r == 0)
		*ret = value;
	return r;
}

int vdc_store_setting_set(struct vdc_db *db, const char *name, const char *value,
			  struct vdc_err *err)
{
	const struct vdc_value params[] = { vdc_db_text(name), vdc_db_text(value) };

	return vdc_db_run(db, value ? set : forget, params, value ? 2 : 1, NULL, NULL, NULL, err);
}
