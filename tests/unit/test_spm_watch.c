/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_watch.h"

#include <string.h>

#include "unit.h"

#define S INT64_C(1000000)

enum { HOSTS = 3, START = 1000 };

/* A data centre in which h1 is the manager and all is well, for tests to spoil. */
static char dc_name[] = "dc";
static char names[HOSTS][3] = { "h1", "h2", "h3" };
static struct vdc_host hosts[HOSTS];
static struct vdc_spm_candidate candidates[HOSTS];
static struct vdc_spm_view views[HOSTS];
static struct vdc_data_center data_center;
static struct vdc_spm_input input;
static struct vdc_spm_sight sight;
static struct vdc_spm_watch watch;
static struct vdc_arena *arena;

static int begin(void **state)
{
	(void)state;
	for (int i = 0; i < HOSTS; i++) {
		hosts[i] = (struct vdc_host){
			.id = names[i],
			.name = names[i],
			.status = VDC_HOST_UP,
			.spm_id = i + 1,
			.spm_priority = 5,
			.pm_enabled = 1,
		};
		candidates[i] = (struct vdc_spm_candidate){
			.host = &hosts[i],
			.answer = i ? VDC_SPM_ANSWER_FREE : VDC_SPM_ANSWER_SPM,
			.lver = VDC_UNSET,
		};
		views[i] = (struct vdc_spm_view){ &candidates[i], VDC_SPM_REACH_YES, 0 };
	}
	data_center = (struct vdc_data_center){ .name = dc_name, .status = VDC_DATA_CENTER_UP };
	input = (struct vdc_spm_input){
		.data_center = &data_center,
		.lease = { true, 1, 4, 7, VDC_SPM_LIVENESS_LIVE, 4 },
		.hosts = candidates,
		.n = HOSTS,
		.last_lver = VDC_UNSET,
		.recorded = "h1",
	};
	sight = (struct vdc_spm_sight){
		.now = START * S,
		.input = &input,
		.views = views,
		.renewal = VDC_SPM_RENEWAL_GOOD,
	};
	vdc_spm_watch_begin(&watch, &vdc_spm_watch_preset, 0, 0);
	if (!arena)
		arena = vdc_arena_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	arena = NULL;
	return 0;
}

static struct vdc_spm_watch_verdict look(void)
{
	struct vdc_spm_watch_verdict verdict;

	vdc_spm_watch_look(&watch, &sight, arena, &verdict);
	assert_true(verdict.again_at > sight.now);
	return verdict;
}

static enum vdc_spm_watch_step step_after(int seconds)
{
	sight.now += seconds * S;
	return look().step;
}

/* Three looks, ten seconds apart. */
static void elects_after_three_looks(enum vdc_spm_cause cause)
{
	struct vdc_spm_watch_verdict verdict = look();

	assert_int_equal(verdict.step, VDC_SPM_WATCH_AGAIN);
	assert_int_equal(verdict.again_at, sight.now + 10 * S);
	assert_int_equal(step_after(10), VDC_SPM_WATCH_AGAIN);
	sight.now += 10 * S;
	verdict = look();
	assert_int_equal(verdict.step, VDC_SPM_WATCH_ELECT);
	assert_int_equal(verdict.cause, cause);
}

static void elects_at_once(enum vdc_spm_cause cause)
{
	struct vdc_spm_watch_verdict verdict = look();

	assert_int_equal(verdict.step, VDC_SPM_WATCH_ELECT);
	assert_int_equal(verdict.cause, cause);
}

static void all_is_well(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(step_after(10), VDC_SPM_WATCH_REST);
	assert_null(look().reason);
}

/* The first condition. */
static void a_manager_that_crashed(void **state)
{
	(void)state;
	candidates[0].answer = VDC_SPM_ANSWER_NONE;
	elects_after_three_looks(VDC_SPM_CAUSE_CRASHED);
	assert_false(look().leave);
	begin(state);
	candidates[0].answer = VDC_SPM_ANSWER_NONE;
	input.lease.liveness = VDC_SPM_LIVENESS_DEAD;
	elects_at_once(VDC_SPM_CAUSE_CRASHED);
	begin(state);
	candidates[0].answer = VDC_SPM_ANSWER_NONE;
	input.lease.live_generation++;
	elects_at_once(VDC_SPM_CAUSE_CRASHED);
	begin(state); /* its holder ended */
	candidates[0].answer = VDC_SPM_ANSWER_FREE;
	elects_at_once(VDC_SPM_CAUSE_CRASHED);
	begin(state); /* with work that was under way: SPMFailOverAttempts */
	candidates[0].answer = VDC_SPM_ANSWER_FREE;
	input.tasks = 1;
	elects_after_three_looks(VDC_SPM_CAUSE_CRASHED);
}

