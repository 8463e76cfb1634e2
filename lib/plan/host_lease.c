/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/host_lease.h"

#include <string.h>

#include "base/buf.h"
#include "model/lockspace.h"

/* Who has not read a lockspace for so many I/O time-outs is about to lose it (sanlock's warning), and
 * what it says of others is of the past. */
enum { STALE = 6, USUAL_IO_TIMEOUT = 10 };

/* What is known of a lockspace; what says more comes last. */
enum state { UNSURE, DEAD, FREE, LATE, ALIVE };

struct space {
	const char *name;
	enum state state;
	const char *text; /* what shows it */
	int64_t age;	  /* -1: unknown */
	int64_t renews;
};

struct judging {
	const struct vdc_lease_victim *victim;
	int64_t alive_age;
	struct vdc_arena *arena;
	struct vdc_buf spaces; /* struct space */
	size_t reports;
};

enum relation { STRANGER, PERHAPS, VICTIM };

static enum relation relation_of(const struct vdc_lease_victim *victim,
				 const struct vdc_lease_peer *peer)
{
	bool id = victim->host_id == peer->host_id, name = false;

	for (size_t i = 0; i < victim->n_names && peer->name && !name; i++)
		name = strcmp(victim->names[i], peer->name) == 0;
	if (name)
		return id || victim->host_id == VDC_UNSET ? VICTIM : PERHAPS;
	return id && !(peer->name && victim->certain_name) ? PERHAPS : STRANGER;
}

static int64_t io_timeout_in(const struct vdc_lease_report *report, const char *lockspace)
{
	int64_t longest = -1;

	for (size_t i = 0; i < report->n; i++)
		if (strcmp(report->peers[i].lockspace, lockspace) == 0 &&
		    report->peers[i].io_timeout > longest)
			longest = report->peers[i].io_timeout;
	return longest > 0 ? longest : USUAL_IO_TIMEOUT;
}

static int64_t since(const struct vdc_lease_report *report, int64_t then)
{
	if (then <= 0)
		return -1;
	return then < report->now ? report->now - then : 0;
}

/* Whether the witness reads the lockspace itself these days. */
static bool is_fresh(const struct vdc_lease_report *report, const struct vdc_lease_peer *peer)
{
	int64_t age = since(report, peer->last_check);

	return age >= 0 && age / STALE <= io_timeout_in(report, peer->lockspace);
}

static enum state state_of(const struct judging *judging, const struct vdc_lease_report *report,
			   const struct vdc_lease_peer *peer)
{
	int64_t age = since(report, peer->last_live);

	if (vdc_lease_is_given_up(peer))
		return is_fresh(report, peer) ? FREE : UNSURE;
	if (peer->flag == VDC_LEASE_FLAG_LIVE && age >= 0 && age <= judging->alive_age)
		return ALIVE;
	if (!is_fresh(report, peer))
		return UNSURE;
	if (peer->flag == VDC_LEASE_FLAG_DEAD)
		return DEAD;
	return peer->flag == VDC_LEASE_FLAG_FAIL || peer->flag == VDC_LEASE_FLAG_LIVE ? LATE
										      : UNSURE;
}

static const char *describe(const struct judging *judging, const struct vdc_lease_peer *peer,
			    enum state state, int64_t age)
{
	struct vdc_arena *arena = judging->arena;

	switch (state) {
	case ALIVE:
		return vdc_arena_format(arena, "renewed %lld s ago", (long long)age);
	case LATE:
		return vdc_arena_format(arena, "not renewed for %lld s", (long long)age);
	case DEAD:
		return vdc_arena_format(arena, "expired, not renewed for %lld s", (long long)age);
	case FREE:
		return "given up";
	case UNSURE:
		break;
	}
	return peer->flag == VDC_LEASE_FLAG_UNKNOWN ? "not watched for long enough"
						    : "not read lately";
}

static const char *stranger(const struct judging *judging, const struct vdc_lease_peer *peer)
{
	return vdc_arena_format(judging->arena, "is perhaps another host: its name is %s",
				peer->name ?: "unknown");
}

