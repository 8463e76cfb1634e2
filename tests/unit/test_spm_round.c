/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A round of an election over several hosts, what status says of it, and host ids. */
#include <string.h>

#include "base/buf.h"
#include "plan/spm_host_id.h"
#include "spm_case.h"
#include "unit.h"

static const struct spm_row free_lease = { "ties", NOBODYS, { H(FREE, 0) }, DO(START, 0) };

/* The same seed chooses the same host, in any order; over seeds every host has its share. */
static void ties_are_drawn_by_the_seed(void **state)
{
	enum { SEEDS = 3000 };
	vdc_autoarena *arena = vdc_arena_new();
	int wins[HOSTS] = { 0 };
	struct spm_case c;

	(void)state;
	spm_case_set(&c, &free_lease);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct vdc_spm_candidate turned[HOSTS];
		struct vdc_spm_next next, again;

		c.input.seed = seed;
		c.input.hosts = c.candidates;
		vdc_spm_next(&c.input, arena, &next);
		for (int i = 0; i < HOSTS; i++)
			turned[i] = c.candidates[HOSTS - 1 - i];
		c.input.hosts = turned;
		vdc_spm_next(&c.input, arena, &again);
		assert_ptr_equal(next.host, again.host);
		wins[next.host - c.hosts]++;
	}
	for (int i = 0; i < HOSTS; i++)
		assert_in_range(wins[i], SEEDS / HOSTS - 150, SEEDS / HOSTS + 150);
}

/* A round tries all that can, each once, and then says that nobody is left. */
static void a_round_tries_each_once(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_next next;
	struct spm_case c;

	(void)state;
	spm_case_set(&c, &free_lease);
	for (int try = 0; try < HOSTS; try++) {
		vdc_spm_next(&c.input, arena, &next);
		assert_int_equal(next.step, VDC_SPM_START);
		assert_false(c.candidates[next.host - c.hosts].failed);
		c.candidates[next.host - c.hosts].failed = true;
	}
	vdc_spm_next(&c.input, arena, &next);
	assert_int_equal(next.step, VDC_SPM_NOBODY);
}

struct disagreement {
	const char *name;
	struct spm_row row;
	const char *recorded;
	const char *codes;
};

static const struct disagreement disagreements[] = {
	{ "none", { .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) } }, "h1", "" },
	{ "nobody anywhere", { .lease = NOBODYS }, NULL, "" },
	{ "a silent owner", { .lease = OWNED(1, LIVE), .hosts = { H(SILENT, 0) } }, "h1", "" },
	{ "another's lease",
	  { .lease = OWNED(2, LIVE), .hosts = { H(SPM, 0), H(SILENT, 0) } },
	  "h2",
	  "SPM_WITHOUT_LEASE:h1" },
	{ "two",
	  { .lease = OWNED(2, LIVE), .hosts = { H(SPM, 0), H(SPM, 0) } },
	  "h2",
	  "SPM_WITHOUT_LEASE:h1 SPM_TWICE:h2" },
	{ "expired",
	  { .lease = OWNED(1, DEAD), .hosts = { H(SPM, 0) } },
	  "h1",
	  "SPM_WITHOUT_LEASE:h1" },
	{ "an older version",
	  { .lease = OWNED(1, LIVE), .hosts = { H(SPM, OLD_LVER) } },
	  "h1",
	  "SPM_LVER_DIFFERS:h1" },
	{ "says free", { .lease = OWNED(1, LIVE) }, "h1", "SPM_LEASE_ORPHANED:h1" },
	{ "no host's id", { .lease = OWNED(9, LIVE) }, NULL, "SPM_LEASE_STRANGER:dc" },
	{ "version went back",
	  { .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) }, .last_lver = 8 },
	  "h1",
	  "SPM_LVER_BACK:dc" },
	{ "recorded another",
	  { .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) } },
	  "h2",
	  "SPM_RECORD_DIFFERS:dc" },
	{ "recorded none",
	  { .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) } },
	  NULL,
	  "SPM_RECORD_DIFFERS:dc" },
	{ "recorded one, lease is free", { .lease = NOBODYS }, "h1", "SPM_RECORD_DIFFERS:dc" },
	{ "unreadable",
	  { .lease = { 0 }, .hosts = { H(SPM, 0), H(SPM, 0) } },
	  "h1",
	  "SPM_TWICE:h2" },
};

static void disagreements_are_named(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(disagreements); i++) {
		const struct disagreement *one = &disagreements[i];
		struct vdc_findings found = { .arena = arena };
		vdc_autobuf text = { 0 };
		struct spm_case c;

		spm_case_set(&c, &one->row);
		c.input.recorded = one->recorded;
		vdc_spm_disagreements(&c.input, &found);
		for (size_t f = 0; f < found.n; f++)
			vdc_buf_printf(&text, "%s%s:%s", f ? " " : "", found.items[f]->code,
				       found.items[f]->object);
		if (strcmp(vdc_buf_str(&text), one->codes) != 0)
			fail_msg("%s: %s", one->name, vdc_buf_str(&text));
	}
}

