/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that belong together or must be apart, in plans. */
#include <errno.h>

#include "planned.h"

/* Equal hosts with two VMs each, 0 and 1 on the first one. */
static struct made_cluster with_group(const struct vdc_upgrade_group *group, uint32_t hosts)
{
	struct made_cluster made = made_of(hosts, 2, 30, 0);

	made.in.groups = group;
	made.in.n_groups = 1;
	return made;
}

static uint32_t place_after(const struct made_cluster *made, const struct vdc_upgrade_plan *plan,
			    uint32_t vm)
{
	uint32_t host = made->vms[vm].host;

	for (uint32_t w = 0; w < plan->n_waves; w++)
		for (uint32_t i = 0; i < plan->waves[w].n_steps; i++)
			if (plan->waves[w].steps[i].vm == vm)
				host = plan->waves[w].steps[i].to;
	return host;
}

static void what_belongs_together_stays_together(void **state)
{
	static const uint32_t vms[] = { 0, 1 };
	static const struct vdc_upgrade_group group = { vms, 2, .together = true };
	struct made_cluster made = with_group(&group, 5);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_equal(made.vms[0].host, made.vms[1].host);
	assert_int_equal(place_after(&made, &plan, 0), place_after(&made, &plan, 1));
	/* No host has room for both. */
	made.vms[0].memory = made.vms[1].memory = made.hosts[0].memory / 2;
	made.vms[2].memory = made.vms[0].memory;
	for (uint32_t v = 2; v < made.in.n_vms; v++)
		made.vms[v].memory = made.hosts[0].memory / 10;
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, NULL), -ENOSPC);
}

static void what_must_be_apart_stays_apart(void **state)
{
	static const uint32_t vms[] = { 0, 2, 4 };
	static const struct vdc_upgrade_group group = { vms, 3, .together = false };
	struct made_cluster made = with_group(&group, 4);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_not_equal(place_after(&made, &plan, 0), place_after(&made, &plan, 2));
	assert_int_not_equal(place_after(&made, &plan, 2), place_after(&made, &plan, 4));
	/* Three of them, and no fourth host. */
	made = with_group(&group, 3);
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, NULL), -ENOSPC);
}

/* Many groups in many clusters; the verifier looks. */
static void groups_of_generated_clusters(void **state)
{
	uint64_t seed = 7;
	int planned = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct made_cluster made =
			made_of(4 + (uint32_t)(next_random(&seed) % 12), 4, 35, 100 + (uint64_t)i);
		struct vdc_upgrade_group *groups = vdc_arena_alloc(arena, 8 * sizeof(*groups));
		struct vdc_upgrade_plan plan;

		for (int g = 0; g < 8; g++) {
			uint32_t *vms = vdc_arena_alloc(arena, 3 * sizeof(*vms));

			for (int k = 0; k < 3; k++)
				vms[k] = (uint32_t)(next_random(&seed) % made.in.n_vms);
			groups[g] = (struct vdc_upgrade_group){ vms, 3, g % 2 == 0 };
			/* Those that belong together are so, else there is nothing to keep. */
			for (int k = 1; k < 3 && g % 2 == 0; k++)
				made.vms[vms[k]].host = made.vms[vms[0]].host;
		}
		made.in.groups = groups;
		made.in.n_groups = 8;
		made.in.ceiling = 100;
		if (vdc_plan_upgrade(&made.in, arena, &plan, NULL))
			continue;
		plan_of(&made);
		planned++;
	}
	assert_true(planned > 20);
}

static bool to_the_last_host(const void *ctx, uint32_t vm, uint32_t host, bool upgraded)
{
	(void)ctx, (void)upgraded;
	return (vm != 0 && vm != 2) || host == 4;
}

/* Plans that were made without knowing of the group. */
static void a_group_that_is_not_kept_is_caught(void **state)
{
	static const uint32_t pair[] = { 0, 1 }, strangers[] = { 0, 2 };
	static const struct vdc_upgrade_group together = { pair, 2, .together = true };
	static const struct vdc_upgrade_group apart = { strangers, 2, .together = false };
	struct made_cluster made = made_of(5, 2, 30, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_not_equal(place_after(&made, &plan, 0), place_after(&made, &plan, 1));
	made.in.groups = &together;
	made.in.n_groups = 1;
	assert_non_null(upgrade_verify(&made.in, &plan, true, arena));
	made = made_of(5, 2, 30, 0);
	made.in.may_run = to_the_last_host;
	made.hosts[4].selected = false;
	plan = plan_of(&made);
	assert_int_equal(place_after(&made, &plan, 0), place_after(&made, &plan, 2));
	made.in.groups = &apart;
	made.in.n_groups = 1;
	assert_non_null(upgrade_verify(&made.in, &plan, true, arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_belongs_together_stays_together),
		TEST(what_must_be_apart_stays_apart),
		TEST(groups_of_generated_clusters),
		TEST(a_group_that_is_not_kept_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
