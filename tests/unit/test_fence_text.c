/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What outlives a treatment: its flow as a text, since when it is watched, and how many hosts are lost. */
#include <string.h>

#include "plan/fence_flow.h"
#include "unit.h"

#define S INT64_C(1000000)
#define T0 (1000000 * S)

#define P(x) VDC_FENCE_PHASE_##x
#define DO(x) VDC_FENCE_DO_##x
#define ST(x) VDC_HOST_##x

static void the_text_of_a_flow_reads_back(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_flow flow = { .phase = P(PAUSE),
				       .since = T0,
				       .rounds = 3,
				       .lease = VDC_FENCE_LEASE_DEAD,
				       .dump_asked = true,
				       .proven = true,
				       .fenced = true };
	struct vdc_fence_flow back;
	const char *text;

	(void)state;
	vdc_fence_flow_did(&flow, DO(GIVE_UP), VDC_FENCE_DID, T0, "two\nlines");
	assert_string_equal(flow.reason, "two");
	vdc_fence_flow_lease(&flow, VDC_FENCE_LEASE_UNKNOWN, T0 - S);
	text = vdc_fence_flow_text(&flow, arena);
	back = vdc_fence_flow_parse(text, T0);
	assert_string_equal(vdc_fence_flow_text(&back, arena), text);
	assert_int_equal(back.rounds, 4);
	assert_int_equal(back.lease_at, T0 - S);
	/* The clock was set back. */
	assert_int_equal(vdc_fence_flow_parse(text, T0 - 5 * S).since, T0 - 5 * S);
}

static void a_text_that_is_none_begins_anew(void **state)
{
	static const char *const texts[] = {
		NULL, "", "phase", "phase=", "phase=shoot\nproven=1", "proven=1\nfenced=1"
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		struct vdc_fence_flow flow = vdc_fence_flow_parse(texts[i], T0);

		assert_int_equal(flow.phase, P(GRACE));
		assert_int_equal(flow.since, T0);
		assert_false(flow.proven || flow.fenced);
	}
}

static void a_long_reason_is_cut_between_characters(void **state)
{
	struct vdc_fence_flow flow = { .phase = P(HELD) };
	char text[600];

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\u00e9", 3);
	vdc_fence_flow_did(&flow, DO(GIVE_UP), VDC_FENCE_DID, T0, text);
	assert_int_equal(strlen(flow.reason), 254);
}

static void the_quiet_time_begins_with_monitoring(void **state)
{
	(void)state;
	/* Never before; a pass a minute ago; a gap; a clock that was set back. */
	assert_int_equal(vdc_fence_monitored_since(0, 0, T0, 300 * S), T0);
	assert_int_equal(vdc_fence_monitored_since(T0 - 500 * S, T0 - 60 * S, T0, 300 * S),
			 T0 - 500 * S);
	assert_int_equal(vdc_fence_monitored_since(T0 - 500 * S, T0 - 300 * S, T0, 300 * S),
			 T0 - 500 * S);
	assert_int_equal(vdc_fence_monitored_since(T0 - 500 * S, T0 - 301 * S, T0, 300 * S), T0);
	assert_int_equal(vdc_fence_monitored_since(T0 - S, T0 + S, T0, 300 * S), T0);
}

/* Maintenance that answers is counted; what is away with leave is not. */
static void a_silent_host_without_leave_is_lost(void **state)
{
	static const struct {
		enum vdc_host_status status;
		int64_t failures;
		int64_t seen;
		int hosts, lost;
	} hosts[] = {
		{ ST(UP), 0, T0, 1, 0 },
		{ ST(NON_OPERATIONAL), 0, T0, 1, 0 },
		{ ST(CONNECTING), 1, T0, 1, 1 },
		{ ST(NON_RESPONSIVE), 9, T0, 1, 1 },
		{ ST(CONNECTING), 1, VDC_UNSET, 1, 1 },
		{ ST(MAINTENANCE), 0, T0, 1, 0 },
		{ ST(MAINTENANCE), 2, T0, 0, 0 },
		{ ST(DOWN), 4, T0, 0, 0 },
		{ ST(REBOOT), 1, T0, 0, 0 },
		{ ST(UNASSIGNED), VDC_UNSET, VDC_UNSET, 0, 0 },
		{ ST(PREPARING_FOR_MAINTENANCE), 0, T0, 1, 0 },
		{ ST(PREPARING_FOR_MAINTENANCE), 1, T0, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(hosts); i++) {
		const struct vdc_host host = { .status = hosts[i].status,
					       .failures = hosts[i].failures,
					       .seen = hosts[i].seen };
		const struct vdc_host *const all[] = { &host, &host };
		struct vdc_fence_sight sight = { .hosts = 7, .lost = 7 };

		vdc_fence_count(all, 2, &sight);
		if (sight.hosts != 2 * hosts[i].hosts || sight.lost != 2 * hosts[i].lost)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_of_a_flow_reads_back),
		cmocka_unit_test(a_text_that_is_none_begins_anew),
		cmocka_unit_test(a_long_reason_is_cut_between_characters),
		cmocka_unit_test(the_quiet_time_begins_with_monitoring),
		cmocka_unit_test(a_silent_host_without_leave_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
