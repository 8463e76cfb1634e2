/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory init */
#include <stdio.h>

#include "inventory.h"
#include "store/store.h"

int inventory_init(struct vdc_call *call, struct vdc_err *err)
{
	const char *given = vdc_text_option(call, "db");
	vdc_autofree char *where = given ? vdc_strdup(given) : vdc_store_default();
	struct vdc_db *db;
	int r = vdc_store_open(where, VDC_DB_CREATE, &db, err);

	if (r < 0)
		return r;
	if (!vdc_given(call, "quiet"))
		printf("%s: schema %lld\n", vdc_db_where(db),
		       (long long)vdc_store_schema_version());
	vdc_db_close(db);
	return 0;
}
