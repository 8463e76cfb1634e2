/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random walks: hosts of a cluster lose their network, hang, are switched off and come back; monitors
 * and treatments die at any moment. A checker, which knows the truth, holds what the treatments decide
 * against the rules that keep hosts and disks from harm. Then each rule is taken out of the machine, and
 * the checker has to find that out.
 */
#include <string.h>

#include "fence_world.h"
#include "unit.h"

static int removed; /* a rule that is not there */
#define RULE(rule, holds) (removed == (rule) ? 0 : (holds))
#define vdc_fence_phase_values walked_phase_values
#include "plan/fence_did.c"
#include "plan/fence_flow.c"
#include "plan/fence_policy.c" /* and is_lost() */

enum { STEPS = 600, WALKS = 150 };

static void store(struct machine *m)
{
	m->job = vdc_fence_flow_text(&m->flow, world.arena);
}

/* Whoever comes next knows what was stored, and looks anew. */
static void die(struct machine *m)
{
	m->flow = vdc_fence_flow_parse(m->job, world.now);
	m->sight = (struct vdc_fence_sight){ 0 };
	world.died++;
}

static void begin_again(struct machine *m)
{
	m->flow = (struct vdc_fence_flow){ .phase = VDC_FENCE_PHASE_GRACE, .since = world.now };
	m->sight = (struct vdc_fence_sight){ 0 };
	m->soft_fenced = m->shot = false;
	store(m);
}

/* One step of the process that treats it, which may die before the effect or behind it. */
static void treat(struct machine *m)
{
	struct vdc_fence_decision decision;
	enum vdc_fence_outcome outcome;

	walk_observe(m);
	decision = vdc_fence_flow_next(&m->flow, &m->sight, &walk_times, world.arena);
	if (decision.what == VDC_FENCE_DO_OFF) {
		vdc_fence_flow_begin_off(&m->flow, world.now);
		store(m);
	}
	if (walk_roll(40) == 0) {
		die(m);
		return;
	}
	outcome = walk_carry_out(m, decision.what);
	if (walk_roll(40) == 0) {
		/* Rare enough: a device that switched it off, and answers nobody after that. */
		m->device_broken = m->device_broken || decision.what == VDC_FENCE_DO_OFF;
		die(m);
		return;
	}
	vdc_fence_flow_did(&m->flow, decision.what, outcome, world.now, decision.reason);
	if (decision.what == VDC_FENCE_DO_SOFT)
		m->sight.looked = world.now;
	if (decision.what == VDC_FENCE_DO_GIVE_UP) {
		world.held++;
		m->soft_fenced = false;
	}
	store(m);
	if (m->flow.phase == VDC_FENCE_PHASE_OVER) {
		if (m->shot && !m->on && m->host.status == VDC_HOST_DOWN)
			walk_break_rule("whoever was switched off is switched on again");
		m->vms_run = m->vms_run || walk_answers(m);
		m->job = NULL;
	}
}

/* A pass of the monitor: whoever is silent is treated. */
static void monitor(void)
{
	for (int i = 0; i < world.n; i++) {
		struct machine *m = &world.machines[i];

		if (!m->job) {
			walk_judge(m, walk_answers(m), VDC_HOST_UNTREATED);
			if (is_lost(&m->host))
				begin_again(m);
		}
	}
}

/* The rule that was broken; NULL: none. */
static const char *walk(uint64_t seed)
{
	walk_begin(seed);
	for (int step = 0; step < STEPS && !world.broken; step++) {
		world.now += (1 + walk_roll(8)) * S;
		walk_happen();
		monitor();
		for (int i = 0; i < world.n; i++)
			for (int k = 0; k < 6 && world.machines[i].job; k++)
				treat(&world.machines[i]);
	}
	return world.broken;
}