static void a_short_silence_is_forgiven(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		candidates[0].answer = VDC_SPM_ANSWER_NONE;
		assert_int_equal(step_after(10), VDC_SPM_WATCH_AGAIN);
		assert_int_equal(step_after(10), VDC_SPM_WATCH_AGAIN);
		candidates[0].answer = VDC_SPM_ANSWER_SPM;
		assert_int_equal(step_after(10), VDC_SPM_WATCH_REST);
	}
}

/* The second condition. */
static void a_manager_that_misses_domains(void **state)
{
	(void)state;
	views[0].misses = 2;
	views[1].misses = 1;
	elects_after_three_looks(VDC_SPM_CAUSE_DOMAINS);
	assert_true(look().leave);
	assert_ptr_equal(look().prefer, &hosts[2]);
}

static void nobody_does_better(void **state)
{
	(void)state;
	/* All lost the same domain. */
	for (int i = 0; i < HOSTS; i++)
		views[i].misses = 1;
	for (int i = 0; i < 5; i++)
		assert_int_equal(step_after(10), VDC_SPM_WATCH_REST);
	/* Whoever misses none does not reach the master, or can never be the manager. */
	views[1] = (struct vdc_spm_view){ &candidates[1], VDC_SPM_REACH_NO, 0 };
	views[2].misses = 0;
	hosts[2].spm_priority = -1;
	for (int i = 0; i < 5; i++)
		assert_int_equal(step_after(10), VDC_SPM_WATCH_REST);
}

/* The third condition. */
static void a_manager_that_cannot_renew(void **state)
{
	(void)state;
	sight.renewal = VDC_SPM_RENEWAL_LATE;
	elects_at_once(VDC_SPM_CAUSE_RENEWAL);
	assert_true(look().leave);
	begin(state);
	sight.renewal = VDC_SPM_RENEWAL_FULL;
	elects_at_once(VDC_SPM_CAUSE_RENEWAL);
	assert_non_null(strstr(look().reason, "full"));
	begin(state);
	input.lease.liveness = VDC_SPM_LIVENESS_FAIL;
	elects_at_once(VDC_SPM_CAUSE_RENEWAL);
	begin(state);
	views[0].master = VDC_SPM_REACH_NO;
	elects_at_once(VDC_SPM_CAUSE_RENEWAL);
}

static void a_vacant_role(void **state)
{
	(void)state;
	candidates[0].answer = VDC_SPM_ANSWER_FREE;
	input.lease = (struct vdc_spm_lease){ .known = true, .lver = 7 };
	input.recorded = NULL;
	elects_at_once(VDC_SPM_CAUSE_VACANT);
	data_center.status = VDC_DATA_CENTER_MAINTENANCE;
	assert_int_equal(look().step, VDC_SPM_WATCH_REST);
}

static void an_election_that_died(void **state)
{
	(void)state;
	sight.unfinished = true;
	elects_at_once(VDC_SPM_CAUSE_UNFINISHED);
	assert_false(look().leave);
	assert_null(look().prefer);
	/* what is wrong besides says more */
	candidates[0].answer = VDC_SPM_ANSWER_FREE;
	input.lease = (struct vdc_spm_lease){ .known = true, .lver = 7 };
	input.recorded = NULL;
	elects_at_once(VDC_SPM_CAUSE_VACANT);
	begin(state);
	sight.unfinished = true;
	vdc_spm_watch_ended(&watch, sight.now, false);
	assert_int_equal(look().step, VDC_SPM_WATCH_BACK_OFF);
}

static void a_lost_master(void **state)
{
	(void)state;
	for (int i = 0; i < HOSTS; i++)
		views[i].master = i ? VDC_SPM_REACH_NO : VDC_SPM_REACH_UNKNOWN;
	for (int i = 0; i < 5; i++)
		assert_int_equal(step_after(10), VDC_SPM_WATCH_MASTER_LOST);
	views[0].master = VDC_SPM_REACH_YES;
	assert_int_equal(look().step, VDC_SPM_WATCH_REST);
	/* Nobody looked: that is no loss. */
	for (int i = 0; i < HOSTS; i++)
		views[i].master = VDC_SPM_REACH_UNKNOWN;
	assert_int_equal(look().step, VDC_SPM_WATCH_REST);
}

