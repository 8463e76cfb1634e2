/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

struct vdc_arena *arena;

int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

int finish(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

struct made_cluster made_of(uint32_t hosts, uint32_t vms, unsigned percent, uint64_t seed)
{
	return make_cluster(&(struct cluster_shape){ hosts, vms, percent, seed }, arena);
}

struct vdc_upgrade_plan plan_of(const struct made_cluster *made)
{
	struct vdc_upgrade_plan plan = { 0 };
	struct vdc_err err = { 0 };
	const char *wrong;

	if (vdc_plan_upgrade(&made->in, arena, &plan, &err))
		fail_msg("no plan: %s", vdc_err_text(&err));
	wrong = upgrade_verify(&made->in, &plan, true, arena);
	if (wrong)
		fail_msg("%s", wrong);
	return plan;
}