static void no_walk_breaks_a_rule(void **state)
{
	int offs = 0, downs = 0, frees = 0, ons = 0, dumps = 0, ups = 0, held = 0, died = 0;

	(void)state;
	removed = 0;
	for (uint64_t seed = 1; seed <= WALKS; seed++) {
		const char *broken = walk(seed);

		if (broken)
			fail_msg("seed %d: broken: %s", (int)seed, broken);
		offs += world.offs;
		downs += world.downs;
		frees += world.frees;
		ons += world.ons;
		dumps += world.dumps;
		ups += world.ups;
		held += world.held;
		died += world.died;
	}
	print_message("%d off, %d down, %d freed, %d on, %d dumps, %d set up, %d held, %d died\n",
		      offs, downs, frees, ons, dumps, ups, held, died);
	assert_true(offs > WALKS && downs > WALKS / 2 && ons > WALKS / 2 && dumps > 10);
	assert_true(frees > WALKS / 2);
	assert_true(ups > WALKS / 4 && held > WALKS && died > WALKS);
}

static void a_rule_that_is_missing_is_found_out(void **state)
{
	static const char *const found[VDC_FENCE_N_RULES] = {
		[VDC_FENCE_RULE_MAINTENANCE] = "nobody in maintenance is treated",
		[VDC_FENCE_RULE_QUIET] = "nobody is fenced in quiet time",
		[VDC_FENCE_RULE_DELAY] = "it had its time",
		[VDC_FENCE_RULE_UNCLEAR] = "it was silent just now",
		[VDC_FENCE_RULE_COUNT] = "all others were looked at just now",
		[VDC_FENCE_RULE_STORM] = "nobody is fenced while many are lost",
		[VDC_FENCE_RULE_HOUR] = "so many are fenced in an hour",
		[VDC_FENCE_RULE_ENABLED] = "nobody is fenced where fencing is disabled",
		[VDC_FENCE_RULE_LEASE] = "whoever renews a lease is not fenced",
		[VDC_FENCE_RULE_FREE] = "leases are freed while their host is proven off",
		[VDC_FENCE_RULE_OWN_SHOT] = "whoever was switched off is switched on again",
		[VDC_FENCE_RULE_FREE_ONCE] = "leases are freed before their host is switched on",
		[VDC_FENCE_RULE_PROOF] = "VMs start elsewhere when their host is proven down",
	};

	(void)state;
	for (removed = 1; removed < VDC_FENCE_N_RULES; removed++) {
		const char *broken = NULL;

		for (uint64_t seed = 1; seed <= WALKS && !broken; seed++)
			broken = walk(seed);
		if (!broken || strcmp(broken, found[removed]) != 0)
			fail_msg("rule %d taken away: %s", removed,
				 broken ? broken : "not found out");
	}
	removed = 0;
}

/* Without the guard both of two would be shot: the checker sees that too. */
static void two_that_lost_their_network_are_not_both_shot(void **state)
{
	int shot[2] = { 0, 0 };

	(void)state;
	for (int guard = 0; guard <= 1; guard++)
		for (uint64_t seed = 1; seed <= 40; seed++) {
			walk_begin(seed);
			world.n = 2;
			world.cluster.skip_fencing_if_connectivity_broken = guard;
			world.cluster.skip_fencing_if_lease_alive = 0;
			world.cluster.max_fences_per_hour = VDC_UNSET;
			walk_cut_all(true);
			for (int step = 0; step < STEPS; step++) {
				world.now += (1 + walk_roll(8)) * S;
				monitor();
				for (int i = 0; i < 2; i++)
					if (world.machines[i].job)
						treat(&world.machines[i]);
			}
			shot[guard] += world.offs;
		}
	assert_true(shot[0] >= 80);
	assert_int_equal(shot[1], 0);
}

static int begin_all(void **state)
{
	(void)state;
	world.arena = vdc_arena_new();
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	vdc_arena_free(world.arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_walk_breaks_a_rule),
		cmocka_unit_test(a_rule_that_is_missing_is_found_out),
		cmocka_unit_test(two_that_lost_their_network_are_not_both_shot),
	};

	return cmocka_run_group_tests(tests, begin_all, end_all);
}
