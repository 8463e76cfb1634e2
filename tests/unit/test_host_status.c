/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/host_status.h"

#include <string.h>

#include "unit.h"

#define S INT64_C(1000000)
#define T0 (1000000 * S) /* when the host last answered and came into its status */
#define OLD "11111111-1111-1111-1111-111111111111"
#define NEW "22222222-2222-2222-2222-222222222222"

enum {
	ANSWERS = 1,
	UNFIT = 2,
	NOT_READY = 4,
	REBOOTED = 8,
	SPM = 16,
	NO_BOOT_ID = 32,
	TREATED = 64,
	GIVEN_UP = 128
};

/* After SECONDS and with FAILURES before this attempt; FLAGS say what the attempt brought. */
struct row {
	enum vdc_host_status before;
	int seconds;
	int failures;
	int vms;
	unsigned flags;
	enum vdc_host_status after;
	enum vdc_host_news news;
};

#define ST(x) VDC_HOST_##x
#define N(x) VDC_HOST_NEWS_##x
static const struct row rows[] = {
	/* Silence within the grace: three tries and 60 s, 0.5 s per VM, 20 s for the SPM. */
	{ ST(UP), 10, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	{ ST(UP), 600, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	{ ST(CONNECTING), 600, 1, 0, 0, ST(CONNECTING), N(NONE) },
	{ ST(CONNECTING), 600, 2, 0, 0, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(CONNECTING), 60, 9, 0, 0, ST(CONNECTING), N(NONE) },
	{ ST(CONNECTING), 61, 9, 0, 0, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(CONNECTING), 85, 9, 10, SPM, ST(CONNECTING), N(NONE) },
	{ ST(CONNECTING), 86, 9, 10, SPM, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(CONNECTING), 65, 9, 10, 0, ST(CONNECTING), N(NONE) },
	{ ST(CONNECTING), 66, 9, 10, 0, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(NON_OPERATIONAL), 10, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	{ ST(NON_OPERATIONAL), 600, 2, 0, 0, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(INITIALIZING), 10, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	{ ST(ERROR), 10, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	{ ST(UNASSIGNED), 10, 0, 0, 0, ST(CONNECTING), N(CONNECTING) },
	/* A drain goes on over a short silence and ends in a long one. */
	{ ST(PREPARING_FOR_MAINTENANCE), 10, 0, 0, 0, ST(PREPARING_FOR_MAINTENANCE), N(NONE) },
	{ ST(PREPARING_FOR_MAINTENANCE), 600, 2, 0, 0, ST(NON_RESPONSIVE), N(LOST) },
	/* A treatment decides when it is lost, and says so whatever time has passed. */
	{ ST(UP), 600, 9, 0, TREATED, ST(CONNECTING), N(CONNECTING) },
	{ ST(CONNECTING), 600, 9, 0, TREATED, ST(CONNECTING), N(NONE) },
	{ ST(PREPARING_FOR_MAINTENANCE), 600, 9, 0, TREATED, ST(PREPARING_FOR_MAINTENANCE),
	  N(NONE) },
	{ ST(REBOOT), 600, 99, 0, TREATED, ST(CONNECTING), N(CONNECTING) },
	{ ST(CONNECTING), 1, 0, 0, ANSWERS | TREATED, ST(UP), N(UP) },
	{ ST(CONNECTING), 1, 0, 0, GIVEN_UP, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(PREPARING_FOR_MAINTENANCE), 1, 0, 0, GIVEN_UP, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(REBOOT), 1, 0, 0, GIVEN_UP, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(KDUMPING), 1, 0, 0, GIVEN_UP, ST(NON_RESPONSIVE), N(LOST) },
	{ ST(NON_RESPONSIVE), 1, 0, 0, GIVEN_UP, ST(NON_RESPONSIVE), N(NONE) },
	{ ST(MAINTENANCE), 9999, 99, 0, GIVEN_UP, ST(MAINTENANCE), N(NONE) },
	{ ST(DOWN), 9999, 99, 0, GIVEN_UP, ST(DOWN), N(NONE) },
	{ ST(INSTALLING), 9999, 99, 0, GIVEN_UP, ST(INSTALLING), N(NONE) },
	/* Who is away with leave. */
	{ ST(MAINTENANCE), 9999, 99, 0, 0, ST(MAINTENANCE), N(NONE) },
	{ ST(DOWN), 9999, 99, 0, 0, ST(DOWN), N(NONE) },
	{ ST(INSTALLING), 9999, 99, 0, 0, ST(INSTALLING), N(NONE) },
	{ ST(INSTALLING_OS), 9999, 99, 0, 0, ST(INSTALLING_OS), N(NONE) },
	{ ST(INSTALL_FAILED), 9999, 99, 0, 0, ST(INSTALL_FAILED), N(NONE) },
	{ ST(PENDING_APPROVAL), 9999, 99, 0, 0, ST(PENDING_APPROVAL), N(NONE) },
	{ ST(KDUMPING), 9999, 99, 0, 0, ST(KDUMPING), N(NONE) },
	{ ST(NON_RESPONSIVE), 9999, 99, 0, 0, ST(NON_RESPONSIVE), N(NONE) },
	{ ST(REBOOT), 599, 99, 0, 0, ST(REBOOT), N(NONE) },
	{ ST(REBOOT), 600, 99, 0, 0, ST(NON_RESPONSIVE), N(LOST) },
	/* It answers. */
	{ ST(UP), 1, 0, 0, ANSWERS, ST(UP), N(NONE) },
	{ ST(UP), 1, 0, 0, ANSWERS | REBOOTED, ST(UP), N(REBOOTED) },
	{ ST(UNASSIGNED), 1, 0, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(CONNECTING), 1, 2, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(NON_RESPONSIVE), 1, 9, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(NON_OPERATIONAL), 1, 0, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(DOWN), 1, 0, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(KDUMPING), 1, 0, 0, ANSWERS | REBOOTED, ST(UP), N(UP) },
	{ ST(INITIALIZING), 1, 0, 0, ANSWERS, ST(UP), N(UP) },
	{ ST(MAINTENANCE), 1, 0, 0, ANSWERS, ST(MAINTENANCE), N(NONE) },
	{ ST(MAINTENANCE), 1, 0, 0, ANSWERS | REBOOTED, ST(MAINTENANCE), N(REBOOTED) },
	{ ST(MAINTENANCE), 1, 0, 0, ANSWERS | UNFIT, ST(MAINTENANCE), N(NONE) },
	{ ST(PREPARING_FOR_MAINTENANCE), 1, 0, 0, ANSWERS, ST(PREPARING_FOR_MAINTENANCE), N(NONE) },
	{ ST(INSTALLING), 1, 0, 0, ANSWERS, ST(INSTALLING), N(NONE) },
	{ ST(INSTALLING_OS), 1, 0, 0, ANSWERS, ST(INSTALLING_OS), N(NONE) },
	{ ST(INSTALL_FAILED), 1, 0, 0, ANSWERS, ST(INSTALL_FAILED), N(NONE) },
	{ ST(PENDING_APPROVAL), 1, 0, 0, ANSWERS, ST(PENDING_APPROVAL), N(NONE) },
	/* Told to reboot: it counts as back when its boot id is another one, or cannot be told. */
	{ ST(REBOOT), 5, 0, 0, ANSWERS, ST(REBOOT), N(NONE) },
	{ ST(REBOOT), 5, 0, 0, ANSWERS | REBOOTED, ST(UP), N(UP) },
	{ ST(REBOOT), 5, 0, 0, ANSWERS | NO_BOOT_ID, ST(UP), N(UP) },
	{ ST(REBOOT), 600, 0, 0, ANSWERS, ST(UP), N(UP) },
	/* Failed VM starts are forgiven after half an hour. */
	{ ST(ERROR), 1799, 0, 0, ANSWERS, ST(ERROR), N(NONE) },
	{ ST(ERROR), 1800, 0, 0, ANSWERS, ST(UP), N(UP) },
	/* It does not fit, or its hypervisor is not there. */
	{ ST(UP), 1, 0, 0, ANSWERS | UNFIT, ST(NON_OPERATIONAL), N(UNFIT) },
	{ ST(NON_RESPONSIVE), 1, 0, 0, ANSWERS | UNFIT, ST(NON_OPERATIONAL), N(UNFIT) },
	{ ST(UNASSIGNED), 1, 0, 0, ANSWERS | NOT_READY, ST(INITIALIZING), N(INITIALIZING) },
	{ ST(UP), 1, 0, 0, ANSWERS | NOT_READY, ST(INITIALIZING), N(INITIALIZING) },
	{ ST(INITIALIZING), 299, 0, 0, ANSWERS | NOT_READY, ST(INITIALIZING), N(NONE) },
	{ ST(INITIALIZING), 300, 0, 0, ANSWERS | NOT_READY, ST(NON_OPERATIONAL), N(UNFIT) },
};

static struct vdc_host_verdict judge(const struct row *row)
{
	struct vdc_host host = {
		.status = row->before,
		.reason = 0,
		.status_since = T0,
		.seen = T0,
		.failures = row->failures,
		.boot_id = (char[]){ OLD },
		.spm_status = row->flags & SPM ? VDC_SPM_SPM : VDC_SPM_NONE,
	};
	struct vdc_host_look look = {
		.now = T0 + row->seconds * S,
		.answered = row->flags & ANSWERS,
		.failure = row->flags & ANSWERS ? NULL : "no route",
		.boot_id = row->flags & REBOOTED ? NEW : OLD,
		.ready = !(row->flags & NOT_READY),
		.unfit = row->flags & UNFIT ? VDC_REASON_CPU_TYPE : 0,
		.unfit_detail = row->flags & UNFIT ? "no such CPU" : NULL,
		.vms = row->vms,
		.treatment = row->flags & GIVEN_UP  ? VDC_HOST_GIVEN_UP
			     : row->flags & TREATED ? VDC_HOST_TREATED
						    : VDC_HOST_UNTREATED,
	};

	if (!look.answered || row->flags & NO_BOOT_ID)
		look.boot_id = NULL;
	return vdc_host_judge(&host, &look, &vdc_grace_default);
}

static void every_transition(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		struct vdc_host_verdict verdict = judge(&rows[i]);

		if (verdict.status != rows[i].after || verdict.news != rows[i].news)
			fail_msg("row %zu: status %d, news %d", i, (int)verdict.status,
				 (int)verdict.news);
		assert_int_equal(verdict.failures,
				 rows[i].flags & ANSWERS ? 0 : rows[i].failures + 1);
		assert_int_equal(verdict.rebooted, (rows[i].flags & REBOOTED) != 0);
	}
}

static void every_status_is_in_the_table(void **state)
{
	(void)state;
	for (int status = 1; status <= VDC_HOST_KDUMPING; status++) {
		bool silent = false, answers = false;

		for (size_t i = 0; i < VDC_COUNT(rows); i++) {
			if (rows[i].before != (enum vdc_host_status)status)
				continue;
			silent = silent || !(rows[i].flags & ANSWERS);
			answers = answers || rows[i].flags & ANSWERS;
		}
		if (!silent || !answers)
			fail_msg("%s has no row", vdc_enum_word(&vdc_host_status_values, status));
	}
}

static void the_verdict_says_why(void **state)
{
	const struct row lost = { ST(CONNECTING), 600, 2, 0, 0, ST(NON_RESPONSIVE), N(LOST) };
	const struct row unfit = {
		ST(UP), 1, 0, 0, ANSWERS | UNFIT, ST(NON_OPERATIONAL), N(UNFIT)
	};
	const struct row back = { ST(CONNECTING), 1, 2, 0, ANSWERS, ST(UP), N(UP) };

	(void)state;
	assert_string_equal(judge(&lost).detail, "no route");
	assert_string_equal(judge(&unfit).detail, "no such CPU");
	assert_int_equal(judge(&unfit).reason, VDC_REASON_CPU_TYPE);
	assert_null(judge(&back).detail);
	assert_int_equal(judge(&back).reason, 0);
}

static void the_same_reason_again_is_no_news(void **state)
{
	struct vdc_host host = { .status = ST(NON_OPERATIONAL), .reason = VDC_REASON_CPU_TYPE };
	struct vdc_host_look look = { .now = T0, .answered = true, .ready = true };

	(void)state;
	look.unfit = VDC_REASON_CPU_TYPE;
	assert_int_equal(vdc_host_judge(&host, &look, &vdc_grace_default).news, N(NONE));
	look.unfit = VDC_REASON_NETWORK_UNREACHABLE;
	assert_int_equal(vdc_host_judge(&host, &look, &vdc_grace_default).news, N(UNFIT));
}

/* It answers, and that says nothing about its storage. */
static void storage_that_is_out_of_reach_stays_a_reason(void **state)
{
	struct vdc_host host = { .status = ST(NON_OPERATIONAL),
				 .reason = VDC_REASON_STORAGE_DOMAIN_UNREACHABLE };
	struct vdc_host_look look = { .now = T0, .answered = true, .ready = true };
	struct vdc_host_verdict verdict = vdc_host_judge(&host, &look, &vdc_grace_default);

	(void)state;
	assert_int_equal(verdict.status, ST(NON_OPERATIONAL));
	assert_int_equal(verdict.reason, VDC_REASON_STORAGE_DOMAIN_UNREACHABLE);
	host.status = ST(UNASSIGNED);
	assert_int_equal(vdc_host_judge(&host, &look, &vdc_grace_default).status, ST(UP));
}

static void a_host_that_was_never_seen_gets_three_tries(void **state)
{
	struct vdc_host host = {
		.status = ST(UNASSIGNED),
		.seen = VDC_UNSET,
		.failures = VDC_UNSET,
		.status_since = VDC_UNSET,
	};
	struct vdc_host_look look = { .now = T0, .failure = "refused" };
	struct vdc_host_verdict verdict;

	(void)state;
	for (int try = 1; try <= 3; try++) {
		verdict = vdc_host_judge(&host, &look, &vdc_grace_default);
		assert_int_equal(verdict.failures, try);
		assert_int_equal(verdict.status, try < 3 ? ST(CONNECTING) : ST(NON_RESPONSIVE));
		host.failures = verdict.failures;
		host.status = verdict.status;
	}
}

static void what_was_proven_counts_until_it_answers(void **state)
{
	struct vdc_host host = { .status = ST(DOWN), .seen = VDC_UNSET, .proven_down = VDC_UNSET };

	(void)state;
	assert_false(vdc_host_is_known_down(&host)); /* somebody said so, and nothing more */
	host.proven_down = T0;
	assert_true(vdc_host_is_known_down(&host));
	host.seen = T0 - 1;
	assert_true(vdc_host_is_known_down(&host));
	host.status = ST(NON_RESPONSIVE); /* it does not start; what it ran is as dead as before */
	assert_true(vdc_host_is_known_down(&host));
	host.status = ST(UP);
	assert_false(vdc_host_is_known_down(&host));
	host.status = ST(MAINTENANCE);
	host.seen = T0 + 1;
	assert_false(vdc_host_is_known_down(&host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transition),
		cmocka_unit_test(every_status_is_in_the_table),
		cmocka_unit_test(the_verdict_says_why),
		cmocka_unit_test(the_same_reason_again_is_no_news),
		cmocka_unit_test(storage_that_is_out_of_reach_stays_a_reason),
		cmocka_unit_test(a_host_that_was_never_seen_gets_three_tries),
		cmocka_unit_test(what_was_proven_counts_until_it_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
