/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_plan.h"

#include <errno.h>
#include <string.h>

#include "planned.h"

static void three_hosts_move_four_thirds(void **state)
{
	struct made_cluster made = made_of(3, 20, 56, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_equal(plan.n_waves, 3);
	assert_int_equal(plan.moves, 80);
	assert_int_equal(plan.second_moves, 20);
	for (uint32_t w = 0; w < 3; w++) /* two hosts at 84 % cannot lose one more */
		assert_false(plan.waves[w].reserve);
}

/* With two, no more can ever be lost: nobody would be left. */
static void two_hosts_never_have_a_reserve(void **state)
{
	struct made_cluster made = made_of(2, 2, 10, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_equal(plan.n_waves, 2);
	assert_false(plan.waves[0].reserve);
	assert_false(plan.waves[1].reserve);
}

static void why_a_wave_is_not_larger(void **state)
{
	struct made_cluster made = made_of(40, 5, 56, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_equal(plan.waves[0].bound, VDC_BOUND_ALONE);
	assert_int_equal(plan.waves[1].bound, VDC_BOUND_ROOM);
	assert_int_equal(plan.waves[plan.n_waves - 1].bound, VDC_BOUND_LAST);
	made = made_of(40, 5, 10, 0);
	made.in.max_away = 3;
	plan = plan_of(&made);
	assert_int_equal(plan.waves[1].bound, VDC_BOUND_LIMIT);
	made = made_of(8, 5, 50, 0);
	made.in.max_away = 8;
	made.in.ceiling = 100;
	plan = plan_of(&made);
	for (uint32_t w = 0; w < plan.n_waves; w++)
		if (plan.waves[w].bound == VDC_BOUND_RESERVE)
			return;
	fail_msg("no wave is smaller for the sake of the reserve");
}

static uint64_t asked;

static bool count_questions(const void *ctx, uint32_t vm, uint32_t host, bool upgraded)
{
	(void)ctx, (void)vm, (void)host, (void)upgraded;
	asked++;
	return true;
}

static uint64_t questions_for(uint32_t hosts)
{
	struct made_cluster made = made_of(hosts, 20, 56, 0);
	struct vdc_upgrade_plan plan;

	made.in.may_run = count_questions;
	asked = 0;
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, NULL), 0);
	return asked;
}

/* The planner asks whenever it tries a place: four times the cluster, 4 n log n at the most. */
static void growth_is_no_worse_than_n_log_n(void **state)
{
	uint64_t few = questions_for(250), many = questions_for(1000);

	(void)state;
	/* log(20000) / log(5000) = 1.16 */
	assert_in_range(many, few, few * 4 * 116 / 100);
}

static void six_hosts_keep_a_reserve(void **state)
{
	struct made_cluster made = made_of(6, 20, 56, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_int_equal(plan.moves, 140);
	assert_int_equal(plan.second_moves, 20);
	for (uint32_t w = 0; w < plan.n_waves; w++)
		assert_true(plan.waves[w].reserve);
}

static void hundred_hosts(void **state)
{
	struct made_cluster made = made_of(100, 20, 56, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);

	(void)state;
	assert_in_range(plan.n_waves, 10, 20);
	assert_int_equal(plan.second_moves, 20);
	assert_int_equal(plan.waves[0].n_hosts, 1);
}

/* More waves than wanted: one VM in a hundred may move once more, and no more than that. */
static void a_long_ramp_is_shortened(void **state)
{
	struct made_cluster made = made_of(2000, 4, 56, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	made.in.ha_reserve = 0;
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, NULL), 0);
	assert_null(upgrade_verify(&made.in, &plan, false, arena));
	assert_in_range(plan.n_waves, 10, VDC_UPGRADE_WAVES_WANTED);
	assert_in_range(plan.second_moves, 5, 4 + made.in.n_vms / 100);
}

static void the_emptiest_host_goes_first(void **state)
{
	struct made_cluster made = made_of(6, 4, 40, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	for (uint32_t v = 12; v < 15; v++) /* three of the four VMs of h4 */
		made.vms[v].memory /= 4;
	plan = plan_of(&made);
	assert_int_equal(plan.waves[0].n_hosts, 1);
	assert_int_equal(plan.waves[0].hosts[0], 3);
}

static void among_equals_the_spm_goes_last(void **state)
{
	struct made_cluster made = made_of(6, 4, 40, 0);
	struct vdc_upgrade_plan plan = plan_of(&made);
	const struct vdc_upgrade_wave *first = &plan.waves[0],
				      *last = &plan.waves[plan.n_waves - 1];

	(void)state;
	assert_int_equal(first->hosts[0], 1);
	assert_int_equal(last->hosts[last->n_hosts - 1], 0);
}

/* A spare host is upgraded first: then nobody moves twice. */
static void an_empty_host_saves_the_second_moves(void **state)
{
	struct made_cluster made = made_of(4, 4, 50, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	made.in.n_vms = 12; /* h4 has none */
	plan = plan_of(&made);
	assert_int_equal(plan.waves[0].hosts[0], 3);
	assert_int_equal(plan.waves[0].n_steps, 0);
	assert_int_equal(plan.second_moves, 0);
	assert_int_equal(plan.moves, 12);
}

static void hosts_that_are_not_selected_take_vms_for_good(void **state)
{
	struct made_cluster made = made_of(4, 4, 50, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	for (uint32_t h = 1; h < 4; h++)
		made.hosts[h].selected = false;
	plan = plan_of(&made);
	assert_int_equal(plan.n_waves, 1);
	assert_int_equal(plan.moves, 4);
	assert_int_equal(plan.second_moves, 0);
}

static void never_more_away_than_allowed(void **state)
{
	struct made_cluster made = made_of(20, 0, 0, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	made.in.max_away = 3;
	plan = plan_of(&made);
	assert_int_equal(plan.n_waves, 7);
	made.hosts[5].selected = false;
	made.hosts[5].away = true; /* in maintenance for another reason: it counts */
	plan = plan_of(&made);
	assert_int_equal(plan.waves[0].n_hosts, 2);
}

static void vms_that_are_shut_down_come_back(void **state)
{
	struct made_cluster made = made_of(2, 2, 30, 0);
	struct vdc_upgrade_plan plan;

	(void)state;
	made.vms[0].drain = VDC_DRAIN_STOP;
	made.vms[3].drain = VDC_DRAIN_RESTART;
	plan = plan_of(&made);
	assert_int_equal(plan.stops, 1);
	assert_in_range(plan.restarts, 1, 2);
}

/* Old machine types: vm1 can run on no host that is upgraded. */
static bool not_vm1_on_new(const void *ctx, uint32_t vm, uint32_t host, bool upgraded)
{
	(void)ctx;
	(void)host;
	return vm != 0 || !upgraded;
}

static void a_vm_that_may_run_nowhere_is_named(void **state)
{
	struct made_cluster made = made_of(4, 4, 40, 0);
	struct vdc_upgrade_plan plan;
	struct vdc_err err = { 0 };

	(void)state;
	made.in.may_run = not_vm1_on_new;
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, &err), -ENOSPC);
	assert_non_null(strstr(vdc_err_text(&err), "vm1 "));
}

static bool only_its_thirds(const void *ctx, uint32_t vm, uint32_t host, bool upgraded)
{
	(void)ctx;
	(void)upgraded;
	return vm % 3 == host % 3 || host % 3 == 2;
}

static void filters_are_respected(void **state)
{
	struct made_cluster made = made_of(12, 6, 30, 0);

	(void)state;
	for (uint32_t v = 0; v < made.in.n_vms; v++)
		made.vms[v].host = v % 3 + 3 * (v / 3 % 4);
	made.in.may_run = only_its_thirds;
	plan_of(&made);
}

static void refusals(void **state)
{
	struct made_cluster made = made_of(1, 2, 50, 0), full = made_of(4, 4, 89, 0);
	struct vdc_upgrade_plan plan;
	struct vdc_err err = { 0 };

	(void)state;
	assert_int_equal(vdc_plan_upgrade(&made.in, arena, &plan, &err), -EPERM);
	assert_non_null(strstr(vdc_err_text(&err), "h1 is alone"));
	assert_int_equal(vdc_plan_upgrade(&full.in, arena, &plan, &err), -ENOSPC);
	full.in.n_vms = 0;
	for (uint32_t h = 0; h < 4; h++)
		full.hosts[h].upgraded = true;
	assert_int_equal(vdc_plan_upgrade(&full.in, arena, &plan, &err), -EINVAL);
}

static void generated_clusters(void **state)
{
	uint64_t seed = 42;
	uint32_t planned = 0;

	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		struct made_cluster made = made_of(2 + (uint32_t)(next_random(&seed) % 14),
						   1 + (uint32_t)(next_random(&seed) % 8),
						   20 + (unsigned)(next_random(&seed) % 60), seed);
		struct vdc_upgrade_plan plan;
		const char *wrong;

		made.in.max_away = 1 + (uint32_t)(next_random(&seed) % 4);
		made.hosts[next_random(&seed) % made.in.n_hosts].memory *= 2;
		for (uint32_t v = 0; v < made.in.n_vms; v += 5)
			made.vms[v].drain =
				VDC_DRAIN_MOVE + (enum vdc_drain)(next_random(&seed) % 3);
		made.hosts[0].upgraded = next_random(&seed) % 4 == 0;
		if (vdc_plan_upgrade(&made.in, arena, &plan, NULL))
			continue;
		planned++;
		wrong = upgrade_verify(&made.in, &plan, true, arena);
		if (wrong)
			fail_msg("cluster %u: %s", i, wrong);
	}
	assert_in_range(planned, 200, 400);
}

static void the_same_again(void **state)
{
	struct made_cluster made = made_of(30, 10, 56, 7);
	struct vdc_upgrade_plan a = plan_of(&made), b = plan_of(&made);

	(void)state;
	assert_int_equal(a.n_waves, b.n_waves);
	for (uint32_t w = 0; w < a.n_waves; w++) {
		assert_int_equal(a.waves[w].n_steps, b.waves[w].n_steps);
		assert_memory_equal(a.waves[w].steps, b.waves[w].steps,
				    sizeof(*a.waves[w].steps) * a.waves[w].n_steps);
	}
}

static void several_losses(void **state)
{
	struct made_cluster made = made_of(8, 4, 50, 0);
	uint32_t lost = VDC_NO_HOST;

	(void)state;
	made.in.ha_reserve = 4;
	assert_true(vdc_plan_reserve(&made.in, NULL));
	made.in.ha_reserve = 5;
	assert_false(vdc_plan_reserve(&made.in, &lost));
	assert_int_equal(lost, 0);
}

/* Plans that a broken planner would make: each must be caught. */
struct mutant {
	const char *name;
	void (*spoil)(struct made_cluster *made, struct vdc_upgrade_plan *plan,
		      struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps);
};

static void lose_a_vm(struct made_cluster *made, struct vdc_upgrade_plan *plan,
		      struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)steps;
	waves[0].n_steps--;
	plan->moves--;
}

static void all_to_one(struct made_cluster *made, struct vdc_upgrade_plan *plan,
		       struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)plan;
	for (uint32_t i = 1; i < waves[0].n_steps; i++)
		steps[i].to = steps[0].to;
}

