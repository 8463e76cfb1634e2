/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/fence_confirm.h"

#include <string.h>

#include "unit.h"

static char name[] = "h1";
static struct vdc_host host;

static struct vdc_confirm_sight fresh(int64_t status)
{
	host = (struct vdc_host){ .name = name, .status = status };
	return (struct vdc_confirm_sight){
		.host = &host,
		.power = VDC_POWER_UNKNOWN,
		.power_text = "ipmilan at bmc1: no answer",
		.lease = VDC_LEASE_UNKNOWN,
		.lease_text = "no other host of its data centre is up",
	};
}

static void evidence_or_a_name_is_needed(void **state)
{
	static const struct {
		enum vdc_power_status power;
		enum vdc_lease_verdict lease;
		const char *user;
		bool is_down, power_off;
		const char *text;
	} cases[] = {
		{ VDC_POWER_UNKNOWN, VDC_LEASE_UNKNOWN, NULL, false, false,
		  "nothing shows that host h1 is down: its power: P; its leases: L; go and look, "
		  "then give --i-have-checked-that-it-is-powered-off h1" },
		{ VDC_POWER_ON, VDC_LEASE_LATE, NULL, false, false, NULL },
		{ VDC_POWER_ON, VDC_LEASE_ALIVE, NULL, false, false, NULL },
		{ VDC_POWER_OFF, VDC_LEASE_ALIVE, NULL, true, true, "P" },
		{ VDC_POWER_UNKNOWN, VDC_LEASE_EXPIRED, NULL, true, false, "L" },
		{ VDC_POWER_ON, VDC_LEASE_EXPIRED, NULL, true, false, "L" },
		{ VDC_POWER_OFF, VDC_LEASE_EXPIRED, NULL, true, true, "P; L" },
		/* Evidence goes before what somebody said. */
		{ VDC_POWER_OFF, VDC_LEASE_UNKNOWN, "ann", true, true, "P" },
		{ VDC_POWER_UNKNOWN, VDC_LEASE_LATE, "ann", true, false,
		  "ann has checked that it is powered off" },
		{ VDC_POWER_ON, VDC_LEASE_ALIVE, "ann", true, false,
		  "ann has checked that it is powered off" },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_confirm_sight sight = fresh(VDC_HOST_NON_RESPONSIVE);
		struct vdc_confirm_verdict verdict;

		sight.power = cases[i].power;
		sight.power_text = "P";
		sight.lease = cases[i].lease;
		sight.lease_text = "L";
		sight.user = cases[i].user;
		verdict = vdc_plan_confirm(&sight, arena);
		if (verdict.is_down != cases[i].is_down ||
		    verdict.power_off != cases[i].power_off ||
		    (cases[i].text && strcmp(verdict.text, cases[i].text) != 0))
			fail_msg("case %zu: %d %d %s", i, verdict.is_down, verdict.power_off,
				 verdict.text);
		assert_int_equal(verdict.status, cases[i].is_down ? VDC_HOST_DOWN : 0);
	}
}

/* Whatever was typed, and whatever a device says. */
static void a_host_that_shows_itself_is_not_down(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_confirm_sight sight = fresh(VDC_HOST_NON_RESPONSIVE);
	struct vdc_confirm_verdict verdict;

	(void)state;
	sight.user = "ann";
	sight.power = VDC_POWER_OFF;
	sight.answer = "its remote shell answers";
	verdict = vdc_plan_confirm(&sight, arena);
	assert_false(verdict.is_down);
	assert_non_null(strstr(verdict.text, "host h1 is not down: its remote shell answers"));
	sight = fresh(VDC_HOST_NON_RESPONSIVE);
	sight.user = "ann";
	sight.lease = VDC_LEASE_ALIVE;
	sight.renews = true;
	verdict = vdc_plan_confirm(&sight, arena);
	assert_false(verdict.is_down);
	assert_non_null(strstr(verdict.text, "it renews its leases"));
	sight.power = VDC_POWER_OFF; /* somebody else has its number */
	assert_true(vdc_plan_confirm(&sight, arena).is_down);
}

static void each_status_is_allowed_or_not(void **state)
{
	static const struct {
		enum vdc_host_status status;
		bool allowed;
		enum vdc_host_status then;
	} cases[] = {
		{ VDC_HOST_UNASSIGNED, false, 0 },
		{ VDC_HOST_DOWN, true, 0 },
		{ VDC_HOST_MAINTENANCE, true, 0 },
		{ VDC_HOST_UP, false, 0 },
		{ VDC_HOST_NON_RESPONSIVE, true, VDC_HOST_DOWN },
		{ VDC_HOST_ERROR, false, 0 },
		{ VDC_HOST_INSTALLING, true, 0 },
		{ VDC_HOST_INSTALL_FAILED, true, 0 },
		{ VDC_HOST_REBOOT, true, VDC_HOST_DOWN },
		{ VDC_HOST_PREPARING_FOR_MAINTENANCE, false, 0 },
		{ VDC_HOST_NON_OPERATIONAL, true, VDC_HOST_DOWN },
		{ VDC_HOST_PENDING_APPROVAL, false, 0 },
		{ VDC_HOST_INITIALIZING, false, 0 },
		{ VDC_HOST_CONNECTING, true, VDC_HOST_DOWN },
		{ VDC_HOST_INSTALLING_OS, false, 0 },
		{ VDC_HOST_KDUMPING, true, VDC_HOST_DOWN },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_confirm_sight sight = fresh(cases[i].status);
		struct vdc_confirm_verdict verdict;

		sight.user = "ann";
		sight.power = VDC_POWER_OFF;
		sight.lease = VDC_LEASE_EXPIRED;
		verdict = vdc_plan_confirm(&sight, arena);
		assert_int_equal(verdict.is_down, cases[i].allowed);
		assert_int_equal(verdict.status, cases[i].then);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_or_a_name_is_needed),
		cmocka_unit_test(a_host_that_shows_itself_is_not_down),
		cmocka_unit_test(each_status_is_allowed_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
