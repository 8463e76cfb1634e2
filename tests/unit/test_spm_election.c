/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_election.h"

#include <string.h>

#include "spm_case.h"
#include "unit.h"

static const struct spm_row rows[] = {
	/* Whoever answers and has the lease stays. */
	{ "manager answers", OWNED(1, LIVE), { H(SPM, 0) }, DO(KEEP, 1) },
	{ "whatever is preferred", OWNED(1, LIVE), { H(SPM, 0) }, .prefer = 2, DO(KEEP, 1) },
	{ "with a late renewal", OWNED(1, FAIL), { H(SPM, 0) }, DO(KEEP, 1) },
	{ "not known in the lockspace yet", OWNED(2, UNKNOWN), { [1] = H(SPM, 0) }, DO(KEEP, 2) },
	{ "whose new life is not seen yet", STALE(1, DEAD), { H(SPM, 0) }, DO(KEEP, 1) },
	{ "even when it is not up", OWNED(1, LIVE), { H(SPM, DOWN) }, DO(KEEP, 1) },
	/* Nobody is started beside a host that says it is the manager. */
	{ "lease is another's", OWNED(2, LIVE), { H(SPM, 0) }, DO(STOP, 1) },
	{ "lease is free", NOBODYS, { H(SPM, 0) }, DO(STOP, 1) },
	{ "lease has expired", OWNED(1, DEAD), { H(SPM, 0) }, .wait_lease = true, DO(STOP, 1) },
	{ "host id was released", OWNED(1, FREE), { H(SPM, 0) }, DO(STOP, 1) },
	{ "generation moved on", REJOINED(1), { H(SPM, 0) }, DO(STOP, 1) },
	{ "lver is an older one", OWNED(1, LIVE), { H(SPM, OLD_LVER) }, DO(STOP, 1) },
	{ "two", OWNED(1, LIVE), { H(SPM, 0), H(SPM, 0) }, DO(STOP, 2) },
	{ "two without the lease", OWNED(3, LIVE), { H(SPM, 0), H(SPM, 0) }, DO(STOP, 1) },
	{ "manager and contender", OWNED(1, LIVE), { H(SPM, 0), H(CONTENDS, 0) }, DO(WAIT, 2) },
	{ "contender", NOBODYS, { [2] = H(CONTENDS, 0) }, DO(WAIT, 3) },
	/* The lease cannot be trusted. */
	{ "unreadable", { .known = false }, { H(SPM, 0) }, DO(BLIND, 0) },
	{ "lver went back",
	  NOBODYS,
	  { H(FREE, 0) },
	  .last_lver = LVER + 1,
	  DO(REFUSE, 0),
	  "version 7" },
	{ "lver is the same", OWNED(1, LIVE), { H(SPM, 0) }, .last_lver = LVER, DO(KEEP, 1) },
	{ "lver back, and it answers",
	  OWNED(1, LIVE),
	  { H(SPM, 0) },
	  .last_lver = 9,
	  DO(REFUSE, 0) },
	/* Proof that a silent owner is down. */
	{ "fence first", OWNED(1, LIVE), { H(SILENT, 0) }, DO(FENCE, 1) },
	{ "fence first, expired or not", OWNED(1, DEAD), { H(SILENT, 0) }, DO(FENCE, 1) },
	{ "no power management",
	  OWNED(1, DEAD),
	  { H(SILENT, NO_POWER) },
	  DO(CONFIRM, 1),
	  "no power management" },
	{ "fencing failed",
	  OWNED(1, FAIL),
	  { H(SILENT, NOT_FENCED) },
	  DO(CONFIRM, 1),
	  "could not be fenced" },
	{ "rejoined, and silent", REJOINED(1), { H(SILENT, NO_POWER) }, DO(CONFIRM, 1) },
	{ "grace of a connecting host",
	  OWNED(1, LIVE),
	  { H(SILENT, CONNECTING) },
	  DO(WAIT, 1),
	  "connecting" },
	{ "power off: its leases", OWNED(1, LIVE), { H(SILENT, OFF) }, DO(FREE_LEASES, 1) },
	{ "power off: unknown", OWNED(1, UNKNOWN), { H(SILENT, OFF) }, DO(FREE_LEASES, 1) },
	{ "power off, id taken anew", REJOINED(1), { H(SILENT, OFF), H(SILENT, 0) }, DO(START, 3) },
	{ "confirmed, not expired",
	  OWNED(1, FAIL),
	  { H(SILENT, CONFIRMED | NO_POWER) },
	  DO(WAIT, 1),
	  "confirmed" },
	{ "confirmed and expired",
	  OWNED(1, DEAD),
	  { H(SILENT, CONFIRMED), H(SILENT, 0) },
	  DO(START, 3) },
	{ "proof of a host that answers", OWNED(1, LIVE), { H(SPM, OFF) }, DO(KEEP, 1) },
	{ "released", OWNED(1, FREE), { H(SILENT, 0), H(SILENT, 0) }, DO(START, 3) },
	{ "seen free before it joined", STALE(1, FREE), { H(SILENT, 0) }, DO(FENCE, 1) },
	/* The expiry as proof. */
	{ "expired",
	  OWNED(1, DEAD),
	  { H(SILENT, 0), H(SILENT, 0) },
	  .wait_lease = true,
	  DO(START, 3) },
	{ "rejoined",
	  REJOINED(1),
	  { H(SILENT, 0), H(SILENT, 0) },
	  .wait_lease = true,
	  DO(START, 3) },
	{ "dead in an earlier life",
	  STALE(1, DEAD),
	  { H(SILENT, NO_POWER) },
	  .wait_lease = true,
	  DO(WAIT, 1) },
	{ "late only",
	  OWNED(1, FAIL),
	  { H(SILENT, NO_POWER) },
	  .wait_lease = true,
	  DO(WAIT, 1),
	  "not expired" },
	{ "unknown",
	  OWNED(1, UNKNOWN),
	  { H(SILENT, NOT_FENCED) },
	  .wait_lease = true,
	  DO(WAIT, 1) },
	{ "fencing is quicker",
	  OWNED(1, LIVE),
	  { H(SILENT, 0) },
	  .wait_lease = true,
	  DO(FENCE, 1) },
	/* The owner says that it is not the manager. */
	{ "free and fresh", OWNED(1, LIVE), { H(FREE, 0) }, DO(WAIT, 1), "not expired" },
	{ "free and unknown", OWNED(1, UNKNOWN), { H(FREE, 0) }, DO(WAIT, 1) },
	{ "free and expired", OWNED(1, DEAD), { H(FREE, NEVER), H(SILENT, 0) }, DO(START, 3) },
	{ "free and rejoined", REJOINED(1), { H(FREE, NEVER), H(SILENT, 0) }, DO(START, 3) },
	/* A host id that no host has. */
	{ "stranger", OWNED(9, LIVE), { H(FREE, 0) }, DO(REFUSE, 0), "host id 9" },
	{ "stranger, expired", OWNED(9, DEAD), { H(FREE, 0) }, DO(REFUSE, 0) },
	{ "stranger, waited for", OWNED(9, LIVE), { H(FREE, 0) }, .wait_lease = true, DO(WAIT, 0) },
	{ "stranger, expired, waited for",
	  OWNED(9, DEAD),
	  { H(FREE, 0), H(SILENT, 0), H(SILENT, 0) },
	  .wait_lease = true,
	  DO(START, 1) },
	{ "stranger, released",
	  OWNED(9, FREE),
	  { H(FREE, 0), H(SILENT, 0), H(SILENT, 0) },
	  DO(START, 1) },
	/* Who is next. */
	{ "highest priority", NOBODYS, { H(FREE, 0), H(FREE, HIGH), H(FREE, 0) }, DO(START, 2) },
	{ "preferred before that",
	  NOBODYS,
	  { H(FREE, 0), H(FREE, HIGH) },
	  .prefer = 3,
	  DO(START, 3) },
	{ "preferred cannot",
	  NOBODYS,
	  { H(FREE, HIGH), [2] = H(SILENT, 0) },
	  .prefer = 3,
	  DO(START, 1) },
	{ "highest is not in the lockspace",
	  NOBODYS,
	  { H(FREE, 0), H(FREE, HIGH | OUTSIDE), H(FREE, NEVER) },
	  DO(START, 1) },
	{ "forced to one that is not in the lockspace",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(FREE, OUTSIDE) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 1),
	  .says = "spm-elect join" },
	{ "highest failed", NOBODYS, { H(FREE, FAILED), H(FREE, HIGH | FAILED) }, DO(START, 3) },
	{ "others before the former",
	  NOBODYS,
	  { H(FREE, 0), H(FREE, NEVER), H(FREE, HIGH | FORMER) },
	  DO(START, 1) },
	{ "the former at last",
	  NOBODYS,
	  { H(FREE, FAILED), H(FREE, NEVER), H(FREE, FORMER) },
	  DO(START, 3) },
	{ "nobody",
	  NOBODYS,
	  { H(FREE, NEVER), H(FREE, FAILED), H(FREE, NO_ID) },
	  DO(NOBODY, 0),
	  "1 with spm_priority -1, 1 without a host id, 1 failed in this round" },
	{ "all away",
	  NOBODYS,
	  { H(SILENT, 0), H(SILENT, DOWN), H(FREE, DOWN) },
	  DO(NOBODY, 0),
	  "2 not up, 1 without an answer" },
	/* Moving it by force: the checks of ForceSelectSPM. */
	{ "force", OWNED(1, LIVE), { H(SPM, 0) }, .prefer = 2, .force = true, DO(STOP, 1) },
	{ "to itself", OWNED(1, LIVE), { H(SPM, 0) }, .prefer = 1, .force = true, DO(KEEP, 1) },
	{ "to nobody",
	  OWNED(1, LIVE),
	  { H(SPM, 0) },
	  .force = true,
	  DO(REFUSE, 1),
	  "none of data center" },
	{ "to one that is down",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(FREE, DOWN) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 1),
	  "host h2 is down; host h1 stays" },
	{ "to one that is never it",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(FREE, NEVER) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 1),
	  "-1" },
	{ "to one without an id",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(FREE, NO_ID) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 1),
	  "host id" },
	{ "to a silent one",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(SILENT, 0) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 1),
	  "answer" },
	{ "to a contender",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(CONTENDS, 0) },
	  .prefer = 2,
	  .force = true,
	  DO(WAIT, 2) },
	{ "while work runs",
	  OWNED(1, LIVE),
	  { H(SPM, 0) },
	  .prefer = 2,
	  .force = true,
	  .tasks = 2,
	  DO(REFUSE, 1),
	  "2 structural changes" },
	{ "data center not up",
	  OWNED(1, LIVE),
	  { H(SPM, 0) },
	  .prefer = 2,
	  .force = true,
	  .status = DC(PROBLEMATIC),
	  DO(REFUSE, 1),
	  "data center dc is problematic" },
	{ "then it starts",
	  NOBODYS,
	  { H(FREE, HIGH | FORMER) },
	  .prefer = 2,
	  .force = true,
	  .status = DC(CONTEND),
	  DO(START, 2) },
	{ "or another one",
	  NOBODYS,
	  { H(FREE, HIGH | FORMER), H(FREE, FAILED) },
	  .prefer = 2,
	  .force = true,
	  DO(START, 3) },
	{ "nobody has it, and it cannot",
	  NOBODYS,
	  { H(FREE, 0), H(FREE, NEVER) },
	  .prefer = 2,
	  .force = true,
	  DO(REFUSE, 0) },
	{ "force does not end a silent owner",
	  OWNED(1, DEAD),
	  { H(SILENT, NO_POWER) },
	  .prefer = 2,
	  .force = true,
	  DO(CONFIRM, 1) },
	/* Handing over to whoever can. */
	{ "leave", OWNED(1, LIVE), { H(SPM, 0) }, .leave = true, DO(STOP, 1) },
	{ "leave, work waits in stop",
	  OWNED(1, LIVE),
	  { H(SPM, 0) },
	  .leave = true,
	  .tasks = 2,
	  .status = DC(PROBLEMATIC),
	  DO(STOP, 1) },
	{ "nobody to take it",
	  OWNED(1, LIVE),
	  { H(SPM, 0), H(SILENT, 0), H(FREE, NEVER) },
	  .leave = true,
	  DO(REFUSE, 1),
	  "no other host" },
};

static void every_step(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		const struct spm_row *row = &rows[i];
		struct vdc_spm_next next = { 0 };
		struct spm_case c;
		int host = 0;

		spm_case_set(&c, row);
		vdc_spm_next(&c.input, arena, &next);
		if (next.host)
			host = (int)(next.host - c.hosts) + 1;
		if (next.step != row->step || host != row->host)
			fail_msg("%s: step %d, host %d: %s", row->name, (int)next.step, host,
				 next.reason);
		if (row->says && !strstr(next.reason, row->says))
			fail_msg("%s: %s", row->name, next.reason);
	}
}

static void every_step_is_in_the_table(void **state)
{
	(void)state;
	for (int step = VDC_SPM_KEEP; step <= VDC_SPM_BLIND; step++) {
		bool there = false;

		for (size_t i = 0; i < VDC_COUNT(rows); i++)
			there = there || rows[i].step == (enum vdc_spm_step)step;
		if (!there)
			fail_msg("no row comes to step %d", step);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step),
		cmocka_unit_test(every_step_is_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
