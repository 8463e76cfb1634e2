/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every transition of the treatment of a silent host, one by one. */
#include "plan/fence_flow.h"

#include <string.h>

#include "fence_world.h"
#include "unit.h"

#define T0 (1000000 * S) /* when the host last answered */

#define P(x) VDC_FENCE_PHASE_##x
#define DO(x) VDC_FENCE_DO_##x
#define ST(x) VDC_HOST_##x

static char cluster_name[] = "c", host_name[] = "h";

static const struct vdc_fence_times times = {
	.grace = { .base = 60 * S, .per_vm = S / 2, .spm = 20 * S, .attempts = 2 },
	WORLD_TIMES,
	.soft = 60 * S,
	.comes_back = 600 * S,
	.repeat_most = 1800 * S,
};

/* What differs from a silent host with power management in a cluster of three that answers. */
enum {
	ANSWERS = 1 << 0,
	UNCLEAR = 1 << 1,
	NOT_LOOKED = 1 << 2,
	OLD_LOOK = 1 << 3, /* a minute ago */
	NO_PM = 1 << 4,
	NO_AGENTS = 1 << 5,
	DISABLED = 1 << 6,  /* fencing in the cluster */
	TWO_LOST = 1 << 7,  /* of three */
	HALF_LOST = 1 << 8, /* two of four */
	NO_GUARD = 1 << 9,  /* against storms */
	QUIET = 1 << 10,    /* another 100 s */
	LIMIT = 1 << 11,    /* two fences an hour, and there were two */
	BELOW = 1 << 12,    /* the same, and there was one */
	ASKS_LEASE = 1 << 13,
	DUMPS = 1 << 14,   /* fence_kdump is set up */
	COUNTED = 1 << 15, /* just now */
	COUNTED_LONG_AGO = 1 << 16,
	SPM = 1 << 17,
	TEN_VMS = 1 << 18,
	ONE_TRY = 1 << 19, /* it failed once */
	GONE = 1 << 20,	   /* from the inventory */
	LOOKED_NOW = 1 << 21,
	LOOKED_BEFORE = 1 << 22, /* 4 s ago */
	SHOT = 1 << 23,		 /* and that was written down */
	SHOT_BEFORE = 1 << 24,	 /* before the treatment began to switch it off */
	CONFIRMED = 1 << 25,	 /* down, by a word and not by its power */
};
/* In the flow. */
enum {
	ALIVE = 1,
	DEAD = 2,
	UNKNOWN = 4,
	OLD_LEASE = 8,
	DUMP_ASKED = 16,
	PROVEN = 32,
	FENCED = 64,
	DUMPED = 128,
	NOT_SOFT = 256
};

struct row {
	enum vdc_fence_phase phase;
	unsigned flow;
	int64_t rounds;
	enum vdc_host_status status;
	int seconds; /* since T0; phase and status began at T0 */
	unsigned sight;
	enum vdc_fence_do what;
	int until; /* WAIT: seconds since T0; 0: not looked at */
};