static struct space *space_named(struct judging *judging, const char *name)
{
	struct space *spaces = (struct space *)(void *)judging->spaces.data;
	size_t n = judging->spaces.len / sizeof(*spaces);
	const struct space fresh = { .name = name, .age = -1, .renews = -1 };

	for (size_t i = 0; i < n; i++)
		if (strcmp(spaces[i].name, name) == 0)
			return &spaces[i];
	vdc_buf_add(&judging->spaces, &fresh, sizeof(fresh));
	return (struct space *)(void *)judging->spaces.data + n;
}

static void take_peer(struct judging *judging, const struct vdc_lease_witness *witness,
		      const struct vdc_lease_peer *peer)
{
	enum relation relation = relation_of(judging->victim, peer);
	enum state state = state_of(judging, witness->report, peer);
	int64_t age = since(witness->report, peer->last_live);
	bool named = relation == VICTIM || state == ALIVE;
	struct space *space;

	if (relation == STRANGER)
		return;
	space = space_named(judging, peer->lockspace);
	if (!named)
		state = UNSURE;
	if (space->text && state <= space->state)
		return;
	space->state = state;
	space->age = age;
	space->renews = 2 * io_timeout_in(witness->report, peer->lockspace);
	space->text = vdc_arena_format(judging->arena, "lockspace %s: host id %lld %s, says %s",
				       peer->lockspace, (long long)peer->host_id,
				       named ? describe(judging, peer, state, age)
					     : stranger(judging, peer),
				       witness->host);
}

/* Those of it in that state; NULL: none. */
static const char *texts_of(const struct judging *judging, enum state state)
{
	const struct space *spaces = (const struct space *)(const void *)judging->spaces.data;
	vdc_autobuf out = { 0 };

	for (size_t i = 0; i < judging->spaces.len / sizeof(*spaces); i++)
		if (spaces[i].state == state)
			vdc_buf_printf(&out, "%s%s", out.len ? "; " : "", spaces[i].text);
	return out.len ? vdc_arena_strdup(judging->arena, vdc_buf_str(&out)) : NULL;
}

/* The one that was renewed last; NULL: none was seen to be. */
static const struct space *youngest(const struct judging *judging)
{
	const struct space *spaces = (const struct space *)(const void *)judging->spaces.data;
	const struct space *ret = NULL;

	for (size_t i = 0; i < judging->spaces.len / sizeof(*spaces); i++)
		if (spaces[i].age >= 0 && (!ret || spaces[i].age < ret->age))
			ret = &spaces[i];
	return ret;
}

/* A lockspace that it has been in and nobody told anything of. */
static const char *unseen(const struct judging *judging)
{
	const struct vdc_lease_victim *victim = judging->victim;
	const struct space *spaces = (const struct space *)(const void *)judging->spaces.data;
	size_t n = judging->spaces.len / sizeof(*spaces);

	for (size_t i = 0; i < victim->n_lockspaces; i++) {
		bool seen = false;

		for (size_t k = 0; k < n; k++)
			seen = seen || strcmp(spaces[k].name, victim->lockspaces[i]) == 0;
		if (!seen)
			return victim->lockspaces[i];
	}
	return NULL;
}

