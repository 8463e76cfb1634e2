/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Histories of a small world (spm_world.h) in which two elections decide at once, on what they saw,
 * and act late: never two holders, never a write with an older lver, nobody started too early. Each
 * mutant of the world must break that.
 */
#include <stdio.h>
#include <string.h>

#include "plan/spm_election.h"
#include "spm_world.h"
#include "unit.h"

enum { HISTORIES = 100000, TICKS = 40, ELECTIONS = 2, MUTANT_HISTORIES = HISTORIES };

struct election {
	uint64_t seed;
	bool failed[SPM_MACHINES], former[SPM_MACHINES], fence_failed[SPM_MACHINES];
	bool leave;
	int tried; /* machine + 1 */
	int64_t last_lver;
	/* A step that is yet to be carried out. */
	enum vdc_spm_step step;
	struct spm_machine *target;
	int due;
};

/* What both share: the database. */
struct data_center {
	struct spm_world world;
	struct election elections[ELECTIONS];
	struct vdc_data_center record;
	struct vdc_host hosts[SPM_MACHINES];
	enum vdc_spm_proof proof[SPM_MACHINES];
	bool wait_lease;
};

static struct data_center dc;
static struct vdc_arena *arena;
static unsigned steps[VDC_SPM_BLIND + 1];

static char dc_name[] = "dc";
static char names[SPM_MACHINES][3] = { "h1", "h2", "h3", "h4" };

static bool once_in(unsigned n)
{
	return spm_any(&dc.world, n) == 0;
}

static void begin_round(struct election *e)
{
	uint64_t seed = e->seed + 1;
	int64_t last_lver = e->last_lver;

	*e = (struct election){ .seed = seed, .last_lver = last_lver, .leave = once_in(4) };
}

static void begin_history(uint64_t seed, enum spm_mutant mutant)
{
	spm_world_begin(&dc.world, seed, mutant);
	dc.wait_lease = once_in(2);
	dc.record = (struct vdc_data_center){ .name = dc_name, .status = VDC_DATA_CENTER_UP };
	for (int i = 0; i < SPM_MACHINES; i++) {
		dc.proof[i] = VDC_SPM_PROOF_NONE;
		dc.hosts[i] = (struct vdc_host){
			.id = names[i],
			.name = names[i],
			.spm_priority = 5 + (int)spm_any(&dc.world, 2),
			.pm_enabled = once_in(2),
		};
	}
	for (int e = 0; e < ELECTIONS; e++) {
		dc.elections[e] = (struct election){ .seed = seed, .last_lver = VDC_UNSET };
		begin_round(&dc.elections[e]);
	}
}

static enum vdc_spm_answer answer_of(const struct spm_machine *m)
{
	if (!spm_answers(&dc.world, m))
		return VDC_SPM_ANSWER_NONE;
	if (m->contends || (m->holder && m->stopping))
		return VDC_SPM_ANSWER_CONTEND;
	return m->holder ? VDC_SPM_ANSWER_SPM : VDC_SPM_ANSWER_FREE;
}

static struct vdc_spm_lease see_lease(void)
{
	const struct spm_world *w = &dc.world;
	const struct spm_host_id *id = &w->ids[w->owner];
	struct vdc_spm_lease lease = {
		.known = true,
		.owner_id = w->owner,
		.generation = w->generation,
		.lver = w->lver,
	};

	if (!w->owner || once_in(8))
		return lease;
	lease.live_generation = id->generation;
	lease.liveness = id->released				   ? VDC_SPM_LIVENESS_FREE
			 : spm_id_is_dead(w, w->owner)		   ? VDC_SPM_LIVENESS_DEAD
			 : w->now - id->renewed >= SPM_RENEWED_FOR ? VDC_SPM_LIVENESS_FAIL
								   : VDC_SPM_LIVENESS_LIVE;
	return lease;
}