static const struct row rows[] = {
	/* Grace: 60 s, 0.5 s for each VM, 20 s for the storage pool manager; three attempts. */
	{ P(GRACE), 0, 0, ST(CONNECTING), 0, NOT_LOOKED, DO(LOOK), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 10, 0, DO(WAIT), 60 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 60, 0, DO(WAIT), 60 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, 0, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, ONE_TRY, DO(LOOK), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 55, ONE_TRY, DO(WAIT), 60 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 55, ONE_TRY | LOOKED_BEFORE, DO(LOOK), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 55, LOOKED_BEFORE, DO(WAIT), 60 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, TEN_VMS, DO(WAIT), 65 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 66, TEN_VMS, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 66, TEN_VMS | SPM, DO(WAIT), 85 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 86, TEN_VMS | SPM, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(PREPARING_FOR_MAINTENANCE), 61, 0, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(NON_RESPONSIVE), 10, 0, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, NO_PM, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, QUIET, DO(SOFT), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, DISABLED, DO(NON_RESPONSIVE), 0 },
	{ P(GRACE), 0, 0, ST(CONNECTING), 200, OLD_LOOK, DO(LOOK), 0 },
	/* It answers: nothing more is done, but after it was fenced. */
	{ P(GRACE), 0, 0, ST(UP), 10, ANSWERS, DO(DONE), 0 },
	{ P(LOST), 0, 0, ST(UP), 10, ANSWERS, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(UP), 10, ANSWERS, DO(DONE), 0 },
	{ P(OFF), 0, 0, ST(UP), 10, ANSWERS, DO(DONE), 0 },
	{ P(PAUSE), 0, 1, ST(UP), 10, ANSWERS, DO(DONE), 0 },
	{ P(ON), FENCED | PROVEN, 0, ST(UP), 10, ANSWERS, DO(SET_UP), 0 },
	{ P(RETURN), FENCED, 0, ST(UP), 10, ANSWERS, DO(SET_UP), 0 },
	{ P(PAUSE), FENCED, 1, ST(UP), 10, ANSWERS, DO(SET_UP), 0 },
	{ P(DOWN), PROVEN, 0, ST(UP), 10, ANSWERS, DO(DOWN), 0 },
	{ P(HELD), 0, 0, ST(UP), 100, ANSWERS | OLD_LOOK, DO(LOOK), 0 },
	/* Its leases are freed whatever it says: its agents are asked then. */
	{ P(FREE), FENCED | PROVEN, 0, ST(DOWN), 61, 0, DO(FREE), 0 },
	{ P(FREE), FENCED | PROVEN, 0, ST(DOWN), 200, OLD_LOOK, DO(FREE), 0 },
	{ P(FREE), FENCED | PROVEN, 0, ST(DOWN), 61, NOT_LOOKED, DO(FREE), 0 },
	{ P(FREE), FENCED | PROVEN, 0, ST(MAINTENANCE), 61, 0, DO(DONE), 0 },
	{ P(FREE), FENCED | PROVEN, 0, ST(DOWN), 61, GONE, DO(DONE), 0 },
	/* A failure that says nothing about the host. */
	{ P(GRACE), 0, 0, ST(CONNECTING), 61, UNCLEAR, DO(WAIT), 0 },
	{ P(LOST), 0, 0, ST(CONNECTING), 61, UNCLEAR, DO(WAIT), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 61, UNCLEAR | COUNTED, DO(WAIT), 0 },
	{ P(OFF), 0, 0, ST(NON_RESPONSIVE), 61, UNCLEAR, DO(WAIT), 0 },
	/* Who has others to care for it. */
	{ P(GRACE), 0, 0, ST(MAINTENANCE), 61, 0, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(MAINTENANCE), 61, COUNTED, DO(DONE), 0 },
	{ P(ON), FENCED | PROVEN, 0, ST(MAINTENANCE), 61, 0, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(INSTALLING), 61, COUNTED, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(INSTALLING_OS), 61, COUNTED, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(INSTALL_FAILED), 61, COUNTED, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(PENDING_APPROVAL), 61, COUNTED, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(DOWN), 61, COUNTED, DO(DONE), 0 },
	{ P(ON), FENCED | PROVEN, 0, ST(DOWN), 61, 0, DO(ON), 0 },
	{ P(HELD), 0, 0, ST(UP), 61, GONE, DO(DONE), 0 },
	{ P(DOWN), 0, 0, ST(UP), 61, GONE, DO(DONE), 0 },
	/* Soft fencing came to nothing. */
	{ P(LOST), 0, 0, ST(CONNECTING), 70, 0, DO(NON_RESPONSIVE), 0 },
	{ P(LOST), 0, 0, ST(CONNECTING), 200, OLD_LOOK, DO(LOOK), 0 },
	{ P(HELD), 0, 0, ST(CONNECTING), 70, 0, DO(NON_RESPONSIVE), 0 },
	{ P(HELD), NOT_SOFT, 0, ST(NON_RESPONSIVE), 1, 0, DO(SOFT), 0 }, /* it was disabled */
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 1, NO_PM, DO(GIVE_UP), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 1, NO_AGENTS, DO(GIVE_UP), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 1, DISABLED, DO(GIVE_UP), 0 },
	/* The delay; all hosts are looked at before it ends. */
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 1, 0, DO(WAIT), 30 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 19, 0, DO(COUNT), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 25, COUNTED, DO(WAIT), 30 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, 0, DO(COUNT), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 90, COUNTED_LONG_AGO, DO(COUNT), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 90, COUNTED | OLD_LOOK, DO(LOOK), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | QUIET, DO(WAIT), 130 },
	/* The policy of the cluster. */
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | TWO_LOST, DO(GIVE_UP), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, TWO_LOST, DO(GIVE_UP), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | HALF_LOST, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | TWO_LOST | NO_GUARD, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | LIMIT, DO(GIVE_UP), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | BELOW, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | ASKS_LEASE, DO(ASK_LEASE), 0 },
	{ P(HELD), DEAD | OLD_LEASE, 0, ST(NON_RESPONSIVE), 100, COUNTED | ASKS_LEASE,
	  DO(ASK_LEASE), 0 },
	{ P(HELD), ALIVE, 0, ST(NON_RESPONSIVE), 30, COUNTED | ASKS_LEASE, DO(GIVE_UP), 0 },
	{ P(HELD), DEAD, 0, ST(NON_RESPONSIVE), 30, COUNTED | ASKS_LEASE, DO(OFF), 0 },
	{ P(HELD), UNKNOWN, 0, ST(NON_RESPONSIVE), 30, COUNTED | ASKS_LEASE, DO(OFF), 0 },
	{ P(HELD), ALIVE, 0, ST(NON_RESPONSIVE), 30, COUNTED, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | DUMPS, DO(KDUMP), 0 },
	{ P(HELD), DUMP_ASKED, 0, ST(NON_RESPONSIVE), 30, COUNTED | DUMPS, DO(OFF), 0 },
	{ P(HELD), 0, 0, ST(NON_RESPONSIVE), 30, COUNTED | DUMPS | TWO_LOST, DO(GIVE_UP), 0 },
	/* Somebody died while switching it off; it is off; it starts. */
	{ P(OFF), 0, 0, ST(NON_RESPONSIVE), 30, NOT_LOOKED, DO(LOOK), 0 },
	{ P(OFF), 0, 0, ST(NON_RESPONSIVE), 30, 0, DO(ASK_POWER), 0 },
	{ P(OFF), 0, 0, ST(DOWN), 30, 0, DO(ASK_POWER), 0 },
	{ P(OFF), 0, 0, ST(DOWN), 30, SHOT, DO(DOWN), 0 },
	{ P(OFF), 0, 0, ST(DOWN), 30, SHOT | NOT_LOOKED, DO(DOWN), 0 },
	{ P(OFF), 0, 0, ST(DOWN), 30, SHOT_BEFORE, DO(ASK_POWER), 0 },
	{ P(OFF), 0, 0, ST(DOWN), 30, CONFIRMED, DO(ASK_POWER), 0 },
	{ P(OFF), 0, 0, ST(NON_RESPONSIVE), 30, SHOT, DO(ASK_POWER), 0 }, /* it came up since */
	{ P(HELD), 0, 0, ST(DOWN), 30, SHOT, DO(DONE), 0 },
	{ P(HELD), 0, 0, ST(DOWN), 30, 0, DO(DONE), 0 },
	{ P(DOWN), PROVEN, 0, ST(NON_RESPONSIVE), 30, NOT_LOOKED, DO(DOWN), 0 },
	{ P(DOWN), PROVEN, 0, ST(MAINTENANCE), 30, 0, DO(DOWN), 0 },
	{ P(ON), FENCED | PROVEN, 0, ST(DOWN), 30, QUIET | TWO_LOST | DISABLED, DO(ON), 0 },
	{ P(DUMP), FENCED, 0, ST(KDUMPING), 10, 0, DO(KDUMP), 0 },
	{ P(DUMP), FENCED, 0, ST(UP), 10, ANSWERS, DO(SET_UP), 0 },
	{ P(RETURN), FENCED, 0, ST(REBOOT), 10, 0, DO(WAIT), 600 },
	{ P(RETURN), FENCED, 0, ST(REBOOT), 600, 0, DO(GIVE_UP), 0 },
	{ P(RETURN), FENCED, 0, ST(KDUMPING), 10, 0, DO(WAIT), 600 },
	/* Pauses grow to half an hour; then all begins again. */
	{ P(PAUSE), 0, 1, ST(NON_RESPONSIVE), 50, LOOKED_NOW, DO(WAIT), 60 },
	{ P(PAUSE), 0, 1, ST(NON_RESPONSIVE), 60, 0, DO(SOFT), 0 },
	{ P(PAUSE), 0, 1, ST(NON_RESPONSIVE), 200, OLD_LOOK, DO(LOOK), 0 },
	{ P(PAUSE), 0, 2, ST(NON_RESPONSIVE), 60, 0, DO(WAIT), 120 },
	{ P(PAUSE), 0, 5, ST(NON_RESPONSIVE), 60, 0, DO(WAIT), 960 },
	{ P(PAUSE), 0, 6, ST(NON_RESPONSIVE), 60, 0, DO(WAIT), 1800 },
	{ P(PAUSE), 0, 1000000, ST(NON_RESPONSIVE), 60, 0, DO(WAIT), 1800 },
	{ P(PAUSE), PROVEN | FENCED, 1, ST(DOWN), 60, 0, DO(ON), 0 },
	{ P(PAUSE), 0, 1, ST(NON_RESPONSIVE), 60, DISABLED, DO(NON_RESPONSIVE), 0 },
	{ P(OVER), 0, 0, ST(NON_RESPONSIVE), 60, COUNTED, DO(DONE), 0 },
};