static const char *no_report(const struct vdc_lease_witness *witnesses, size_t n,
			     struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	if (!n)
		return "no other host of its data centre is up";
	for (size_t i = 0; i < n; i++)
		vdc_buf_printf(&out, "%shost %s: %s", i ? "; " : "", witnesses[i].host,
			       witnesses[i].failure ?: "it does not answer");
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static struct vdc_lease_finding conclude(const struct judging *judging)
{
	static const struct {
		enum state state;
		enum vdc_lease_verdict verdict;
	} order[] = {
		{ ALIVE, VDC_LEASE_ALIVE },
		{ LATE, VDC_LEASE_LATE },
		{ UNSURE, VDC_LEASE_UNKNOWN },
	};
	const struct space *young = youngest(judging);
	struct vdc_lease_finding ret = { .verdict = VDC_LEASE_UNKNOWN,
					 .age = young ? young->age : -1,
					 .renews = young ? young->renews : -1 };
	const char *missing = unseen(judging);

	for (size_t i = 0; i < VDC_COUNT(order); i++) {
		ret.verdict = order[i].verdict;
		ret.evidence = texts_of(judging, order[i].state);
		if (ret.evidence)
			return ret;
	}
	if (missing) {
		ret.evidence = vdc_arena_format(judging->arena,
						"nobody who was asked knows of it in lockspace %s, "
						"where it has been",
						missing);
		return ret;
	}
	ret.evidence = texts_of(judging, DEAD);
	if (ret.evidence)
		ret.verdict = VDC_LEASE_EXPIRED;
	else
		ret.evidence = texts_of(judging, FREE);
	return ret;
}

struct vdc_lease_finding vdc_plan_host_lease(const struct vdc_lease_victim *victim,
					     const struct vdc_lease_witness *witnesses, size_t n,
					     int64_t alive_age, struct vdc_arena *arena)
{
	struct judging judging = { .victim = victim, .alive_age = alive_age, .arena = arena };
	struct vdc_lease_finding ret;

	for (size_t i = 0; i < n; i++) {
		const struct vdc_lease_report *report = witnesses[i].report;

		judging.reports += report != NULL;
		for (size_t k = 0; report && k < report->n; k++)
			take_peer(&judging, &witnesses[i], &report->peers[k]);
	}
	ret = conclude(&judging);
	if (!judging.reports)
		ret.evidence = no_report(witnesses, n, arena);
	else if (!ret.evidence)
		ret.evidence = "no lockspace of the hosts that were asked knows of it";
	vdc_buf_free(&judging.spaces);
	return ret;
}

bool vdc_lease_is_given_up(const struct vdc_lease_peer *peer)
{
	return peer->flag == VDC_LEASE_FLAG_FREE || peer->timestamp == 0;
}

int64_t vdc_lease_liveness(const struct vdc_lease_peer *peer)
{
	static const int64_t liveness[] = {
		[VDC_LEASE_FLAG_NONE] = VDC_LIVENESS_UNKNOWN,
		[VDC_LEASE_FLAG_FREE] = VDC_LIVENESS_FREE,
		[VDC_LEASE_FLAG_LIVE] = VDC_LIVENESS_LIVE,
		[VDC_LEASE_FLAG_FAIL] = VDC_LIVENESS_FAIL,
		[VDC_LEASE_FLAG_DEAD] = VDC_LIVENESS_DEAD,
		[VDC_LEASE_FLAG_UNKNOWN] = VDC_LIVENESS_UNKNOWN,
	};

	return vdc_lease_is_given_up(peer) ? VDC_LIVENESS_FREE : liveness[peer->flag];
}

const struct vdc_lease_space *vdc_lease_space_named(const struct vdc_lease_report *report,
						    const char *lockspace)
{
	for (size_t i = 0; i < report->n_spaces; i++)
		if (strcmp(report->spaces[i].lockspace, lockspace) == 0)
			return &report->spaces[i];
	return NULL;
}

/* It renews every second time-out, and its storage may take another one. */
enum { LATE_AFTER = 4 };

const char *vdc_lease_space_slow(const struct vdc_lease_report *report,
				 const struct vdc_lease_space *space, struct vdc_arena *arena)
{
	int64_t timeout = space->io_timeout > 0 ? space->io_timeout : USUAL_IO_TIMEOUT;
	int64_t age = since(report, space->renewed);

	if (age > LATE_AFTER * timeout)
		return vdc_arena_format(arena,
					"the storage is too slow, or away: its host id was not "
					"renewed for %lld s, and is lost after %lld s",
					(long long)age, (long long)(8 * timeout));
	if (space->latency_us > timeout * 1000000 || space->timeouts > 0)
		return vdc_arena_format(arena,
					"the storage is too slow: a renewal took %.1f s, with an "
					"I/O time-out of %lld s; the host id is lost after %lld s "
					"without one",
					(double)space->latency_us / 1e6, (long long)timeout,
					(long long)(8 * timeout));
	return NULL;
}
