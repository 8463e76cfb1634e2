/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sanlock 3.8.5 printed (tests/data/sanlock), and what follows from it. Host id 3 was switched off,
 * host id 1 left its lockspace and came back. */
#include "plan/host_lease.h"

#include <errno.h>
#include <string.h>

#include "data_file.h"
#include "model/kind.h"

#define NAME1 "66596034-c59f-451a-9e64-bfa77322f5ab"
#define NAME3 "76b497bc-0fc1-4768-8ace-38ee7a28e69e"

static struct vdc_lease_report read_report(struct vdc_arena *arena, const char *name)
{
	char *text = data_file(arena, vdc_arena_format(arena, "../sanlock/%s", name));
	struct vdc_lease_report report = { 0 };

	assert_int_equal(vdc_lease_report_parse(text, arena, &report, NULL), 0);
	return report;
}

static const struct vdc_lease_peer *peer_of(const struct vdc_lease_report *report,
					    const char *lockspace, int64_t id)
{
	for (size_t i = 0; i < report->n; i++)
		if (report->peers[i].host_id == id &&
		    strcmp(report->peers[i].lockspace, lockspace) == 0)
			return &report->peers[i];
	return NULL;
}

static void what_it_printed_is_read(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lease_report report = read_report(arena, "failing");
	const struct vdc_lease_peer *peer = peer_of(&report, "LSA", 3);

	(void)state;
	assert_int_equal(report.n, 5);
	assert_non_null(peer_of(&report, "LS B", 2));
	assert_non_null(peer);
	assert_int_equal(peer->generation, 1);
	assert_int_equal(peer->timestamp, 12656);
	assert_int_equal(peer->last_live, 12657);
	assert_int_equal(peer->last_check, 12679);
	assert_int_equal(peer->io_timeout, 2);
	assert_string_equal(peer->name, NAME3);
	assert_int_equal(peer->flag, VDC_LEASE_FLAG_FAIL);
	assert_true(report.now >= peer->last_check);
	assert_int_equal(report.watchdog, 0);
	assert_int_equal(read_report(arena, "watched").watchdog, 1);
	assert_int_equal(read_report(arena, "joined").watchdog, -1);
}

static void what_is_no_report_is_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
		{ "", -EBADMSG },
		{ "== status\n    monotime=5\n== gets\n== hosts\n", -EBADMSG },
		{ "== none\n== end\n", -ENOENT },
		{ "== status\n== gets\n== hosts\n== end\n", -ENOENT },
		{ "== status\n    monotime=-5\n== end\n", -ENOENT },
		{ "== status\n    monotime=99999999999999999999\n== end\n", -ENOENT },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_lease_report report;

		assert_int_equal(vdc_lease_report_parse(cases[i].text, arena, &report, NULL),
				 cases[i].code);
	}
}

static void lines_that_mean_nothing_are_passed_over(void **state)
{
	static const char text[] =
		"== status\ndaemon x\n    monotime=100\n"
		"== gets\nh 1 gen 1 timestamp 90 LIVE\ns :1:/x:0\nh 1 gen 1 timestamp 90 LIVE\n"
		"s A:1:/x:0\nhosts not ready\nh 0 gen 1 timestamp 90 LIVE\nh -4 gen 1\n"
		"h 2 gen 7 timestamp 90 LIVE\nh 3 gen 1 timestamp 90 NEWER\nh 4\n"
		"== hosts\n    last_check=3\n1 timestamp 90\n    last_check=99\nlockspace A\n"
		"2 timestamp 90\n    last_check=99\n    last_live=99\n    owner_generation=8\n"
		"3 timestamp 90\n    last_check=\n    last_live=x\n    owner_generation=1\n"
		"    owner_name=0123456789012345678901234567890123456789012345678\n"
		"4 timesamp 1\n99999999999999999999999 timestamp 2\n== end\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lease_report report;

	(void)state;
	assert_int_equal(vdc_lease_report_parse(text, arena, &report, NULL), 0);
	assert_int_equal(report.n, 2);
	/* The flag was of another generation. */
	assert_int_equal(peer_of(&report, "A", 2)->flag, VDC_LEASE_FLAG_NONE);
	assert_int_equal(peer_of(&report, "A", 3)->flag, VDC_LEASE_FLAG_NONE);
	assert_int_equal(peer_of(&report, "A", 3)->last_live, -1);
	assert_null(peer_of(&report, "A", 3)->name);
}

