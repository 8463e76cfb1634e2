/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/spm_election.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "plan/spm_host_id.h"
#include "unit.h"

#define GENERATION 4
#define LVER 7
#define DC(x) VDC_DATA_CENTER_##x

enum { HOSTS = 3 };

/* Answers of a host; by default one answers that it is free. */
enum { FREE, SPM, CONTENDS, SILENT };

enum {
	CONFIRMED = 1,
	OFF = 2,
	NO_POWER = 4, /* no power management */
	NOT_FENCED = 8,
	FAILED = 16,
	FORMER = 32,
	NEVER = 64, /* priority -1 */
	DOWN = 128,
	CONNECTING = 256,
	NO_ID = 512,
	OLD_LVER = 1024,
	HIGH = 2048, /* priority 9 */
	OUTSIDE = 4096,
};

struct setting {
	int answer;
	unsigned flags;
};

/* PREFER counts from 1; 0: any. */
struct row {
	const char *name;
	struct vdc_spm_lease lease;
	struct setting hosts[HOSTS];
	int prefer;
	bool force, leave, wait_lease;
	size_t tasks;
	int64_t status; /* of the data centre; 0: up */
	int64_t last_lver;
	enum vdc_spm_step step;
	int host;	  /* from 1; 0: none */
	const char *says; /* part of the reason; NULL: anything */
};

#define OWNED(id, how)                                                         \
	{                                                                      \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_##how, GENERATION \
	}
#define NOBODYS                                               \
	{                                                     \
		true, 0, 0, LVER, VDC_SPM_LIVENESS_UNKNOWN, 0 \
	}
#define REJOINED(id)                                                              \
	{                                                                         \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_LIVE, GENERATION + 1 \
	}
/* Seen by somebody who does not know of its latest join. */
#define STALE(id, how)                                                             \
	{                                                                          \
		true, id, GENERATION, LVER, VDC_SPM_LIVENESS_##how, GENERATION - 1 \
	}
#define H(answer, flags)      \
	{                     \
		answer, flags \
	}
#define DO(step_, host_) .step = VDC_SPM_##step_, .host = (host_)

