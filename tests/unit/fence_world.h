/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cluster of hosts for random walks: the truth, what the database has of it, and a checker that holds
 * what treatments do to it against the rules that keep hosts and disks from harm.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/cluster.h"
#include "model/host.h"
#include "plan/fence_flow.h"

#define S INT64_C(1000000)
enum { HOSTS = 5 };

/* Times of a treatment that tests have in common. */
#define WORLD_TIMES \
	.look = 10 * S, .refresh = 3 * S, .delay = 30 * S, .kdump = 30 * S, .repeat = 60 * S

/* A host: the truth, what the database has of it, and the process that treats it. */
struct machine {
	bool on, cut, hung, device_broken, lease_alive, dumps;
	bool vms_run;	 /* those that the database knows there */
	bool taken_down; /* they were set down since it was switched off */
	bool told_on;	 /* it was told to switch on since */
	bool shot;	 /* it was switched off */
	int64_t boots_until;
	struct vdc_host host;
	char *job; /* what a crash leaves */
	struct vdc_fence_flow flow;
	struct vdc_fence_sight sight;
	/* What the checker saw. */
	bool soft_fenced; /* in this round */
	int64_t shot_in;  /* which cut of all of them */
};

struct world {
	struct vdc_arena *arena;
	struct machine machines[HOSTS];
	int n;
	struct vdc_cluster cluster;
	int64_t now, quiet_until;
	int64_t shots[64]; /* when */
	int n_shots;
	int64_t cuts; /* of all hosts at once, so far */
	bool all_cut;
	const char *broken; /* the first rule that was */
	/* How often it came to that, so that no walk is idle. */
	int offs, downs, frees, ons, dumps, ups, held, died;
};

extern struct world world;
extern const struct vdc_fence_times walk_times;

void walk_begin(uint64_t seed);
unsigned walk_roll(unsigned sides); /* by the one seed of all */
/* The first rule that is broken is remembered. */
void walk_break_rule(const char *rule);
bool walk_answers(const struct machine *m);
void walk_judge(struct machine *m, bool answered, enum vdc_host_treatment treatment);
/* What a process that treats it sees. */
void walk_observe(struct machine *m);
enum vdc_fence_outcome walk_carry_out(struct machine *m, enum vdc_fence_do what);
void walk_cut_all(bool cut);
/* What happens in the world meanwhile. */
void walk_happen(void);