static void one_host_id_for_two_hosts(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_findings found = { .arena = arena };
	struct vdc_spm_next next;
	struct spm_case c;

	(void)state;
	spm_case_set(&c,
		     &(const struct spm_row){ .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) } });
	c.hosts[1].spm_id = 1;
	vdc_spm_next(&c.input, arena, &next);
	assert_int_equal(next.step, VDC_SPM_REFUSE);
	c.input.recorded = "h1";
	vdc_spm_disagreements(&c.input, &found);
	assert_string_equal(found.items[0]->code, "SPM_ID_TWICE");
	assert_string_equal(found.items[1]->object, "h2");
}

static void sanlock_says_that_another_lives(void **state)
{
	(void)state;
	assert_int_equal(vdc_spm_try_of(0), VDC_SPM_TRY_TAKEN);
	for (int result = -247; result <= -243; result++)
		assert_int_equal(vdc_spm_try_of(result), VDC_SPM_TRY_FRESH);
	assert_int_equal(vdc_spm_try_of(-242), VDC_SPM_TRY_FAILED);
	assert_int_equal(vdc_spm_try_of(-248), VDC_SPM_TRY_FAILED);
	assert_int_equal(vdc_spm_try_of(-1), VDC_SPM_TRY_FAILED);
}

static void host_ids_of_the_living_are_not_reused(void **state)
{
	const struct vdc_spm_id_seen seen[] = {
		{ 1, VDC_SPM_LIVENESS_LIVE, false }, { 2, VDC_SPM_LIVENESS_FREE, true },
		{ 3, VDC_SPM_LIVENESS_FAIL, false }, { 4, VDC_SPM_LIVENESS_UNKNOWN, false },
		{ 5, VDC_SPM_LIVENESS_DEAD, false }, { 6, VDC_SPM_LIVENESS_FREE, false },
		{ 6, VDC_SPM_LIVENESS_LIVE, false }, { 7, VDC_SPM_LIVENESS_DEAD, true },
		{ 8, VDC_SPM_LIVENESS_FREE, false },
	};

	(void)state;
	assert_int_equal(vdc_spm_free_host_id(NULL, 0, 250), 1);
	assert_int_equal(vdc_spm_free_host_id(seen, VDC_COUNT(seen), 250), 8);
	assert_int_equal(vdc_spm_free_host_id(seen, VDC_COUNT(seen) - 1, 250), 8);
	assert_int_equal(vdc_spm_free_host_id(seen, VDC_COUNT(seen), 7), 5);
	assert_int_equal(vdc_spm_free_host_id(seen, VDC_COUNT(seen), 4), 0);
}

static void an_id_is_dead_when_nobody_in_the_lockspace_says_otherwise(void **state)
{
	const struct vdc_lease_space in[] = { { .lockspace = "a" } };
	struct vdc_lease_peer peers[] = {
		{ .lockspace = "b", .host_id = 2, .timestamp = 5, .flag = VDC_LEASE_FLAG_LIVE },
		{ .lockspace = "a", .host_id = 2, .timestamp = 5, .flag = VDC_LEASE_FLAG_DEAD },
	};
	struct vdc_lease_report reports[] = {
		{ .peers = peers, .n = 2, .spaces = in, .n_spaces = 1 },
		{ .spaces = in, .n_spaces = 1 },
		{ .peers = peers, .n = 2 },
	};

	(void)state;
	assert_true(vdc_spm_host_id_is_dead(reports, 3, "a", 2));
	assert_true(vdc_spm_host_id_is_dead(reports, 1, "a", 3));
	assert_false(vdc_spm_host_id_is_dead(reports, 0, "a", 2));
	assert_false(vdc_spm_host_id_is_dead(&reports[2], 1, "a", 2));
	assert_false(vdc_spm_host_id_is_dead(reports, 3, "b", 2));
	for (int flag = VDC_LEASE_FLAG_NONE; flag <= VDC_LEASE_FLAG_UNKNOWN; flag++) {
		peers[1].flag = (enum vdc_lease_flag)flag;
		assert_int_equal(vdc_spm_host_id_is_dead(reports, 3, "a", 2),
				 flag == VDC_LEASE_FLAG_FREE || flag == VDC_LEASE_FLAG_DEAD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ties_are_drawn_by_the_seed),
		cmocka_unit_test(a_round_tries_each_once),
		cmocka_unit_test(disagreements_are_named),
		cmocka_unit_test(one_host_id_for_two_hosts),
		cmocka_unit_test(sanlock_says_that_another_lives),
		cmocka_unit_test(host_ids_of_the_living_are_not_reused),
		cmocka_unit_test(an_id_is_dead_when_nobody_in_the_lockspace_says_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
