/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In which order the hosts of a cluster are upgraded, and which VM goes where meanwhile.
 *
 * Goals, the earlier ones first where they conflict:
 *  1. hosts that are away at once: never more than MAX_AWAY; a VM goes only where MAY_RUN allows it,
 *     and GROUPS that hold go on to hold;
 *  2. the memory ceiling of each host at any moment; a VM that moves counts on both hosts;
 *  3. at every step the cluster could lose HA_RESERVE more hosts: each host's VMs would find a place
 *     on the others (first fit, largest first);
 *  4. fewest moves; 5. fewest waves; 6. time.
 *
 * VMs go to hosts that are upgraded already, so that each moves once. Only in the beginning there is
 * none: the first wave is the emptiest host, its VMs go to old hosts and move a second time; every
 * later wave is as large as the room gained allows. Where that makes more waves than wanted, one more
 * VM in a hundred may move a second time. The storage pool manager comes last among equals.
 *
 * Pure and deterministic: equal input gives an equal plan. About n log n in the number of VMs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* What a drain does to a VM (plan/drain.h decides which). */
enum vdc_drain {
	VDC_DRAIN_MOVE = 1, /* live migration */
	VDC_DRAIN_RESTART,  /* shut down, started at once on another host */
	VDC_DRAIN_STOP,	    /* shut down, started when its host is back, or by hand */
};

/* Hosts are numbered by their place in the input, and so are VMs. */
struct vdc_upgrade_vm {
	const char *id, *name;
	uint32_t host; /* where it runs */
	enum vdc_drain drain;
	int64_t memory; /* bytes that it takes on its host */
	int64_t cpu;	/* thousandths of a CPU that it uses: the least goes first */
};

struct vdc_upgrade_host {
	const char *id, *name;
	int64_t memory; /* bytes that VMs may take there, overcommit included */
	unsigned slots; /* migrations from it, and to it, at once; at least 1 */
	bool selected;	/* it is to be upgraded */
	bool upgraded;	/* it runs the new version already */
	bool away;	/* it takes no VMs now and none runs there (maintenance) */
	bool spm;	/* it is the storage pool manager */
};

/*
 * Whether HOST could start VM (its CPU, networks, machine types); UPGRADED: as the host will be. NULL
 * allows everything. The direction of moves is the planner's own: it never takes a VM away from a host
 * that is upgraded. Equal questions must have equal answers.
 */
typedef bool vdc_may_run_fn(const void *ctx, uint32_t vm, uint32_t host, bool upgraded);

/* VMs that must be on one host, or each on another one. */
struct vdc_upgrade_group {
	const uint32_t *vms;
	uint32_t n_vms;
	bool together; /* else apart */
};

struct vdc_upgrade_input {
	const struct vdc_upgrade_host *hosts;
	uint32_t n_hosts;
	const struct vdc_upgrade_vm *vms; /* those that run */
	uint32_t n_vms;
	vdc_may_run_fn *may_run;
	const void *ctx;
	const struct vdc_upgrade_group *groups;
	uint32_t n_groups;
	uint32_t max_away;   /* hosts away at once, at least 1 */
	int64_t ceiling;     /* percent of a host's memory, 1 .. 100 */
	uint32_t ha_reserve; /* more hosts that it must be possible to lose; 0 = none */
	int64_t bandwidth;   /* bytes per second of one migration */
	int64_t host_time;   /* microseconds from empty to back */
	int64_t stop_time;   /* microseconds that a clean shutdown takes */
};

/* One VM leaves a host. Times count from the beginning of the plan. */
struct vdc_upgrade_step {
	uint32_t vm;
	enum vdc_drain drain;
	uint32_t from;
	uint32_t to;	    /* VDC_NO_HOST for VDC_DRAIN_STOP */
	bool again;	    /* it was moved by an earlier wave already */
	int64_t begin, end; /* microseconds, estimated */
};

enum { VDC_NO_HOST = UINT32_MAX };

/* Why no more hosts go with a wave. */
enum vdc_upgrade_bound {
	VDC_BOUND_ALONE = 1, /* no new host can take its VMs: they go to old ones, and move again */
	VDC_BOUND_LIMIT,     /* MAX_AWAY are away */
	VDC_BOUND_ROOM,	     /* the VMs of another one would not find a place below the ceiling */
	VDC_BOUND_RESERVE,   /* HA_RESERVE more hosts could not be lost with another one */
	VDC_BOUND_LAST,	     /* none is left */
};

struct vdc_upgrade_wave {
	const uint32_t *hosts;
	uint32_t n_hosts;
	const struct vdc_upgrade_step *steps; /* in the order of BEGIN */
	uint32_t n_steps;
	bool reserve;		      /* HA_RESERVE more hosts can be lost while it is away */
	enum vdc_upgrade_bound bound; /* 0: not known */
	int64_t begin, drained, end;  /* microseconds, estimated */
};

struct vdc_upgrade_plan {
	const struct vdc_upgrade_wave *waves;
	uint32_t n_waves;
	uint32_t moves, second_moves, restarts, stops;
	const int64_t *peak; /* per host: most memory in use at any moment */
	int64_t duration;
};

enum { VDC_UPGRADE_WAVES_WANTED = 20 };

/*
 * The plan in ARENA. -ENOSPC names the host that cannot be drained, the VM in the way and what is
 * missing; -EPERM: there is no second host (names the cluster's only one); -EINVAL: nothing is
 * selected.
 */
int vdc_plan_upgrade(const struct vdc_upgrade_input *input, struct vdc_arena *arena,
		     struct vdc_upgrade_plan *ret, struct vdc_err *err);

/*
 * Whether every host in use could fail together with the fullest HA_RESERVE - 1 others: their VMs
 * find a place on what remains. *LOST (may be NULL): the first host that could not.
 */
bool vdc_plan_reserve(const struct vdc_upgrade_input *input, uint32_t *lost);