static void swap_waves(struct made_cluster *made, struct vdc_upgrade_plan *plan,
		       struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	struct vdc_upgrade_wave first = waves[0];

	(void)made, (void)plan, (void)steps;
	waves[0] = waves[1];
	waves[1] = first;
}

static void all_at_once(struct made_cluster *made, struct vdc_upgrade_plan *plan,
			struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)steps;
	waves[1].n_hosts = 0;
	plan->n_waves = 2;
	waves[0].n_hosts = plan->n_waves + 1;
}

static void promise_a_reserve(struct made_cluster *made, struct vdc_upgrade_plan *plan,
			      struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)plan, (void)steps;
	waves[0].reserve = !waves[0].reserve;
}

static void hide_a_second_move(struct made_cluster *made, struct vdc_upgrade_plan *plan,
			       struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)waves, (void)steps;
	plan->second_moves--;
}

static void at_the_same_time(struct made_cluster *made, struct vdc_upgrade_plan *plan,
			     struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)plan;
	for (uint32_t i = 0; i < waves[0].n_steps; i++)
		steps[i].begin = waves[0].begin;
}

static void too_optimistic(struct made_cluster *made, struct vdc_upgrade_plan *plan,
			   struct vdc_upgrade_wave *waves, struct vdc_upgrade_step *steps)
{
	(void)made, (void)steps, (void)plan;
	waves[0].drained = waves[0].begin + 1;
}

