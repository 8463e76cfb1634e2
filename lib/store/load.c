/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/load.h"

#include "store/statements.h"

static const char host_loads[] = "SELECT host_id, time, cpu FROM host_samples "
				 "WHERE time >= $1 AND cpu IS NOT NULL ORDER BY host_id, time";
static const char vm_loads[] = "SELECT vm_id, time, cpu FROM vm_samples "
			       "WHERE time >= $1 AND cpu IS NOT NULL ORDER BY vm_id, time";

const struct vdc_statement vdc_load_statements[] = {
	{ "loads of hosts", host_loads },
	{ "loads of VMs", vm_loads },
	{ NULL, NULL },
};

struct taking {
	vdc_store_load_fn *fn;
	void *ctx;
};

static int take(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		struct vdc_err *err)
{
	const struct taking *taking = ctx;

	return taking->fn(taking->ctx, vdc_db_as_text(&columns[0]), vdc_db_as_int(&columns[1], 0),
			  vdc_db_as_int(&columns[2], 0), err);
}

static int loads(struct vdc_db *db, const char *sql, int64_t since, struct taking taking,
		 struct vdc_err *err)
{
	const struct vdc_value param = vdc_db_int(since);

	return vdc_db_run(db, sql, &param, 1, take, &taking, NULL, err);
}

int vdc_store_host_loads(struct vdc_db *db, int64_t since, vdc_store_load_fn *fn, void *ctx,
			 struct vdc_err *err)
{
	return loads(db, host_loads, since, (struct taking){ fn, ctx }, err);
}

int vdc_store_vm_loads(struct vdc_db *db, int64_t since, vdc_store_load_fn *fn, void *ctx,
		       struct vdc_err *err)
{
	return loads(db, vm_loads, since, (struct taking){ fn, ctx }, err);
}
