/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is started elsewhere now. The rules are written down a second time, as what must hold of every
 * verdict, and held against queues that walk at random; then each rule is taken away and must be
 * missed.
 */
#include "plan/ha_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "unit.h"

#define T0 (1000 * VDC_SECOND)
#define MINUTES(n) ((n)*60 * VDC_SECOND)

static const struct vdc_ha_rules rules = {
	.priority_wait = MINUTES(10),
	.retry = 30 * VDC_SECOND,
	.retry_slow = MINUTES(30),
	.retries = 10,
};

static struct vdc_ha_entry waiting(int64_t priority)
{
	return (struct vdc_ha_entry){
		.priority = priority, .since = T0, .next = VDC_UNSET, .safe = true
	};
}

static void the_highest_priority_is_first(void **state)
{
	struct vdc_ha_entry queue[] = { waiting(1), waiting(100), waiting(50), waiting(100) };
	struct vdc_ha_verdict v[4];

	(void)state;
	vdc_ha_judge(queue, 4, &rules, T0, v);
	assert_int_equal(v[0].turn, VDC_HA_BEHIND);
	assert_int_equal(v[0].behind, 1);
	assert_int_equal(v[0].until, T0 + MINUTES(10));
	assert_int_equal(v[1].turn, VDC_HA_NOW);
	assert_int_equal(v[2].turn, VDC_HA_BEHIND);
	assert_int_equal(v[3].turn, VDC_HA_NOW);
	queue[1].over = true;
	queue[3].begun = true;
	vdc_ha_judge(queue, 4, &rules, T0, v);
	assert_int_equal(v[1].turn, VDC_HA_OVER);
	assert_int_equal(v[2].turn, VDC_HA_BEHIND);
	assert_int_equal(v[3].turn, VDC_HA_BEGUN);
	queue[3].over = true;
	vdc_ha_judge(queue, 4, &rules, T0, v);
	assert_int_equal(v[2].turn, VDC_HA_NOW);
	assert_int_equal(v[0].turn, VDC_HA_BEHIND);
}

static void it_waits_ten_minutes_and_no_more(void **state)
{
	struct vdc_ha_entry queue[] = { waiting(100), waiting(1) };
	struct vdc_ha_verdict v[2];

	(void)state;
	queue[0].next = T0 + MINUTES(60);
	vdc_ha_judge(queue, 2, &rules, T0 + MINUTES(10) - 1, v);
	assert_int_equal(v[0].turn, VDC_HA_PAUSE);
	assert_int_equal(v[1].turn, VDC_HA_BEHIND);
	vdc_ha_judge(queue, 2, &rules, T0 + MINUTES(10), v);
	assert_int_equal(v[1].turn, VDC_HA_NOW);
}

static void without_proof_only_one_with_a_lease_starts(void **state)
{
	struct vdc_ha_entry queue[] = { waiting(100), waiting(1) };
	struct vdc_ha_verdict v[2];

	(void)state;
	queue[0].safe = queue[1].safe = false;
	queue[1].lease = true;
	vdc_ha_judge(queue, 2, &rules, T0 + MINUTES(60), v);
	assert_int_equal(v[0].turn, VDC_HA_UNSAFE);
	assert_int_equal(v[0].until, VDC_UNSET);
	assert_int_equal(v[1].turn, VDC_HA_NOW);
	/* Nor does it hold up others meanwhile. */
	vdc_ha_judge(queue, 2, &rules, T0, v);
	assert_int_equal(v[1].turn, VDC_HA_NOW);
}

static void ten_short_pauses_then_long_ones(void **state)
{
	(void)state;
	assert_int_equal(vdc_ha_next(&rules, 1, T0), T0 + 30 * VDC_SECOND);
	assert_int_equal(vdc_ha_next(&rules, 10, T0), T0 + 30 * VDC_SECOND);
	assert_int_equal(vdc_ha_next(&rules, 11, T0), T0 + MINUTES(30));
	assert_int_equal(vdc_ha_next(&rules, 100000, T0), T0 + MINUTES(30));
}

