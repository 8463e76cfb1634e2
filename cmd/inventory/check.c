/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory check */
#include "cli/exit_code.h"
#include "cli/findings.h"
#include "inventory.h"
#include "plan/inventory_check.h"
#include "store/world.h"

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return vdc_store_world(db, vdc_inventory_check_kinds, NULL, ctx, err);
}

int inventory_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_world *world = vdc_world_new(vdc_call_arena(call));
	struct vdc_findings findings = { .arena = vdc_call_arena(call) };
	int r = vdc_db_snapshot(vdc_call_db(call), read_world, world, err);

	if (r < 0)
		return r;
	vdc_plan_check_inventory(world, &findings);
	r = vdc_print_findings(call, &findings, err);
	if (r < 0)
		return r;
	return findings.n ? VDC_EXIT_FINDINGS : 0;
}