static struct vdc_fence_flow flow_of(const struct row *row)
{
	int64_t now = T0 + row->seconds * S;

	return (struct vdc_fence_flow){
		.phase = row->phase,
		.since = T0,
		.rounds = row->rounds,
		.lease = row->flow & ALIVE     ? VDC_FENCE_LEASE_ALIVE
			 : row->flow & DEAD    ? VDC_FENCE_LEASE_DEAD
			 : row->flow & UNKNOWN ? VDC_FENCE_LEASE_UNKNOWN
					       : 0,
		.lease_at = row->flow & OLD_LEASE ? now - 60 * S : now - S,
		.soft_tried = !(row->flow & NOT_SOFT),
		.dump_asked = row->flow & DUMP_ASKED,
		.dumped = row->flow & DUMPED,
		.proven = row->flow & PROVEN,
		.fenced = row->flow & FENCED,
		.reason = "no power management",
	};
}

struct scene {
	struct vdc_host host;
	struct vdc_cluster cluster;
	struct vdc_fence_sight sight;
};

static void set_cluster(struct scene *scene, unsigned flags)
{
	vdc_object_clear(&vdc_cluster_kind, &scene->cluster);
	scene->cluster.name = cluster_name;
	scene->cluster.fencing_enabled = !(flags & DISABLED);
	scene->cluster.skip_fencing_if_lease_alive = (flags & ASKS_LEASE) != 0;
	scene->cluster.skip_fencing_if_connectivity_broken = !(flags & NO_GUARD);
	scene->cluster.connectivity_broken_threshold = 50;
	if (flags & (LIMIT | BELOW))
		scene->cluster.max_fences_per_hour = 2;
	scene->sight.fences = flags & LIMIT ? 2 : flags & BELOW ? 1 : 0;
	scene->sight.hosts = flags & HALF_LOST ? 4 : 3;
	scene->sight.lost = flags & (HALF_LOST | TWO_LOST) ? 2 : 1;
}