static const struct row rows[] = {
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

struct world {
	struct vdc_host hosts[HOSTS];
	struct vdc_spm_candidate candidates[HOSTS];
	struct vdc_data_center data_center;
	struct vdc_spm_input input;
};

static char dc_name[] = "dc";
static char *const names[HOSTS] = { (char[]){ "h1" }, (char[]){ "h2" }, (char[]){ "h3" } };

static void set_host(struct world *w, int i, const struct setting *setting)
{
	static const enum vdc_spm_answer answers[] = {
		[FREE] = VDC_SPM_ANSWER_FREE,
		[SPM] = VDC_SPM_ANSWER_SPM,
		[CONTENDS] = VDC_SPM_ANSWER_CONTEND,
		[SILENT] = VDC_SPM_ANSWER_NONE,
	};
	unsigned flags = setting->flags;

	w->hosts[i] = (struct vdc_host){
		.id = names[i],
		.name = names[i],
		.status = flags & DOWN	       ? VDC_HOST_DOWN
			  : flags & CONNECTING ? VDC_HOST_CONNECTING
					       : VDC_HOST_UP,
		.spm_id = flags & NO_ID ? VDC_UNSET : i + 1,
		.spm_priority = flags & NEVER  ? -1
				: flags & HIGH ? 9
					       : VDC_UNSET,
		.pm_enabled = flags & NO_POWER ? 0 : 1,
	};
	w->candidates[i] = (struct vdc_spm_candidate){
		.host = &w->hosts[i],
		.answer = answers[setting->answer],
		.lver = setting->answer != SPM ? VDC_UNSET
			: flags & OLD_LVER     ? LVER - 1
					       : LVER,
		.proof = flags & OFF	     ? VDC_SPM_PROOF_POWER_OFF
			 : flags & CONFIRMED ? VDC_SPM_PROOF_CONFIRMED
					     : VDC_SPM_PROOF_NONE,
		.fence_failed = flags & NOT_FENCED,
		.outside = flags & OUTSIDE,
		.failed = flags & FAILED,
		.former = flags & FORMER,
	};
}

static void set_world(struct world *w, const struct row *row)
{
	for (int i = 0; i < HOSTS; i++)
		set_host(w, i, &row->hosts[i]);
	w->data_center = (struct vdc_data_center){
		.id = dc_name,
		.name = dc_name,
		.status = row->status ? row->status : DC(UP),
	};
	w->input = (struct vdc_spm_input){
		.data_center = &w->data_center,
		.lease = row->lease,
		.hosts = w->candidates,
		.n = HOSTS,
		.last_lver = row->last_lver ? row->last_lver : VDC_UNSET,
		.prefer = row->prefer ? names[row->prefer - 1] : NULL,
		.force = row->force,
		.leave = row->leave,
		.wait_lease = row->wait_lease,
		.tasks = row->tasks,
		.seed = 1,
	};
}

static void every_step(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct vdc_spm_next next = { 0 };
		struct world w;
		int host = 0;

		set_world(&w, row);
		vdc_spm_next(&w.input, arena, &next);
		if (next.host)
			host = (int)(next.host - w.hosts) + 1;
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

static const struct row free_lease = { "ties", NOBODYS, { H(FREE, 0) }, DO(START, 0) };

/* The same seed chooses the same host, in any order; over seeds every host has its share. */
static void ties_are_drawn_by_the_seed(void **state)
{
	enum { SEEDS = 3000 };
	vdc_autoarena *arena = vdc_arena_new();
	int wins[HOSTS] = { 0 };
	struct world w;

	(void)state;
	set_world(&w, &free_lease);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct vdc_spm_candidate turned[HOSTS];
		struct vdc_spm_next next, again;

		w.input.seed = seed;
		w.input.hosts = w.candidates;
		vdc_spm_next(&w.input, arena, &next);
		for (int i = 0; i < HOSTS; i++)
			turned[i] = w.candidates[HOSTS - 1 - i];
		w.input.hosts = turned;
		vdc_spm_next(&w.input, arena, &again);
		assert_ptr_equal(next.host, again.host);
		wins[next.host - w.hosts]++;
	}
	for (int i = 0; i < HOSTS; i++)
		assert_in_range(wins[i], SEEDS / HOSTS - 150, SEEDS / HOSTS + 150);
}

/* A round tries all that can, each once, and then says that nobody is left. */
static void a_round_tries_each_once(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_spm_next next;
	struct world w;

	(void)state;
	set_world(&w, &free_lease);
	for (int try = 0; try < HOSTS; try++) {
		vdc_spm_next(&w.input, arena, &next);
		assert_int_equal(next.step, VDC_SPM_START);
		assert_false(w.candidates[next.host - w.hosts].failed);
		w.candidates[next.host - w.hosts].failed = true;
	}
	vdc_spm_next(&w.input, arena, &next);
	assert_int_equal(next.step, VDC_SPM_NOBODY);
}

struct disagreement {
	const char *name;
	struct row row;
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
		struct world w;

		set_world(&w, &one->row);
		w.input.recorded = one->recorded;
		vdc_spm_disagreements(&w.input, &found);
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
	struct world w;

	(void)state;
	set_world(&w, &(const struct row){ .lease = OWNED(1, LIVE), .hosts = { H(SPM, 0) } });
	w.hosts[1].spm_id = 1;
	vdc_spm_next(&w.input, arena, &next);
	assert_int_equal(next.step, VDC_SPM_REFUSE);
	w.input.recorded = "h1";
	vdc_spm_disagreements(&w.input, &found);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step),
		cmocka_unit_test(every_step_is_in_the_table),
		cmocka_unit_test(ties_are_drawn_by_the_seed),
		cmocka_unit_test(a_round_tries_each_once),
		cmocka_unit_test(disagreements_are_named),
		cmocka_unit_test(one_host_id_for_two_hosts),
		cmocka_unit_test(sanlock_says_that_another_lives),
		cmocka_unit_test(host_ids_of_the_living_are_not_reused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