static void who_wants_to_run_again(void **state)
{
	static const struct {
		int64_t strategy, ha;
		bool wants;
	} cases[] = {
		{ 0, VDC_UNSET, false },
		{ 0, 0, false },
		{ 0, 1, true },
		{ VDC_RUN_ALWAYS, 0, true },
		{ VDC_RUN_RERUN_ON_FAILURE, VDC_UNSET, true },
		{ VDC_RUN_MANUAL, 1, true },
		{ VDC_RUN_MANUAL, 0, false },
		{ VDC_RUN_HALTED, 1, false },
		{ VDC_RUN_ONCE, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vdc_vm vm = { .run_strategy = cases[i].strategy,
				     .high_availability = cases[i].ha };

		assert_int_equal(vdc_ha_wants(&vm), cases[i].wants);
	}
}

enum { MOST = 8, STEPS = 400, WALKS = 200 };

/* What must hold; NULL: all of it does. */
static const char *check(const struct vdc_ha_entry *queue, size_t n, int64_t now,
			 const struct vdc_ha_verdict *v)
{
	for (size_t i = 0; i < n; i++) {
		const struct vdc_ha_entry *e = &queue[i];
		bool above = false, may = e->safe || e->lease;
		bool paused = e->next != VDC_UNSET && e->next > now;
		bool waited = now - e->since >= rules.priority_wait;

		for (size_t k = 0; k < n; k++)
			above = above || (!queue[k].over && !queue[k].launched &&
					  (queue[k].safe || queue[k].lease) &&
					  queue[k].priority > e->priority);
		if (v[i].turn != VDC_HA_NOW) {
			if (!e->over && !e->begun && may && !paused && (!above || waited))
				return "one that may start waits";
			if (v[i].turn == VDC_HA_BEHIND &&
			    (v[i].behind >= n || queue[v[i].behind].priority <= e->priority))
				return "it waits for one that is not above it";
			continue;
		}
		if (!may)
			return "it starts without proof and without a lease";
		if (e->over || e->begun)
			return "it starts twice";
		if (paused)
			return "it starts before its pause is over";
		if (above && !waited)
			return "it starts before one of a higher priority";
	}
	return NULL;
}

typedef void spoil_fn(struct vdc_ha_entry *queue, size_t n, int64_t *now);

static unsigned seed;
static unsigned below(unsigned most)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % most;
}

static void wander(struct vdc_ha_entry *queue, size_t n, int64_t now)
{
	static const int64_t priorities[] = { 1, 50, 100 };
	struct vdc_ha_entry *e = &queue[below((unsigned)n)];

	switch (below(6)) {
	case 0:
		*e = waiting(priorities[below(3)]);
		e->since = now;
		e->safe = below(2);
		e->lease = below(3) == 0;
		break;
	case 1:
		e->safe = !e->safe;
		break;
	case 2:
		e->begun = !e->begun;
		e->launched = e->begun && below(2);
		break;
	case 3:
		e->over = below(3) != 0;
		break;
	case 4:
		e->begun = e->launched = false;
		e->next = vdc_ha_next(&rules, 1 + below(12), now);
		break;
	default:
		break;
	}
}

static const char *walk(unsigned from, spoil_fn *spoil)
{
	struct vdc_ha_entry queue[MOST], seen[MOST];
	struct vdc_ha_verdict v[MOST];
	int64_t now = T0;
	size_t n;

	seed = from;
	n = 1 + below(MOST);
	for (size_t i = 0; i < n; i++)
		queue[i] = waiting(1 + below(3));
	for (int step = 0; step < STEPS; step++) {
		int64_t then;
		const char *broken;

		wander(queue, n, now);
		now += below(3) ? below(20) * VDC_SECOND : MINUTES(below(15));
		memcpy(seen, queue, sizeof(queue));
		then = now;
		if (spoil)
			spoil(seen, n, &then);
		vdc_ha_judge(seen, n, &rules, then, v);
		broken = check(queue, n, now, v);
		if (broken)
			return broken;
	}
	return NULL;
}

static void every_verdict_holds(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WALKS; i++) {
		const char *broken = walk(i, NULL);

		if (broken)
			fail_msg("walk %u: %s", i, broken);
	}
}

static void no_proof(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].safe = true;
}

static void no_leases(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].lease = false;
}

static void no_pauses(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].next = VDC_UNSET;
}

static void no_priorities(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].priority = 1;
}

static void no_limit(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	for (size_t i = 0; i < n; i++)
		queue[i].since = *now;
}

static void nothing_is_begun(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].begun = false;
}

static void nothing_is_launched(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].launched = false;
}

static void nothing_is_over(struct vdc_ha_entry *queue, size_t n, int64_t *now)
{
	(void)now;
	for (size_t i = 0; i < n; i++)
		queue[i].over = false;
}

static void without_any_rule_the_walk_misses_it(void **state)
{
	static const struct {
		const char *name;
		spoil_fn *spoil;
	} mutants[] = {
		{ "no proof", no_proof },
		{ "no leases", no_leases },
		{ "no pauses", no_pauses },
		{ "no priorities", no_priorities },
		{ "no limit of the wait", no_limit },
		{ "nothing is begun", nothing_is_begun },
		{ "nothing is launched", nothing_is_launched },
		{ "nothing is over", nothing_is_over },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mutants) / sizeof(*mutants); i++) {
		bool caught = false;

		for (unsigned k = 0; k < WALKS && !caught; k++)
			caught = walk(k, mutants[i].spoil);
		if (!caught)
			fail_msg("not caught: %s", mutants[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_highest_priority_is_first),
		cmocka_unit_test(it_waits_ten_minutes_and_no_more),
		cmocka_unit_test(without_proof_only_one_with_a_lease_starts),
		cmocka_unit_test(ten_short_pauses_then_long_ones),
		cmocka_unit_test(who_wants_to_run_again),
		cmocka_unit_test(every_verdict_holds),
		cmocka_unit_test(without_any_rule_the_walk_misses_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