static void see_hosts(struct election *e, struct vdc_spm_candidate *ret)
{
	for (int i = 0; i < SPM_MACHINES; i++) {
		const struct spm_machine *m = &dc.world.machines[i];
		struct vdc_host *host = &dc.hosts[i];

		ret[i] = (struct vdc_spm_candidate){ .host = host,
						     .answer = answer_of(m),
						     .lver = m->holder ? m->lver : VDC_UNSET,
						     .proof = dc.proof[i],
						     .fence_failed = e->fence_failed[i],
						     .former = e->former[i] };
		if (e->tried == i + 1 && m->start_failed)
			e->failed[i] = true;
		ret[i].failed = e->failed[i];
		host->spm_id = m->id ? m->id : VDC_UNSET;
		host->status = ret[i].answer ? VDC_HOST_UP : VDC_HOST_NON_RESPONSIVE;
	}
}

/*
 * Written apart from the code under test: whether what is true in the world right now allows that
 * somebody is started.
 */
static bool former_is_gone(void)
{
	const struct spm_world *w = &dc.world;
	const struct spm_host_id *id = &w->ids[w->owner];
	bool expired = id->generation != w->generation || spm_id_is_dead(w, w->owner);
	const struct spm_machine *m = &w->machines[id->machine];

	if (!w->owner || (id->released && id->generation == w->generation))
		return true;
	if (!expired || (spm_answers(w, m) && m->holder && m->lver == w->lver))
		return false;
	return dc.wait_lease || dc.proof[id->machine] || !m->holder;
}

/* It renews, and lost its holder: nobody else can be started. */
static bool is_own_lease(const struct spm_machine *m)
{
	const struct spm_world *w = &dc.world;

	return spm_answers(w, m) && !m->holder && w->owner == m->id &&
	       w->generation == m->generation;
}

static void decide(struct election *e)
{
	struct vdc_spm_candidate candidates[SPM_MACHINES];
	struct vdc_spm_input input = {
		.data_center = &dc.record,
		.lease = see_lease(),
		.hosts = candidates,
		.n = SPM_MACHINES,
		.last_lver = e->last_lver,
		.prefer = once_in(8) ? names[spm_any(&dc.world, SPM_MACHINES)] : NULL,
		.leave = e->leave,
		.wait_lease = dc.wait_lease,
		.seed = e->seed,
	};
	struct vdc_spm_next next;

	see_hosts(e, candidates);
	input.force = input.prefer && once_in(2);
	vdc_arena_reset(arena);
	vdc_spm_next(&input, arena, &next);
	e->last_lver = input.lease.lver;
	steps[next.step]++;
	if (next.step == VDC_SPM_START && !former_is_gone() &&
	    !is_own_lease(&dc.world.machines[next.host - dc.hosts]))
		spm_violate(&dc.world, SPM_STARTED_TOO_EARLY);
	if (!next.host || next.step == VDC_SPM_KEEP || next.step == VDC_SPM_REFUSE) {
		begin_round(e);
		return;
	}
	e->step = next.step;
	e->target = &dc.world.machines[next.host - dc.hosts];
	e->due = dc.world.now + 1 + (int)spm_any(&dc.world, once_in(8) ? 30 : 3);
}

static void shoot(struct election *e, int at)
{
	struct spm_machine *m = e->target;

	if (once_in(4)) {
		e->fence_failed[at] = true;
		return;
	}
	spm_power_off(&dc.world, m);
	m->held_off = true;
	dc.proof[at] = VDC_SPM_PROOF_POWER_OFF;
}

/* Messages of every kind are lost now and then, or arrive and their answer is lost. */
static void carry_out(struct election *e)
{
	struct spm_world *w = &dc.world;
	struct spm_machine *m = e->target;
	int at = (int)(m - w->machines);

	e->due = 0;
	switch (e->step) {
	case VDC_SPM_START:
		e->tried = at + 1;
		m->start_failed = false;
		if (spm_answers(w, m))
			spm_start(w, m);
		e->failed[at] = !spm_answers(w, m) || once_in(16);
		break;
	case VDC_SPM_STOP:
		if (spm_answers(w, m))
			spm_stop(w, m);
		e->former[at] = true;
		e->leave = false;
		break;
	case VDC_SPM_FENCE:
		shoot(e, at);
		break;
	case VDC_SPM_CONFIRM: /* somebody goes there, and speaks the truth */
		if (!m->on)
			dc.proof[at] = VDC_SPM_PROOF_CONFIRMED;
		break;
	case VDC_SPM_FREE_LEASES:
		if (dc.proof[at] == VDC_SPM_PROOF_POWER_OFF)
			spm_free_leases(w, m);
		break;
	default:
		break;
	}
}

