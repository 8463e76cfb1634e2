/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a dead host held is freed, or not. */
#include "plan/dead_lease.h"

#include <string.h>

#include "unit.h"

#define S INT64_C(1000000)
#define DOWN_AT (1000000 * S)

static char host_name[] = "h3", evidence[] = "ann has checked that it is powered off";
static char sanlock_name[] = "76b497bc-0fc1-4768-8ace-38ee7a28e69e";

static struct vdc_host dead(void)
{
	struct vdc_host host;

	vdc_object_clear(&vdc_host_kind, &host);
	host.name = host_name;
	host.status = VDC_HOST_DOWN;
	host.proven_down = DOWN_AT;
	host.seen = DOWN_AT - 60 * S;
	host.power_status = VDC_POWER_OFF;
	host.down_evidence = evidence;
	return host;
}

static void refused(const struct vdc_host *host, const char *text)
{
	vdc_autoarena *arena = vdc_arena_new();
	const char *why = vdc_dead_host_refused(host, arena);

	if (!text) {
		assert_null(why);
		return;
	}
	assert_non_null(why);
	if (!strstr(why, text))
		fail_msg("%s", why);
}

static void a_host_is_proven_off(void **state)
{
	struct vdc_host host = dead();

	(void)state;
	refused(&host, NULL);
	host.power_status = VDC_POWER_UNKNOWN; /* after `fence confirm` */
	refused(&host, "its power is not proven off");
	refused(&host, evidence);
	host.power_status = VDC_POWER_ON;
	refused(&host, "its power is not proven off");
	host = dead();
	host.seen = DOWN_AT + S; /* it answered since */
	refused(&host, "not known to be down: fence off h3");
	host = dead();
	host.proven_down = VDC_UNSET;
	refused(&host, "not known to be down");
	host = dead();
	host.status = VDC_HOST_UP;
	refused(&host, "host h3 is up");
}

static void it_is_done_once_for_each_death(void **state)
{
	struct vdc_host host = dead();

	(void)state;
	assert_false(vdc_dead_host_is_freed(&host));
	host.leases_freed = DOWN_AT - S;
	assert_false(vdc_dead_host_is_freed(&host));
	host.leases_freed = DOWN_AT + S;
	assert_true(vdc_dead_host_is_freed(&host));
	host.seen = DOWN_AT + 2 * S;
	assert_false(vdc_dead_host_is_freed(&host));
}

enum {
	NO_RECORD = 1 << 0,
	LEFT = 1 << 1,
	OTHER_NAME = 1 << 2,
	NOT_WATCHED = 1 << 3,
	NO_AGE = 1 << 4,
	SEEN_BEFORE = 1 << 5, /* in another generation */
};

static void what_shows_that_it_came_back(void **state)
{
	static const struct {
		unsigned sight;
		int64_t recorded;  /* generation; -1: none */
		int off_for, seen; /* seconds */
		enum vdc_dead_lease_result result;
		const char *why;
	} cases[] = {
		{ 0, -1, 3, 5, 0, NULL },
		{ 0, 7, 3, 5, 0, NULL },
		/* A renewal right before its end is seen up to three I/O time-outs later. */
		{ 0, -1, 6, 0, 0, NULL },
		{ 0, -1, 7, 0, VDC_DEAD_LEASE_REFUSED, "7 s after its power was proven off" },
		{ 0, -1, 100, 93, VDC_DEAD_LEASE_REFUSED, "7 s after" },
		{ 0, -1, 100, 94, 0, NULL },
		{ 0, -1, 0, 1000, 0, NULL },
		{ 0, 6, 3, 5, VDC_DEAD_LEASE_REFUSED, "joined again since" },
		{ 0, 8, 3, 5, VDC_DEAD_LEASE_REFUSED, "made anew" },
		{ SEEN_BEFORE, -1, 3, 5, VDC_DEAD_LEASE_REFUSED, "was generation 6 a moment ago" },
		{ NOT_WATCHED, 7, 3, 5, VDC_DEAD_LEASE_REFUSED, "nobody here has watched it" },
		{ NO_AGE, 7, 3, 5, VDC_DEAD_LEASE_REFUSED, "nobody here has watched it" },
		{ OTHER_NAME, 7, 3, 5, VDC_DEAD_LEASE_REFUSED, "host id 3 there is x's" },
		{ OTHER_NAME | LEFT, 7, 3, 5, VDC_DEAD_LEASE_NOTHING, "x's" },
		{ LEFT, 7, 3, 5, VDC_DEAD_LEASE_NOTHING, "it had left" },
		{ NO_RECORD, -1, 3, 5, VDC_DEAD_LEASE_NOTHING, "no record" },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		unsigned flags = cases[i].sight;
		const struct vdc_dead_lease asked = {
			.host_id = 3,
			.sanlock_name = sanlock_name,
			.generation = cases[i].recorded < 0 ? VDC_UNSET : cases[i].recorded,
			.off_for = cases[i].off_for * S,
		};
		const struct vdc_dead_lease_sight sight = {
			.is_host = !(flags & NO_RECORD),
			.held = !(flags & LEFT),
			.name = flags & OTHER_NAME ? "x" : sanlock_name,
			.generation = 7,
			.io_timeout = 2,
			.watched = !(flags & NOT_WATCHED),
			.seen_generation = flags & SEEN_BEFORE ? 6 : 7,
			.seen_us = flags & NO_AGE ? VDC_UNSET : cases[i].seen * S,
		};
		const char *why;
		enum vdc_dead_lease_result result =
			vdc_plan_dead_lease(&asked, &sight, arena, &why);

		if (result != cases[i].result)
			fail_msg("case %zu: %d: %s", i, result, why ? why : "");
		if (cases[i].why ? !why || !strstr(why, cases[i].why) : why != NULL)
			fail_msg("case %zu: %s", i, why ? why : "no reason");
	}
}

static void the_limit_is_above_what_sanlock_needs(void **state)
{
	(void)state;
	assert_true(vdc_dead_lease_limit(2) > 4 * S);
	assert_true(vdc_dead_lease_limit(10) > 40 * S);
	/* and below what it needs for an id whose owner may live */
	assert_true(vdc_dead_lease_limit(10) < 140 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_is_proven_off),
		cmocka_unit_test(it_is_done_once_for_each_death),
		cmocka_unit_test(what_shows_that_it_came_back),
		cmocka_unit_test(the_limit_is_above_what_sanlock_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