static void mutants_are_caught(void **state)
{
	static const struct mutant mutants[] = {
		{ "a VM is lost", lose_a_vm },
		{ "no ceiling", all_to_one },
		{ "wrong order", swap_waves },
		{ "no limit", all_at_once },
		{ "a false reserve", promise_a_reserve },
		{ "wrong count", hide_a_second_move },
		{ "no slots", at_the_same_time },
		{ "wrong times", too_optimistic },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mutants) / sizeof(*mutants); i++) {
		struct made_cluster made = made_of(6, 8, 56, 0);
		struct vdc_upgrade_plan plan = plan_of(&made);
		struct vdc_upgrade_wave waves[6];
		struct vdc_upgrade_step steps[64];

		memcpy(waves, plan.waves, sizeof(*waves) * plan.n_waves);
		memcpy(steps, waves[0].steps, sizeof(*steps) * waves[0].n_steps);
		waves[0].steps = steps;
		plan.waves = waves;
		mutants[i].spoil(&made, &plan, waves, steps);
		if (!upgrade_verify(&made.in, &plan, true, arena))
			fail_msg("not caught: %s", mutants[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_hosts_move_four_thirds),
		TEST(two_hosts_never_have_a_reserve),
		TEST(why_a_wave_is_not_larger),
		TEST(growth_is_no_worse_than_n_log_n),
		TEST(six_hosts_keep_a_reserve),
		TEST(hundred_hosts),
		TEST(a_long_ramp_is_shortened),
		TEST(the_emptiest_host_goes_first),
		TEST(among_equals_the_spm_goes_last),
		TEST(an_empty_host_saves_the_second_moves),
		TEST(hosts_that_are_not_selected_take_vms_for_good),
		TEST(never_more_away_than_allowed),
		TEST(vms_that_are_shut_down_come_back),
		TEST(a_vm_that_may_run_nowhere_is_named),
		TEST(filters_are_respected),
		TEST(refusals),
		TEST(generated_clusters),
		TEST(the_same_again),
		TEST(several_losses),
		TEST(mutants_are_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
