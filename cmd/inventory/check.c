/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory check */
#include "cli/exit_code.h"
#include "cli/list.h"
#include "inventory.h"
#include "plan/inventory_check.h"
#include "store/store.h"

static int add_to_world(void *ctx, const struct vdc_kind *kind, void *object, struct vdc_err *err)
{
	(void)err;
	vdc_world_add(ctx, kind, object);
	return 0;
}

static int read_world(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	int r = 0;

	for (const struct vdc_kind *const *kind = vdc_inventory_check_kinds; *kind && r == 0; kind++)
		r = vdc_store_each(db, *kind, 0, vdc_world_arena(ctx), add_to_world, ctx, err);
	return r;
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
