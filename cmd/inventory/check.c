/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory check */
#include "cli/exit_code.h"
#include "cli/list.h"
#include "inventory.h"
#include "plan/inventory_check.h"
#include "store/world.h"

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return vdc_store_world(db, vdc_inventory_check_kinds, NULL, ctx, err);
}

static int print(struct vdc_call *call, const struct vdc_findings *findings, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_finding_kind, &list, err);

	for (size_t i = 0; i < findings->n && r == 0; i++)
		r = vdc_list_add(list, findings->items[i], err);
	return r < 0 ? r : vdc_list_end(list, err);
}

int inventory_check(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_world *world = vdc_world_new(vdc_call_arena(call));
	struct vdc_findings findings = { .arena = vdc_call_arena(call) };
	int r = vdc_db_snapshot(vdc_call_db(call), read_world, world, err);

	if (r < 0)
		return r;
	vdc_plan_check_inventory(world, &findings);
	if (findings.n == 0 && vdc_call_output(call) == VDC_OUTPUT_TABLE)
		return 0;
	r = print(call, &findings, err);
	if (r < 0)
		return r;
	return findings.n ? VDC_EXIT_FINDINGS : 0;
}
