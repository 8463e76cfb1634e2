/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/migration_watch.h"

#include "unit.h"

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)
#define SECOND INT64_C(1000000)

static struct vdc_migration_limits limits;
static struct vdc_migration_watch watch;

static int fresh(void **state)
{
	(void)state;
	limits = (struct vdc_migration_limits){
		.memory = 4 * GIB,
		.timeout_per_gib = 64 * SECOND,
		.stall_us = 240 * SECOND,
	};
	return 0;
}

static void begin(void)
{
	vdc_migration_watch_begin(&watch, &limits, 1000 * SECOND);
}

static enum vdc_migration_verdict look(int64_t second, int64_t remaining, bool post_copy)
{
	const struct vdc_migration_sight sight = {
		.now = (1000 + second) * SECOND,
		.total = 4 * GIB,
		.processed = second * 52 * MIB,
		.remaining = remaining,
		.post_copy = post_copy,
	};

	return vdc_migration_look(&watch, &sight);
}

static void one_that_gets_less_goes_on(void **state)
{
	(void)state;
	begin();
	for (int64_t s = 0; s < 80; s++)
		assert_int_equal(look(s, (80 - s) * 52 * MIB, false), VDC_MIGRATION_GOES_ON);
}

static void the_time_grows_with_the_memory(void **state)
{
	(void)state;
	begin();
	assert_int_equal(look(255, 100, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(256, 50, false), VDC_MIGRATION_TIMED_OUT);
	limits.memory = GIB / 2; /* a GIB begun */
	begin();
	assert_int_equal(look(63, 100, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(64, 50, false), VDC_MIGRATION_TIMED_OUT);
	limits.memory = GIB + 1;
	begin();
	assert_int_equal(look(127, 100, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(128, 50, false), VDC_MIGRATION_TIMED_OUT);
}

static void no_new_minimum_is_a_stall(void **state)
{
	(void)state;
	limits.memory = 100 * GIB;
	begin();
	assert_int_equal(look(10, 500, false), VDC_MIGRATION_GOES_ON);
	for (int64_t s = 11; s < 250; s++) /* up and down, never below */
		assert_int_equal(look(s, 500 + s % 2 * 700, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(250, 500, false), VDC_MIGRATION_STALLED);
	begin();
	assert_int_equal(look(10, 500, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(249, 499, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(488, 499, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(489, 499, false), VDC_MIGRATION_STALLED);
}

static void statistics_that_say_nothing_are_a_stall_too(void **state)
{
	(void)state;
	limits.memory = 100 * GIB;
	begin();
	assert_int_equal(look(239, -1, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(240, -1, false), VDC_MIGRATION_STALLED);
}

static void what_is_said_before_it_begins_is_no_minimum(void **state)
{
	struct vdc_migration_sight nothing = { .now = 1000 * SECOND };

	(void)state;
	limits.memory = 100 * GIB;
	begin();
	assert_int_equal(vdc_migration_look(&watch, &nothing), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(200, 500, false), VDC_MIGRATION_GOES_ON);
	assert_int_equal(look(300, 499, false), VDC_MIGRATION_GOES_ON);
}

static void post_copy_instead_of_giving_up_and_then_no_way_back(void **state)
{
	(void)state;
	limits.post_copy = true;
	begin();
	assert_int_equal(look(256, 500, false), VDC_MIGRATION_TO_POST_COPY);
	assert_int_equal(look(257, 500, false), VDC_MIGRATION_GOES_ON); /* said once */
	assert_int_equal(look(258, 400, true), VDC_MIGRATION_LATE);
	assert_int_equal(look(9999, 400, true), VDC_MIGRATION_LATE);
}

static void rate_and_rest(void **state)
{
	struct vdc_migration_sight sight = { .remaining = 104 * MIB };

	(void)state;
	begin();
	assert_int_equal(vdc_migration_eta(&watch, &sight), -1);
	look(1, 1000 * MIB, false);
	look(2, 900 * MIB, false);
	assert_int_equal(watch.rate, 52 * MIB);
	assert_int_equal(vdc_migration_eta(&watch, &sight), 2 * SECOND);
	sight.remaining = -1;
	assert_int_equal(vdc_migration_eta(&watch, &sight), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_that_gets_less_goes_on, fresh),
		cmocka_unit_test_setup(the_time_grows_with_the_memory, fresh),
		cmocka_unit_test_setup(no_new_minimum_is_a_stall, fresh),
		cmocka_unit_test_setup(statistics_that_say_nothing_are_a_stall_too, fresh),
		cmocka_unit_test_setup(what_is_said_before_it_begins_is_no_minimum, fresh),
		cmocka_unit_test_setup(post_copy_instead_of_giving_up_and_then_no_way_back, fresh),
		cmocka_unit_test_setup(rate_and_rest, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