static void a_daemon_tells_how_it_renews(void **state)
{
	static const char text[] =
		"== status\ndaemon me\n    monotime=1000\ns A B:3:/x:0\n    io_timeout=2\n"
		"    host_generation=7\n    renewal_last_success=998\n"
		"s C:4:/y:0 ADD\n    io_timeout=10\n    renewal_last_success=950\n"
		"s D:5:/z:0\n    io_timeout=2\n    renewal_last_success=999\n"
		"== renewal A B\n"
		"timestamp=994 read_ms=3 write_ms=4 next_timeouts=0 next_errors=0\n"
		"timestamp=998 read_ms=1 write_ms=9 next_timeouts=0 next_errors=0\nread_ms=\n"
		"== renewal D\n"
		"timestamp=999 read_ms=1500 write_ms=600 next_timeouts=0 next_errors=0\n"
		"== renewal other\ntimestamp=1 read_ms=99 write_ms=99 next_timeouts=0\n== end\n";
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lease_report report;
	const struct vdc_lease_space *space;

	(void)state;
	assert_int_equal(vdc_lease_report_parse(text, arena, &report, NULL), 0);
	assert_string_equal(report.name, "me");
	assert_int_equal(report.n_spaces, 3);
	space = vdc_lease_space_named(&report, "A B");
	assert_int_equal(space->host_id, 3);
	assert_int_equal(space->generation, 7);
	assert_int_equal(space->latency_us, 10000);
	assert_null(vdc_lease_space_slow(&report, space, arena));
	space = vdc_lease_space_named(&report, "C");
	assert_int_equal(space->latency_us, -1);
	assert_non_null(strstr(vdc_lease_space_slow(&report, space, arena),
			       "not renewed for 50 s, and is lost after 80 s"));
	space = vdc_lease_space_named(&report, "D");
	assert_non_null(strstr(vdc_lease_space_slow(&report, space, arena),
			       "a renewal took 2.1 s, with an I/O time-out of 2 s"));
	assert_null(vdc_lease_space_named(&report, "other"));
}

/* Cut off anywhere, it is refused or read. */
static void no_part_of_it_does_harm(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	char *text = data_file(arena, "../sanlock/expired");

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		struct vdc_lease_report report;
		const char *part = vdc_arena_format(arena, "%.*s\n== end\n", (int)len, text);

		(void)vdc_lease_report_parse(part, arena, &report, NULL);
	}
}

static const char *const names1[] = { NAME1 }, *const names3[] = { NAME3 },
			 *const names_else[] = { "else" };

static struct vdc_lease_finding judge(struct vdc_arena *arena, const char *file,
				      const struct vdc_lease_victim *victim)
{
	struct vdc_lease_report report = read_report(arena, file);
	const struct vdc_lease_witness witness = { .host = "h2", .report = &report };

	return vdc_plan_host_lease(victim, &witness, 1, 80, arena);
}

static void each_state_has_its_verdict(void **state)
{
	static const struct vdc_lease_victim one = { .host_id = 1, .names = names1, .n_names = 1 },
					     three = { .host_id = 3,
						       .names = names3,
						       .n_names = 1 };
	static const struct {
		const char *file;
		const struct vdc_lease_victim *victim;
		enum vdc_lease_verdict verdict;
		const char *evidence;
	} cases[] = {
		{ "failing", &one, VDC_LEASE_ALIVE,
		  "lockspace LSA: host id 1 renewed 1 s ago, says h2" },
		{ "failing", &three, VDC_LEASE_LATE,
		  "lockspace LS B: host id 3 not renewed for 22 s, says h2; "
		  "lockspace LSA: host id 3 not renewed for 23 s, says h2" },
		{ "expired", &three, VDC_LEASE_EXPIRED,
		  "lockspace LS B: host id 3 expired, not renewed for 92 s, says h2; "
		  "lockspace LSA: host id 3 expired, not renewed for 93 s, says h2" },
		/* A lease that was given up shows nothing. */
		{ "free", &one, VDC_LEASE_UNKNOWN, "lockspace LSA: host id 1 given up, says h2" },
		/* It had just joined, and saw the dead host for the first time. */
		{ "joining", &three, VDC_LEASE_UNKNOWN,
		  "no lockspace of the hosts that were asked knows of it" },
		{ "joined", &three, VDC_LEASE_UNKNOWN,
		  "lockspace LSA: host id 3 not watched for long enough, says h2" },
		{ "watched", &three, VDC_LEASE_LATE,
		  "lockspace LSA: host id 3 not renewed for 26 s, says h2" },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_lease_finding finding = judge(arena, cases[i].file, cases[i].victim);

		assert_string_equal(finding.evidence, cases[i].evidence);
		assert_int_equal(finding.verdict, cases[i].verdict);
	}
}

static void expired_is_only_what_is_surely_its_own(void **state)
{
	static const char *const space[] = { "LSA", "LS C" };
	static const struct {
		const char *what;
		struct vdc_lease_victim victim;
		enum vdc_lease_verdict verdict;
	} cases[] = {
		{ "number and name", { 3, names3, 1, true, NULL, 0 }, VDC_LEASE_EXPIRED },
		{ "no number", { VDC_UNSET, names3, 1, true, NULL, 0 }, VDC_LEASE_EXPIRED },
		{ "another number", { 4, names3, 1, true, NULL, 0 }, VDC_LEASE_UNKNOWN },
		{ "another name", { 3, names_else, 1, true, NULL, 0 }, VDC_LEASE_UNKNOWN },
		{ "a name that is a guess",
		  { 3, names_else, 1, false, NULL, 0 },
		  VDC_LEASE_UNKNOWN },
		{ "it was in one of them", { 3, names3, 1, true, space, 1 }, VDC_LEASE_EXPIRED },
		{ "it was in another too", { 3, names3, 1, true, space, 2 }, VDC_LEASE_UNKNOWN },
		/* The number alone is enough to call it alive, unless that is surely another. */
		{ "lives, a guess", { 1, names_else, 1, false, NULL, 0 }, VDC_LEASE_ALIVE },
		{ "lives, another", { 1, names_else, 1, true, NULL, 0 }, VDC_LEASE_UNKNOWN },
		{ "lives, another number", { 4, names1, 1, true, NULL, 0 }, VDC_LEASE_ALIVE },
	};
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		struct vdc_lease_finding finding = judge(arena, "expired", &cases[i].victim);

		if (finding.verdict != cases[i].verdict)
			fail_msg("%s: %d, %s", cases[i].what, finding.verdict, finding.evidence);
	}
}