static bool has_manager(void)
{
	for (int i = 0; i < SPM_MACHINES; i++)
		if (answer_of(&dc.world.machines[i]) == VDC_SPM_ANSWER_SPM)
			return true;
	return false;
}

static void run_election(struct election *e)
{
	if (e->due) {
		if (e->due <= dc.world.now)
			carry_out(e);
	} else if (once_in(has_manager() ? 16 : 4)) {
		decide(e);
	}
}

static enum spm_violation run_history(uint64_t seed, enum spm_mutant mutant)
{
	begin_history(seed, mutant);
	for (int tick = 0; tick < TICKS && !dc.world.violation; tick++) {
		spm_world_tick(&dc.world);
		for (int i = 0; i < SPM_MACHINES; i++)
			if (dc.world.machines[i].on) /* it was seen alive: older proof is void */
				dc.proof[i] = VDC_SPM_PROOF_NONE;
		for (int i = 0; i < ELECTIONS; i++)
			run_election(&dc.elections[i]);
	}
	return dc.world.violation;
}

static void no_history_breaks_the_rules(void **state)
{
	unsigned taken = 0, dead = 0, fresh = 0, writes = 0, refused = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
		enum spm_violation violation = run_history(seed, SPM_SOUND);

		if (violation)
			fail_msg("history %llu breaks rule %d after %d intervals",
				 (unsigned long long)seed, (int)violation, dc.world.now);
		taken += dc.world.taken;
		dead += dc.world.taken_dead;
		fresh += dc.world.fresh;
		writes += dc.world.writes;
		refused += dc.world.refused_writes;
	}
	print_message(
		"# %d histories: lease taken %u times, %u times from the dead, refused as fresh "
		"%u times; %u writes, %u refused\n",
		HISTORIES, taken, dead, fresh, writes, refused);
	/* All that can happen does, often. */
	assert_true(taken > HISTORIES && dead > HISTORIES / 20 && fresh > HISTORIES / 100);
	assert_true(writes > HISTORIES && refused > HISTORIES / 100);
	for (int step = VDC_SPM_KEEP; step < VDC_SPM_BLIND; step++)
		if (steps[step] < HISTORIES / 100)
			fail_msg("step %d was decided only %u times", step, steps[step]);
}

static const char *const rules[] = {
	[SPM_TWO_HOLDERS] = "two holders",
	[SPM_OLD_LVER_WRITTEN] = "an older lver written",
	[SPM_STARTED_TOO_EARLY] = "started too early",
};

static void every_mutant_is_caught(void **state)
{
	static const struct {
		enum spm_mutant mutant;
		const char *name;
		enum spm_violation breaks;
	} mutants[] = {
		{ SPM_NO_LVER_CHECK, "no lver check", SPM_OLD_LVER_WRITTEN },
		{ SPM_RELEASE_BEFORE_STOP, "release before stop", SPM_TWO_HOLDERS },
		{ SPM_ID_REUSED, "id reused while alive", SPM_TWO_HOLDERS },
		{ SPM_NO_DEAD_MAN, "no dead-man", SPM_TWO_HOLDERS },
		{ SPM_PATIENT_DEAD_MAN, "patient dead-man", SPM_TWO_HOLDERS },
	};

	(void)state;
	assert_int_equal(VDC_COUNT(mutants), SPM_MUTANTS - 1);
	for (size_t i = 0; i < VDC_COUNT(mutants); i++) {
		uint64_t seed = 1;

		while (seed <= MUTANT_HISTORIES &&
		       run_history(seed, mutants[i].mutant) != mutants[i].breaks)
			seed++;
		if (seed > MUTANT_HISTORIES)
			fail_msg("%s: not caught", mutants[i].name);
		print_message("# %s: %s in history %llu\n", mutants[i].name,
			      rules[mutants[i].breaks], (unsigned long long)seed);
	}
}

static int begin(void **state)
{
	(void)state;
	arena = vdc_arena_new();
	return 0;
}

static int finish(void **state)
{
	(void)state;
	vdc_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_history_breaks_the_rules),
		cmocka_unit_test(every_mutant_is_caught),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