static void set_host(struct scene *scene, const struct row *row)
{
	unsigned flags = row->sight;

	vdc_object_clear(&vdc_host_kind, &scene->host);
	scene->host.name = host_name;
	scene->host.status = row->status;
	scene->host.status_since = T0;
	scene->host.seen = T0;
	scene->host.failures = flags & ONE_TRY ? 1 : 3;
	scene->host.pm_enabled = !(flags & NO_PM);
	scene->host.spm_status = flags & SPM ? VDC_SPM_SPM : VDC_SPM_NONE;
	scene->host.pm_kdump_detection = (flags & DUMPS) != 0;
	scene->host.kdump_status = flags & DUMPS ? VDC_KDUMP_ENABLED : VDC_KDUMP_UNKNOWN;
	if (flags & (SHOT | SHOT_BEFORE | CONFIRMED)) {
		scene->host.seen = T0 - 100 * S;
		scene->host.proven_down = T0 + (flags & SHOT_BEFORE ? -S : S);
		scene->host.power_status = flags & CONFIRMED ? VDC_POWER_UNKNOWN : VDC_POWER_OFF;
	}
}

static void set_sight(struct scene *scene, const struct row *row)
{
	int64_t now = T0 + row->seconds * S;
	unsigned flags = row->sight;
	struct vdc_fence_sight *sight = &scene->sight;

	sight->now = now;
	sight->host = flags & GONE ? NULL : &scene->host;
	sight->cluster = &scene->cluster;
	sight->look = flags & NOT_LOOKED ? 0
		      : flags & ANSWERS	 ? VDC_FENCE_LOOK_ANSWERED
		      : flags & UNCLEAR	 ? VDC_FENCE_LOOK_UNCLEAR
					 : VDC_FENCE_LOOK_SILENT;
	sight->looked = flags & OLD_LOOK	? now - 60 * S
			: flags & LOOKED_BEFORE ? now - 4 * S
						: now - S;
	sight->vms = flags & TEN_VMS ? 10 : 0;
	sight->has_agents = !(flags & NO_AGENTS);
	sight->counted = flags & COUNTED ? now - S : flags & COUNTED_LONG_AGO ? now - 60 * S : 0;
	sight->quiet_until = flags & QUIET ? now + 100 * S : 0;
}