static struct vdc_lease_peer peer(const char *lockspace, enum vdc_lease_flag flag,
				  int64_t last_check, int64_t last_live)
{
	return (struct vdc_lease_peer){
		.lockspace = lockspace,
		.host_id = 3,
		.generation = 1,
		.name = NAME3,
		.timestamp = 17,
		.last_check = last_check,
		.last_live = last_live,
		.io_timeout = 10,
		.flag = flag,
	};
}

static void several_witnesses_are_heard(void **state)
{
	static const struct vdc_lease_victim victim = { .host_id = 3,
							.names = names3,
							.n_names = 1 };
	const struct vdc_lease_peer dead_a = peer("A", VDC_LEASE_FLAG_DEAD, 995, 800),
				    dead_b = peer("B", VDC_LEASE_FLAG_DEAD, 995, 800),
				    live_b = peer("B", VDC_LEASE_FLAG_LIVE, 995, 990),
				    old_b = peer("B", VDC_LEASE_FLAG_LIVE, 995, 900),
				    unread_b = peer("B", VDC_LEASE_FLAG_DEAD, 900, 800),
				    new_a = peer("A", VDC_LEASE_FLAG_UNKNOWN, 995, 990);
	static const struct {
		size_t first, second;
		enum vdc_lease_verdict verdict;
		int64_t age;
	} cases[] = {
		{ 0, 0, VDC_LEASE_EXPIRED, 200 }, { 0, 1, VDC_LEASE_EXPIRED, 200 },
		{ 0, 2, VDC_LEASE_ALIVE, 10 },	  { 2, 0, VDC_LEASE_ALIVE, 10 },
		{ 0, 3, VDC_LEASE_LATE, 100 },	  { 1, 3, VDC_LEASE_LATE, 100 },
		{ 0, 4, VDC_LEASE_UNKNOWN, 200 }, { 1, 4, VDC_LEASE_EXPIRED, 200 },
		{ 5, 0, VDC_LEASE_EXPIRED, 200 }, { 5, 1, VDC_LEASE_UNKNOWN, 10 },
	};
	const struct vdc_lease_peer peers[] = { dead_a, dead_b, live_b, old_b, unread_b, new_a };
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(cases); i++) {
		const struct vdc_lease_report one = { .now = 1000,
						      .peers = &peers[cases[i].first],
						      .n = 1 },
					      two = { .now = 1000,
						      .peers = &peers[cases[i].second],
						      .n = 1 };
		const struct vdc_lease_witness witnesses[] = {
			{ "h1", &one, NULL },
			{ "h2", &two, NULL },
			{ "h4", NULL, "it does not answer" },
		};
		struct vdc_lease_finding finding =
			vdc_plan_host_lease(&victim, witnesses, 3, 80, arena);

		if (finding.verdict != cases[i].verdict || finding.age != cases[i].age)
			fail_msg("case %zu: %d, %lld, %s", i, finding.verdict,
				 (long long)finding.age, finding.evidence);
	}
}

static void nobody_can_say(void **state)
{
	static const struct vdc_lease_victim victim = { .host_id = 3,
							.names = names3,
							.n_names = 1 };
	static const struct vdc_lease_witness mute[] = { { "h1", NULL, "it has no sanlock" } };
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_lease_finding finding = vdc_plan_host_lease(&victim, mute, 1, 80, arena);

	(void)state;
	assert_int_equal(finding.verdict, VDC_LEASE_UNKNOWN);
	assert_string_equal(finding.evidence, "host h1: it has no sanlock");
	assert_int_equal(finding.age, -1);
	finding = vdc_plan_host_lease(&victim, NULL, 0, 80, arena);
	assert_int_equal(finding.verdict, VDC_LEASE_UNKNOWN);
	assert_string_equal(finding.evidence, "no other host of its data centre is up");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_printed_is_read),
		cmocka_unit_test(what_is_no_report_is_refused),
		cmocka_unit_test(lines_that_mean_nothing_are_passed_over),
		cmocka_unit_test(a_daemon_tells_how_it_renews),
		cmocka_unit_test(no_part_of_it_does_harm),
		cmocka_unit_test(each_state_has_its_verdict),
		cmocka_unit_test(expired_is_only_what_is_surely_its_own),
		cmocka_unit_test(several_witnesses_are_heard),
		cmocka_unit_test(nobody_can_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
