/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host says of whoever has the manager's lease, where sanlock is a table: of all hosts it tells those
 * alone that have a number, of one that is asked for by itself what it knows.
 */
#include "edge/sanlock.h"

#include <errno.h>
#include <string.h>

static int sanlock_says(const char *space, int64_t host_id, struct vdc_arena *arena,
			struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err);

#define vdc_sanlock_hosts sanlock_says
#include "act/lockspace_look.c"
#undef vdc_sanlock_hosts

#include "unit.h"

/* A number that was given up has no host any more; its generation is that of the last. */
static struct vdc_sanlock_host hosts[] = {
	{ .host_id = 1, .generation = 4, .state = VDC_SANLOCK_LIVE },
	{ .host_id = 2, .generation = 7, .state = VDC_SANLOCK_FREE },
	{ .host_id = 3, .generation = 2, .state = VDC_SANLOCK_DEAD },
	{ .host_id = 4, .generation = 9, .state = VDC_SANLOCK_LIVE },
};
static int fails, asked_all, asked_one;
static bool knows_no_single; /* the mutant: as if nobody were asked for by himself */

static int sanlock_says(const char *space, int64_t host_id, struct vdc_arena *arena,
			struct vdc_sanlock_host **ret, size_t *n, struct vdc_err *err)
{
	assert_string_equal(space, "D");
	*(host_id ? &asked_one : &asked_all) += 1;
	if (fails)
		return vdc_err_set(err, fails, "no");
	*ret = vdc_arena_alloc(arena, sizeof(hosts));
	*n = 0;
	for (size_t i = 0; i < VDC_COUNT(hosts); i++)
		if (host_id ? hosts[i].host_id == host_id && !knows_no_single
			    : hosts[i].state != VDC_SANLOCK_FREE)
			(*ret)[(*n)++] = hosts[i];
	return 0;
}

struct owner {
	int64_t host_id, generation; /* as the lease has them; 0, VDC_UNSET: nobody */
	int64_t state, generation_now;
	int asked_one;
};

static const struct owner owners[] = {
	{ 1, 4, VDC_LIVENESS_LIVE, 4, 0 },
	{ 3, 2, VDC_LIVENESS_DEAD, 2, 0 },
	{ 1, 3, VDC_LIVENESS_FREE, 4, 0 },    /* another boot has taken the number since */
	{ 1, 5, VDC_LIVENESS_UNKNOWN, 4, 0 }, /* not looked at since it joined */
	{ 2, 7, VDC_LIVENESS_FREE, 7, 1 },    /* given up, and the lease left as it was */
	{ 2, 6, VDC_LIVENESS_FREE, 7, 1 },
	{ 2, 8, VDC_LIVENESS_UNKNOWN, 7, 1 },
	{ 9, 1, VDC_LIVENESS_UNKNOWN, VDC_UNSET, 1 }, /* nobody knows that number */
	{ 0, 0, VDC_LIVENESS_UNKNOWN, VDC_UNSET, 0 },
	{ VDC_UNSET, VDC_UNSET, VDC_LIVENESS_UNKNOWN, VDC_UNSET, 0 },
};

static int look_at(const struct owner *owner, struct sight *sight)
{
	const struct vdc_lockspace space = { .id = (char *)(uintptr_t)"D", .host_id = 4 };
	vdc_autoarena *arena = vdc_arena_new();

	*sight = (struct sight){ .owner_id = owner->host_id,
				 .owner_generation = owner->generation,
				 .owner_state = VDC_LIVENESS_UNKNOWN,
				 .owner_generation_now = VDC_UNSET };
	asked_all = asked_one = 0;
	return look_hosts(&space, sight, arena, NULL);
}

static void the_owner_is_found(void **state)
{
	struct sight sight;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(owners); i++) {
		assert_int_equal(look_at(&owners[i], &sight), 0);
		if (sight.owner_state != owners[i].state ||
		    sight.owner_generation_now != owners[i].generation_now)
			fail_msg("row %zu: state %d, generation %d", i, (int)sight.owner_state,
				 (int)sight.owner_generation_now);
		assert_int_equal(sight.hosts_live, 2);
		assert_int_equal(asked_all, 1);
		assert_int_equal(asked_one, owners[i].asked_one);
	}
}

/* Without the question for the one number an election would wait for a lease that is nobody's. */
static void a_number_that_was_given_up_is_seen_by_that_question_alone(void **state)
{
	struct sight sight;
	size_t differ = 0;

	(void)state;
	knows_no_single = true;
	for (size_t i = 0; i < VDC_COUNT(owners); i++) {
		assert_int_equal(look_at(&owners[i], &sight), 0);
		differ += sight.owner_state != owners[i].state;
	}
	knows_no_single = false;
	assert_int_equal(differ, 2);
}

static void what_sanlock_cannot_say_yet_is_no_error(void **state)
{
	struct sight sight;

	(void)state;
	fails = -EAGAIN;
	assert_int_equal(look_at(&owners[4], &sight), 0);
	assert_int_equal(sight.owner_state, VDC_LIVENESS_UNKNOWN);
	assert_int_equal(asked_one, 0);
	fails = -EIO;
	assert_int_equal(look_at(&owners[4], &sight), -EIO);
	fails = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_owner_is_found),
		cmocka_unit_test(a_number_that_was_given_up_is_seen_by_that_question_alone),
		cmocka_unit_test(what_sanlock_cannot_say_yet_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