static struct vdc_fence_decision next(const struct row *row, struct vdc_arena *arena)
{
	const struct vdc_fence_flow flow = flow_of(row);
	struct scene scene = { 0 };

	set_cluster(&scene, row->sight);
	set_host(&scene, row);
	set_sight(&scene, row);
	return vdc_fence_flow_next(&flow, &scene.sight, &times, arena);
}

static void every_transition(void **state)
{
	vdc_autoarena *arena = vdc_arena_new();

	(void)state;
	for (size_t i = 0; i < VDC_COUNT(rows); i++) {
		struct vdc_fence_decision decision = next(&rows[i], arena);
		int64_t now = T0 + rows[i].seconds * S;

		if (decision.what != rows[i].what)
			fail_msg("row %zu: %s: %s", i,
				 vdc_enum_word(&vdc_fence_do_values, decision.what),
				 decision.reason);
		assert_true(decision.reason && *decision.reason);
		if (decision.what != DO(WAIT))
			continue;
		if (rows[i].until && decision.until / S != T0 / S + rows[i].until)
			fail_msg("row %zu: until %d", i, (int)((decision.until - T0) / S));
		if (decision.wake <= now || decision.wake > decision.until)
			fail_msg("row %zu: wakes at %d", i, (int)((decision.wake - T0) / S));
	}
}

/* What was done, and whether it worked; where that leads. */
struct after {
	enum vdc_fence_phase phase;
	unsigned flow;
	enum vdc_fence_do what;
	bool worked;
	enum vdc_fence_phase then;
	unsigned flow_then;
};

