/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/placement*.c. */
#pragma once

#include "base/map.h"
#include "model/affinity.h"
#include "plan/placement.h"
#include "plan/upgrade_policy.h"

struct place_cluster {
	const struct vdc_cluster *cluster;
	bool upgrade, maintenance; /* the policy in force */
	int64_t load_percent, load_us;
	size_t *hosts; /* indices, by name */
	size_t n_hosts;
};

/* What was measured of a host. */
struct place_load {
	bool known;
	int64_t percent;    /* the last measurement */
	int64_t over_since; /* since when it is over its cluster's limit; VDC_UNSET: it is not */
};

struct place_host {
	const struct vdc_host *host;
	struct place_cluster *cluster; /* NULL: it has none */
	size_t class;		       /* hosts of one class pass the same static filters */
	struct vdc_os os;
	struct place_load load;
	const char *networks;		    /* words: ids of those that are up there */
	const char *known_networks;	    /* words: ids of those that somebody looked for */
	const char *domains, *lost_domains; /* words: ids of those that it reaches, and not */
	int64_t cpus;			    /* that count; VDC_UNSET */
	int64_t memory;			    /* used by VMs, bytes */
	int64_t vcpus;			    /* of VMs */
	int64_t added;			    /* CPU that was put there since, thousandths */
};

/* Who belongs together or apart. */
struct place_group {
	const struct vdc_affinity_group *group;
	size_t *vms, *hosts; /* indices */
	size_t n_vms, n_hosts;
};

struct place_vm {
	const struct vdc_vm *vm;
	const struct place_cluster *cluster;
	size_t class;
	const char *networks;  /* words: ids of the networks of its cards */
	const char *domains;   /* words: ids of those of its disks that some host has lost */
	ptrdiff_t host, other; /* where it counts, indices; -1: nowhere */
	bool leaves;	       /* HOST, soon: nobody has to stay for its sake */
	size_t *groups;	       /* indices */
	size_t n_groups;
};

struct vdc_placement {
	struct vdc_arena *arena;
	struct vdc_world *world;
	const struct vdc_catalogue *catalogue;
	int64_t now;
	struct place_cluster *clusters;
	size_t n_clusters;
	struct place_host *hosts;
	size_t n_hosts;
	struct place_vm *vms;
	size_t n_vms;
	struct place_group *groups;
	size_t n_groups;
	struct vdc_map *by_id;	 /* kind's letter and id -> index + 1 */
	struct vdc_map *classes; /* of hosts and VMs: their text -> number */
	size_t n_host_classes, n_vm_classes;
	struct vdc_map *verdicts; /* of static filters: pair of classes -> 1 pass, 2 refuse */
};

struct place_cluster *place_cluster_of(const struct vdc_placement *placement, const char *id);
struct place_host *place_host_of(const struct vdc_placement *placement, const char *id);
struct place_vm *place_vm_of(const struct vdc_placement *placement, const char *id);

/* One question: may VM go to HOST? */
struct place_ask {
	const struct vdc_placement *placement;
	const struct vdc_place_query *query;
	const struct place_vm *vm;
	const struct place_host *from; /* where it runs; NULL: nowhere */
	const struct place_host *host;
	struct vdc_arena *arena; /* of reasons; NULL: nobody wants them */
	const char *reason;
};

enum place_answer { PLACE_YES, PLACE_NO, PLACE_UNKNOWN };

typedef enum place_answer place_filter_fn(struct place_ask *ask);

struct place_filter {
	const char *name;
	place_filter_fn *fn;
	bool is_static;	     /* the answer hangs on the classes alone */
	bool unknown_passes; /* with a note */
	bool passing;	     /* the answer is about this moment: asked later it may be another */
};

extern const struct place_filter place_filters[];
extern const size_t place_n_filters;

/* Static filters, in files of their own. */
place_filter_fn place_architecture, place_cpu, place_machine, place_level, place_policy;
place_filter_fn place_maintenance; /* asks about the VM itself */
place_filter_fn place_vm_affinity, place_host_affinity;
place_filter_fn place_reach;

/* Says why, where somebody wants to know, and gives ANSWER. */
#define place_says(ask, answer, ...) \
	((ask)->reason = (ask)->arena ? vdc_arena_format((ask)->arena, __VA_ARGS__) : "", (answer))

/* The next of the words, cut where no id or name is that long; false at the end. NULL has none. */
enum { PLACE_WORD = 64 };
bool place_next_word(const char **words, char out[PLACE_WORD]);

/* Asks all filters; the first that refuses, NULL for none. NOTE: what is unknown; may be NULL. */
const struct place_filter *place_ask_all(struct vdc_placement *placement, struct place_ask *ask,
					 const char **note);

const char *place_network_name(const struct vdc_placement *placement, const char *id);
bool place_counts_at(const struct vdc_placement *placement, const struct place_vm *vm,
		     const struct place_host *host);
/* Bytes that VMs may take up; PERCENT of its memory, 0: what its cluster allows. VDC_UNSET. */
int64_t place_memory_limit(const struct place_host *host, int64_t percent);

void place_add_word(struct vdc_arena *arena, const char **words, const char *word);
/* Disks and what hosts reach, after hosts and VMs. */
void place_take_storage(struct vdc_placement *placement, int64_t reach_age);

/* Groups of the world, after hosts and VMs. */
void place_take_groups(struct vdc_placement *placement, const struct vdc_world *world);
/* Whether it has a rule between its VMs, or with hosts, that is a must or else a wish. */
bool place_binds_vms(const struct place_group *group, bool must);
bool place_binds_hosts(const struct place_group *group, bool must);
/* One of the group's other VMs that HOST, an index, has; NULL: none. */
const struct place_vm *place_met_at(const struct vdc_placement *placement,
				    const struct place_group *group, const struct place_vm *vm,
				    ptrdiff_t host);
/* Its hosts rule, whatever it is worth, keeps VMs away from HOST. */
bool place_is_off_limits(const struct place_group *group, ptrdiff_t host);
/* Whether a rule of a group names hosts that the VM must run on, or must not. */
bool place_is_bound(const struct vdc_placement *placement, const struct place_vm *vm);
/* Rules that are wishes and would be broken on HOST: between VMs; between VMs and hosts. */
int64_t place_vm_wishes(const struct place_ask *ask, const struct place_host *host);
int64_t place_host_wishes(const struct place_ask *ask, const struct place_host *host);

void place_classify(struct vdc_placement *placement);
/* Whether all static filters say yes, remembered for the classes of the two. */
bool place_passes_static(struct vdc_placement *placement, const struct place_ask *ask);

/* Gives the choices that fit their scores and sorts all. */
void place_rank(const struct vdc_placement *placement, const struct place_ask *ask,
		struct vdc_place_result *result);

struct place_load place_load_of(const struct vdc_load_sample *samples, size_t n,
				const struct vdc_host *host, const struct place_cluster *cluster,
				int64_t now);