/* For a day no host answers: no election at all, and looks that become rare. */
static void all_hosts_are_away(void **state)
{
	int64_t until = (START + 86400) * S;
	int looks = 0;

	(void)state;
	for (int i = 0; i < HOSTS; i++)
		candidates[i].answer = VDC_SPM_ANSWER_NONE;
	input.lease.known = false;
	for (; sight.now < until; looks++) {
		struct vdc_spm_watch_verdict verdict = look();

		assert_int_equal(verdict.step, VDC_SPM_WATCH_ALL_AWAY);
		assert_in_range(verdict.again_at - sight.now, 10 * S, 180 * S);
		sight.now = verdict.again_at;
	}
	assert_in_range(looks, 480, 490);
	/* They come back: at once at the usual pace. */
	for (int i = 0; i < HOSTS; i++)
		candidates[i].answer = VDC_SPM_ANSWER_FREE;
	input.lease = (struct vdc_spm_lease){ .known = true, .lver = 7 };
	assert_int_equal(look().step, VDC_SPM_WATCH_ELECT);
}

/* Rounds that fail for a day: 10, 20, 40, 80, 160 and then 180 seconds between them. */
static void failed_rounds_back_off(void **state)
{
	static const int pauses[] = { 10, 20, 40, 80, 160, 180, 180, 180 };

	(void)state;
	candidates[0].answer = VDC_SPM_ANSWER_NONE;
	input.lease.liveness = VDC_SPM_LIVENESS_DEAD;
	for (size_t i = 0; i < VDC_COUNT(pauses); i++) {
		struct vdc_spm_watch_verdict verdict = look();

		assert_int_equal(verdict.step, VDC_SPM_WATCH_ELECT);
		vdc_spm_watch_ended(&watch, sight.now, false);
		verdict = look();
		assert_int_equal(verdict.step, VDC_SPM_WATCH_BACK_OFF);
		assert_int_equal(verdict.again_at, sight.now + pauses[i] * S);
		/* A process that starts anew goes on with it. */
		vdc_spm_watch_begin(&watch, &vdc_spm_watch_preset, (unsigned)i + 1, sight.now);
		assert_int_equal(look().again_at, sight.now + pauses[i] * S);
		sight.now = verdict.again_at;
	}
	vdc_spm_watch_ended(&watch, sight.now, true);
	assert_int_equal(look().step, VDC_SPM_WATCH_ELECT);
}

/* Whoever looks next, perhaps a minute later in another process, goes on where this one was. */
static void what_it_remembers_reads_back(void **state)
{
	struct vdc_spm_watch read;

	(void)state;
	watch.cause = VDC_SPM_CAUSE_DOMAINS;
	watch.looks = 2;
	watch.away = 3;
	watch.failed = 4;
	watch.not_before = (START + 100) * S;
	vdc_spm_watch_parse(vdc_spm_watch_text(&watch, arena), &vdc_spm_watch_preset, START * S,
			    &read);
	assert_int_equal(read.cause, VDC_SPM_CAUSE_DOMAINS);
	assert_int_equal(read.looks, 2);
	assert_int_equal(read.away, 3);
	assert_int_equal(read.failed, 4);
	assert_int_equal(read.not_before, watch.not_before);
	watch.cause = 0;
	vdc_spm_watch_parse(vdc_spm_watch_text(&watch, arena), &vdc_spm_watch_preset, START * S,
			    &read);
	assert_int_equal(read.cause, 0);
	/* The clock was set back: the pause is no longer than the longest. */
	vdc_spm_watch_parse("not-before=99999999999999999\n", &vdc_spm_watch_preset, START * S,
			    &read);
	assert_int_equal(read.not_before, START * S + vdc_spm_watch_preset.longest);
}

static void a_text_that_is_none_is_a_watch_that_begins(void **state)
{
	static const char *const texts[] = {
		NULL,
		"",
		"looks",
		"looks=-1\nfailed=x\ncause=nonsense\nnot-before=-5\n",
	};
	struct vdc_spm_watch read;

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(texts); i++) {
		vdc_spm_watch_parse(texts[i], &vdc_spm_watch_preset, START * S, &read);
		assert_int_equal(read.cause, 0);
		assert_int_equal(read.looks, 0);
		assert_int_equal(read.failed, 0);
		assert_int_equal(read.not_before, 0);
		assert_int_equal(read.figures.attempts, 3);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_well),
		TEST(a_manager_that_crashed),
		TEST(a_short_silence_is_forgiven),
		TEST(a_manager_that_misses_domains),
		TEST(nobody_does_better),
		TEST(a_manager_that_cannot_renew),
		TEST(a_vacant_role),
		TEST(an_election_that_died),
		TEST(a_lost_master),
		TEST(all_hosts_are_away),
		TEST(failed_rounds_back_off),
		TEST(what_it_remembers_reads_back),
		TEST(a_text_that_is_none_is_a_watch_that_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