static const struct after afters[] = {
	{ P(GRACE), 0, DO(SOFT), false, P(LOST), 0 },
	{ P(GRACE), 0, DO(SOFT), true, P(LOST), 0 },
	{ P(LOST), 0, DO(NON_RESPONSIVE), true, P(HELD), 0 },
	{ P(HELD), 0, DO(KDUMP), false, P(HELD), DUMP_ASKED },
	{ P(HELD), 0, DO(KDUMP), true, P(DOWN), DUMP_ASKED | DUMPED },
	{ P(OFF), 0, DO(ASK_POWER), false, P(HELD), 0 },
	{ P(OFF), 0, DO(ASK_POWER), true, P(DOWN), PROVEN },
	{ P(OFF), 0, DO(OFF), false, P(PAUSE), 0 },
	{ P(OFF), 0, DO(OFF), true, P(DOWN), PROVEN },
	{ P(DOWN), PROVEN, DO(DOWN), true, P(FREE), PROVEN | FENCED },
	{ P(FREE), PROVEN | FENCED, DO(FREE), true, P(ON), PROVEN | FENCED },
	{ P(FREE), PROVEN | FENCED, DO(FREE), false, P(ON), PROVEN | FENCED },
	{ P(DOWN), DUMPED, DO(DOWN), true, P(DUMP), FENCED },
	{ P(OFF), 0, DO(DOWN), true, P(FREE), PROVEN | FENCED },
	{ P(DUMP), FENCED | DUMP_ASKED, DO(KDUMP), true, P(RETURN), FENCED | DUMP_ASKED },
	{ P(DUMP), FENCED | DUMP_ASKED, DO(KDUMP), false, P(RETURN), FENCED | DUMP_ASKED },
	{ P(ON), PROVEN | FENCED, DO(ON), true, P(RETURN), FENCED },
	{ P(ON), PROVEN | FENCED, DO(ON), false, P(PAUSE), PROVEN | FENCED },
	{ P(RETURN), FENCED, DO(SET_UP), true, P(OVER), FENCED },
	{ P(RETURN), FENCED, DO(SET_UP), false, P(PAUSE), FENCED },
	{ P(ON), PROVEN | FENCED, DO(SET_UP), false, P(PAUSE), FENCED },
	{ P(HELD), DUMP_ASKED, DO(GIVE_UP), true, P(PAUSE), 0 },
	{ P(HELD), DEAD, DO(GIVE_UP), true, P(PAUSE), 0 },
	{ P(PAUSE), 0, DO(DONE), true, P(OVER), 0 },
	{ P(GRACE), 0, DO(WAIT), true, P(GRACE), 0 },
	{ P(HELD), 0, DO(LOOK), true, P(HELD), 0 },
	{ P(HELD), 0, DO(COUNT), true, P(HELD), 0 },
};

static unsigned flags_of(const struct vdc_fence_flow *flow)
{
	static const unsigned leases[] = { 0, ALIVE, DEAD, UNKNOWN };

	return (flow->dump_asked ? DUMP_ASKED : 0) | (flow->dumped ? DUMPED : 0) |
	       (flow->proven ? PROVEN : 0) | (flow->fenced ? FENCED : 0) | leases[flow->lease];
}

static void every_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(afters); i++) {
		const struct after *after = &afters[i];
		const struct row row = { .phase = after->phase, .flow = after->flow };
		struct vdc_fence_flow flow = flow_of(&row);

		vdc_fence_flow_did(&flow, after->what,
				   after->worked ? VDC_FENCE_DID : VDC_FENCE_DID_NOT, T0 + S,
				   "text");
		if (flow.phase != after->then || flags_of(&flow) != after->flow_then)
			fail_msg("row %zu: %s, %x", i,
				 vdc_enum_word(&vdc_fence_phase_values, flow.phase),
				 flags_of(&flow));
		assert_int_equal(flow.soft_tried, flow.phase != P(PAUSE));
		assert_int_equal(flow.rounds, flow.phase == P(PAUSE) && after->phase != P(PAUSE));
	}
}

static void a_forecast_ends(void **state)
{
	static const enum vdc_fence_do expected[] = { DO(WAIT), DO(SOFT), DO(NON_RESPONSIVE),
						      DO(WAIT), DO(COUNT), DO(OFF),
						      DO(DOWN), DO(FREE), DO(ON), DO(WAIT) };
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_step *steps[VDC_FENCE_FORECAST_MOST];
	const struct row row = { P(GRACE), 0, 0, ST(CONNECTING), 10, ONE_TRY, 0, 0 };
	const struct vdc_fence_flow flow = flow_of(&row);
	struct scene scene = { 0 };
	size_t n;

	(void)state;
	set_cluster(&scene, row.sight);
	set_host(&scene, &row);
	set_sight(&scene, &row);
	n = vdc_fence_forecast(&flow, &scene.sight, &times, steps, arena);
	assert_int_equal(n, VDC_COUNT(expected));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(steps[i]->action, expected[i]);
	assert_int_equal(scene.host.status, ST(CONNECTING));
	/* 60 s of grace, 60 s for its daemon, 30 s until it is fenced. */
	assert_int_equal(steps[4]->time / S, T0 / S + 150);
}

