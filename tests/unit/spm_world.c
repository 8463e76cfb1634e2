/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spm_world.h"

#include <string.h>

#include "base/attr.h"
#include "plan/spm_host_id.h"

/* xorshift64*: the same histories on every machine. */
unsigned spm_any(struct spm_world *w, unsigned below)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (unsigned)((w->random * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool once_in(struct spm_world *w, unsigned n)
{
	return spm_any(w, n) == 0;
}

void spm_violate(struct spm_world *w, enum spm_violation violation)
{
	if (!w->violation)
		w->violation = violation;
}

bool spm_is_running(const struct spm_world *w, const struct spm_machine *m)
{
	return m->on && m->frozen <= w->now;
}

bool spm_answers(const struct spm_world *w, const struct spm_machine *m)
{
	return spm_is_running(w, m) && m->silent <= w->now;
}

static bool sanlock_works(const struct spm_world *w, const struct spm_machine *m)
{
	return m->sanlock && m->sanlock_stopped <= w->now;
}

bool spm_id_is_dead(const struct spm_world *w, int64_t id)
{
	return w->now - w->ids[id].renewed >= SPM_DEAD_AFTER;
}

static void end_holder(struct spm_machine *m)
{
	m->holder = m->stopping = false;
	m->works = m->contends = 0;
}

/* What other programs may take: sanlock's rules. */
static bool lease_is_free(const struct spm_world *w)
{
	const struct spm_host_id *id = &w->ids[w->owner];

	return !w->owner || id->released || id->generation != w->generation ||
	       spm_id_is_dead(w, w->owner);
}

/* Of an earlier holder there: sanlock lets the same life of a host have it again. */
static bool is_its_own(const struct spm_world *w, const struct spm_machine *m)
{
	return w->owner == m->id && w->generation == m->generation;
}

static bool owns_lease(const struct spm_world *w, const struct spm_machine *m)
{
	return is_its_own(w, m) && w->lver == m->lver;
}

/* Whether its sanlock, asked right now, says that it has the lease. */
static bool is_confirmed(const struct spm_world *w, const struct spm_machine *m)
{
	return sanlock_works(w, m) && m->joined && w->now - m->renewed < SPM_RENEWED_FOR + m->slow;
}

static void write(struct spm_world *w, const struct spm_machine *m)
{
	if (m->cut > w->now)
		return;
	if (w->mutant != SPM_NO_LVER_CHECK && !(is_confirmed(w, m) && owns_lease(w, m))) {
		w->refused_writes++;
		return;
	}
	w->writes++;
	if (m->lver < w->lver)
		spm_violate(w, SPM_OLD_LVER_WRITTEN);
}

static void join(struct spm_world *w, struct spm_machine *m)
{
	struct spm_host_id *id = &w->ids[m->id];

	*id = (struct spm_host_id){
		.generation = id->generation + 1,
		.renewed = w->now,
		.machine = (int)(m - w->machines),
		.used = true,
	};
	m->generation = id->generation;
	m->renewed = w->now;
	m->joined = true;
	m->leased = false;
}

static enum vdc_spm_liveness liveness(const struct spm_world *w, int64_t id)
{
	if (w->mutant == SPM_ID_REUSED || !w->ids[id].used || w->ids[id].released)
		return VDC_SPM_LIVENESS_FREE;
	return spm_id_is_dead(w, id) ? VDC_SPM_LIVENESS_DEAD : VDC_SPM_LIVENESS_LIVE;
}

/* Without a database: only the lockspace says which ids are taken. */
static void get_id(struct spm_world *w, struct spm_machine *m)
{
	struct vdc_spm_id_seen seen[SPM_MACHINES];

	for (int i = 0; i < SPM_MACHINES; i++)
		seen[i] = (struct vdc_spm_id_seen){ i + 1, liveness(w, i + 1), false };
	m->id = vdc_spm_free_host_id(seen, SPM_MACHINES, SPM_MACHINES);
}

static void lose_lockspace(struct spm_machine *m)
{
	m->joined = m->leased = false;
	end_holder(m);
}

static void release(struct spm_world *w, struct spm_machine *m)
{
	if (m->leased && is_confirmed(w, m) && m->cut <= w->now && owns_lease(w, m))
		w->owner = 0;
	m->leased = m->leased && w->owner == m->id;
}

/* One host id for two machines under one name: whoever comes last has it at once. */
static bool may_join(const struct spm_world *w, const struct spm_machine *m, bool mine)
{
	const struct spm_host_id *id = &w->ids[m->id];

	return m->id && (mine || !id->used || id->released || spm_id_is_dead(w, m->id) ||
			 w->mutant == SPM_ID_REUSED);
}

static void run_sanlock(struct spm_world *w, struct spm_machine *m)
{
	const struct spm_host_id *id = &w->ids[m->id];
	bool mine = id->machine == m - w->machines && id->generation == m->generation;

	if (!sanlock_works(w, m))
		return;
	if (m->joined && w->now - m->renewed >= SPM_RENEWED_FOR + m->slow)
		lose_lockspace(m);
	if (m->joined && m->leased && !m->holder) {
		release(w, m); /* of a holder that is gone; it is tried once */
		m->leased = false;
	}
	if (m->cut > w->now)
		return;
	if (m->joined && !mine) {
		lose_lockspace(m); /* somebody else has its id: it must not join again */
		m->sanlock = false;
	} else if (m->joined) {
		w->ids[m->id].renewed = m->renewed = w->now;
	} else if (may_join(w, m, mine)) {
		join(w, m); /* under its own name it need not wait */
	}
}

/* Silence of sanlock is borne for a while. That it is gone, or has no lease, is certain. */
static void run_dead_man(struct spm_world *w, struct spm_machine *m)
{
	if (!m->holder || w->mutant == SPM_NO_DEAD_MAN)
		return;
	if (sanlock_works(w, m) && m->leased)
		m->confirmed = w->now;
	else if ((w->mutant != SPM_PATIENT_DEAD_MAN && (!m->sanlock || !m->leased)) ||
		 w->now - m->confirmed >= SPM_CONFIRMED_FOR + m->slow)
		end_holder(m);
}

static void run_holder(struct spm_world *w, struct spm_machine *m)
{
	if (!m->holder)
		return;
	if (m->works && m->works <= w->now) {
		write(w, m);
		m->works = 0;
	}
	if (m->stopping && !m->works) {
		end_holder(m);
		release(w, m);
	} else if (!m->works && once_in(w, 3)) {
		m->works = w->now + (int)spm_any(w, 4);
	}
}

/* A machine that comes to life right now has not come to anything yet. */
static void check_alone(struct spm_world *w, const struct spm_machine *m)
{
	for (int i = 0; i < SPM_MACHINES; i++) {
		const struct spm_machine *other = &w->machines[i];

		if (other != m && other->holder && spm_is_running(w, other) &&
		    other->frozen != w->now)
			spm_violate(w, SPM_TWO_HOLDERS);
	}
}

static void run_contender(struct spm_world *w, struct spm_machine *m)
{
	if (!m->contends || m->contends > w->now)
		return;
	m->contends = 0;
	if (!is_confirmed(w, m) || m->cut > w->now || once_in(w, 8)) {
		m->start_failed = true;
	} else if (!lease_is_free(w) && !is_its_own(w, m)) {
		w->fresh++;
	} else {
		w->taken++;
		w->taken_dead += w->owner && !is_its_own(w, m);
		w->owner = m->id;
		w->generation = m->generation;
		m->lver = ++w->lver;
		m->holder = m->leased = true;
		check_alone(w, m);
		m->confirmed = w->now;
	}
}

static void power_on(struct spm_machine *m)
{
	m->on = m->sanlock = true;
	m->frozen = m->sanlock_stopped = 0;
}

void spm_power_off(struct spm_world *w, struct spm_machine *m)
{
	(void)w;
	end_holder(m);
	m->on = m->sanlock = m->joined = m->leased = false;
}

void spm_start(struct spm_world *w, struct spm_machine *m)
{
	if (!m->holder && !m->contends)
		m->contends = w->now + 1 + (int)spm_any(w, 3);
}

void spm_stop(struct spm_world *w, struct spm_machine *m)
{
	m->contends = 0;
	if (!m->holder)
		return;
	m->stopping = true;
	if (w->mutant == SPM_RELEASE_BEFORE_STOP)
		release(w, m);
}

void spm_free_leases(struct spm_world *w, struct spm_machine *m)
{
	if (m->on || !m->held_off)
		return;
	w->ids[m->id].generation++;
	w->ids[m->id].released = true;
	m->held_off = false;
}

/* Somebody's mishap; the longer ones outlast a lease. */
static void mishap(struct spm_world *w, struct spm_machine *m)
{
	int until = w->now + 1 + (int)spm_any(w, once_in(w, 2) ? 2 * SPM_DEAD_AFTER : 6);

	switch (spm_any(w, 10)) {
	case 0:
		spm_power_off(w, m);
		break;
	case 1:
	case 2:
		m->frozen = until;
		break;
	case 3:
		m->cut = until;
		break;
	case 4:
		m->silent = until;
		break;
	case 5:
		m->sanlock_stopped = until;
		break;
	case 6: /* kill -9 of sanlock, or of the holder, whose lease its sanlock releases */
		m->sanlock = m->joined = m->leased = false;
		m->contends = 0;
		break;
	case 7:
		end_holder(m);
		break;
	case 8: /* its service manager starts it again */
		m->sanlock = spm_is_running(w, m);
		break;
	default:
		spm_stop(w, m);
		break;
	}
}

static void live(struct spm_world *w, struct spm_machine *m)
{
	if (!m->on && !m->held_off && once_in(w, 16))
		power_on(m);
	if (!spm_is_running(w, m))
		return;
	/* Whatever comes to life first: here it is the work that was under way. */
	if (m->frozen == w->now && m->holder)
		write(w, m);
	if (!m->id && once_in(w, 16))
		get_id(w, m);
	run_sanlock(w, m);
	run_dead_man(w, m);
	run_holder(w, m);
	run_contender(w, m);
}

void spm_world_begin(struct spm_world *w, uint64_t seed, enum spm_mutant mutant)
{
	*w = (struct spm_world){
		.mutant = mutant,
		.random = seed * UINT64_C(0x9e3779b97f4a7c15) | 1,
		.now = 1,
	};
	for (int i = 0; i < SPM_MACHINES; i++) {
		struct spm_machine *m = &w->machines[i];

		power_on(m);
		m->slow = (int)spm_any(w, 2);
		m->id = i < SPM_MACHINES - 1 ? i + 1 : 0;
		if (m->id)
			join(w, m);
	}
}

void spm_world_tick(struct spm_world *w)
{
	w->now++;
	if (once_in(w, 5))
		mishap(w, &w->machines[spm_any(w, SPM_MACHINES)]);
	for (int i = 0; i < SPM_MACHINES; i++)
		live(w, &w->machines[i]);
	for (int i = 0; i < SPM_MACHINES; i++)
		if (w->machines[i].holder && spm_is_running(w, &w->machines[i]))
			check_alone(w, &w->machines[i]);
}
