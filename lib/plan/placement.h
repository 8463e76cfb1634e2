/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a VM goes: the one function that every command uses which starts or moves one. Hosts pass
 * filters, those that are left are weighed. Pure and deterministic: the same world gives the same
 * host.
 *
 *	placement = vdc_placement_new(&input, arena);              once: sums, classes
 *	r = vdc_place(placement, &query, arena, &result, err);     for each VM
 *	if (result.best)
 *		vdc_placement_put(placement, vm, result.best);        it counts there from now on
 *
 * A filter that lacks what it needs to know says "unknown", and the host is refused unless the query
 * accepts that; only an unknown load is no reason to refuse, it is noted instead.
 */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/host.h"
#include "model/vm.h"
#include "model/world.h"

/* The kinds that the world must hold; ends with NULL. */
extern const struct vdc_kind *const vdc_placement_kinds[];
/* For what hosts reach of the storage, the world may hold these besides; and where any host has lost a
 * domain, the disks, of which there are many. */
extern const struct vdc_kind *const vdc_placement_reach_kinds[];
extern const struct vdc_kind *const vdc_placement_disk_kinds[];
bool vdc_placement_wants_disks(const struct vdc_world *world, int64_t now, int64_t reach_age);

/* How busy a host was, in the order of host and time (store/load.h reads them). */
struct vdc_load_sample {
	const char *host_id;
	int64_t time;
	int64_t cpu; /* thousandths of one CPU */
};

/* Of clusters whose scheduling properties say nothing (HighUtilization,
 * CpuOverCommitDurationMinutes). */
enum { VDC_LOAD_PERCENT = 80, VDC_LOAD_MINUTES = 5 };

struct vdc_placement_input {
	struct vdc_world *world;
	const struct vdc_catalogue *catalogue; /* NULL: levels are unknown */
	const struct vdc_load_sample *samples; /* may be NULL: loads are unknown */
	size_t n_samples;
	int64_t now;	   /* wall clock */
	int64_t reach_age; /* how old what is known of the reach of hosts may be; 0: none counts */
};

struct vdc_placement;

/* Lives in ARENA, and keeps what it remembers about VMs and hosts there. */
struct vdc_placement *vdc_placement_new(const struct vdc_placement_input *input,
					struct vdc_arena *arena);
void vdc_placement_free(struct vdc_placement *placement); /* its tables; NULL is fine */

/* A host that is out of the question for a reason that the world does not know: libvirt found its
 * CPU wanting, or the last attempt failed there. */
struct vdc_place_ban {
	const char *host_id;
	const char *reason;
};

struct vdc_place_query {
	const struct vdc_vm *vm; /* of the world */
	bool start;		 /* it is off and is to be started; else it moves, running */
	bool again;		 /* START: it ran a moment ago, and is no new VM */
	const char *cluster_id;	 /* where to; NULL: its own cluster */
	const struct vdc_place_ban *bans;
	size_t n_bans;
	bool accept_unknown;
	bool any_load;		/* over-loaded hosts, too */
	int64_t memory_percent; /* of a host that VMs may take up; 0: what the cluster allows */
};

struct vdc_place_choice {
	const struct vdc_host *host;
	const char *filter; /* that refused it, a stable word; NULL: none did */
	const char *reason; /* why; of one that was not refused what is unknown; NULL: nothing */
	int64_t score;	    /* higher is better; meaningful only between hosts of one result */
};

struct vdc_place_result {
	const struct vdc_host *best;	/* NULL: none is left */
	struct vdc_place_choice *hosts; /* of the cluster, best first, refused ones last by name */
	size_t n;
	size_t n_fit;
	const char *none; /* BEST NULL: why, in one sentence that counts the reasons */
};

/* -ENOENT: no such cluster. That no host is left is no error. */
int vdc_place(struct vdc_placement *placement, const struct vdc_place_query *query,
	      struct vdc_arena *arena, struct vdc_place_result *ret, struct vdc_err *err);

/*
 * One pair only, for a planner that has an order of its own. NULL: HOST may take the VM; else the
 * name of the filter that refuses. REASON (may be NULL) is then in ARENA.
 */
const char *vdc_place_refuses(struct vdc_placement *placement, const struct vdc_place_query *query,
			      const struct vdc_host *host, struct vdc_arena *arena,
			      const char **reason);

/*
 * Whether HOST could take the VM some day: all filters but those about this moment (its status, what
 * is taken of it, its load). NULL, or the filter that refuses.
 */
const char *vdc_place_never(struct vdc_placement *placement, const struct vdc_place_query *query,
			    const struct vdc_host *host, struct vdc_arena *arena,
			    const char **reason);

/* From now on the VM counts at HOST, and no more where it counted before; NULL: nowhere. */
void vdc_placement_put(struct vdc_placement *placement, const struct vdc_vm *vm,
		       const struct vdc_host *host);
/* It counts at HOST besides, until the next vdc_placement_put: a running migration takes room on
 * both. */
void vdc_placement_reserve(struct vdc_placement *placement, const struct vdc_vm *vm,
			   const struct vdc_host *host);

/* It is about to leave where it runs, until the next vdc_placement_put: others of its affinity groups
 * need not stay there for its sake. */
void vdc_placement_leaves(struct vdc_placement *placement, const char *vm_id);

/* What VMs take up there now, bytes; and what they may. VDC_UNSET: unknown. */
int64_t vdc_placement_used(const struct vdc_placement *placement, const struct vdc_host *host);
int64_t vdc_placement_limit(const struct vdc_placement *placement, const struct vdc_host *host);

/*
 * CPU, in thousandths of one: what it has, and what it used when it was last measured; and to how
 * many percent it may be busy. VDC_UNSET: unknown.
 */
int64_t vdc_placement_cpu(const struct vdc_placement *placement, const struct vdc_host *host);
int64_t vdc_placement_cpu_used(const struct vdc_placement *placement, const struct vdc_host *host);
int64_t vdc_placement_cpu_percent(const struct vdc_placement *placement,
				  const struct vdc_host *host);

/* Names of the filters in the order in which they ask, for man pages; ends with NULL. */
extern const char *const vdc_placement_filters[];