struct silence {
	int64_t status;
	unsigned sight;
	enum vdc_fence_do what[VDC_FENCE_FORECAST_MOST];
	int64_t seconds[VDC_FENCE_FORECAST_MOST]; /* of them, from T0 */
	const char *reason;			  /* a part of the one of the COUNT or the last */
};

/* As if its last answer had come at T0. A look of 10 s after a pause of 3 s finds that; 60 s of grace, and
 * 5 s for ten VMs; 60 s for its daemon; 30 s until it is fenced. */
static const struct silence silences[] = {
	{ ST(UP),
	  ANSWERS | TEN_VMS | BELOW,
	  { DO(CONNECTING), DO(WAIT), DO(SOFT), DO(NON_RESPONSIVE), DO(WAIT), DO(COUNT), DO(OFF),
	    DO(DOWN), DO(FREE), DO(ON), DO(WAIT) },
	  { 13, 13, 65, 125, 125, 155, 155, 155, 155, 155, 155 },
	  "of 3 hosts of cluster c 1 would not answer, more than 50 % would be too many; 1 fenced "
	  "within an hour, 2 are allowed" },
	{ ST(UP),
	  ANSWERS | NO_PM,
	  { DO(CONNECTING), DO(WAIT), DO(SOFT), DO(NON_RESPONSIVE), DO(GIVE_UP) },
	  { 13, 13, 60, 120, 120 },
	  "no power management" },
	/* With another one that is silent already. */
	{ ST(NON_OPERATIONAL),
	  ANSWERS | TWO_LOST,
	  { DO(CONNECTING), DO(WAIT), DO(SOFT), DO(NON_RESPONSIVE), DO(WAIT), DO(GIVE_UP) },
	  { 13, 13, 60, 120, 120, 150 },
	  "2 of 3 hosts" },
	{ ST(MAINTENANCE), ANSWERS, { DO(DONE) }, { 0 }, "maintenance" },
};

static void assert_silence(const struct silence *silence)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_fence_step *steps[VDC_FENCE_FORECAST_MOST];
	const struct row row = { P(GRACE), 0, 0, silence->status, 0, silence->sight, 0, 0 };
	const struct vdc_fence_flow flow = flow_of(&row);
	struct scene scene = { 0 };
	size_t n, questions = 0;

	set_cluster(&scene, row.sight);
	set_host(&scene, &row);
	set_sight(&scene, &row);
	scene.host.failures = 0;
	scene.sight.lost--; /* it is none of them yet */
	n = vdc_fence_forecast(&flow, &scene.sight, &times, steps, arena);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(steps[i]->action, silence->what[i]);
		assert_int_equal((steps[i]->time - T0) / S, silence->seconds[i]);
		questions = steps[i]->action == DO(COUNT) ? i : questions;
	}
	assert_true(n == VDC_FENCE_FORECAST_MOST || !silence->what[n]);
	if (!strstr(steps[questions ? questions : n - 1]->reason, silence->reason))
		fail_msg("%s", steps[questions ? questions : n - 1]->reason);
	assert_int_equal(scene.host.status, silence->status);
}

static void a_host_that_answers_is_taken_to_fall_silent(void **state)
{
	(void)state;
	for (size_t i = 0; i < VDC_COUNT(silences); i++)
		assert_silence(&silences[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transition),
		cmocka_unit_test(every_outcome),
		cmocka_unit_test(a_forecast_ends),
		cmocka_unit_test(a_host_that_answers_is_taken_to_fall_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
