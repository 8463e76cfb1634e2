/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to plan/upgrade_*.c: a cluster in the middle of its upgrade, as the planner imagines it. */
#pragma once

#include "plan/fit_tree.h"
#include "plan/upgrade_plan.h"

/* Where the VMs of a host that is drained may go. */
enum upgrade_reach {
	UPGRADE_TO_STAYING, /* hosts that are not drained later: each VM moves once */
	UPGRADE_TO_ANY,	    /* also, if need be, hosts whose turn comes later */
};

/* VMs of each host, the largest first: vms[first[h]] .. vms[first[h + 1]]. */
struct upgrade_index {
	uint32_t *first, *vms;
};

struct upgrade_state {
	const struct vdc_upgrade_input *in;
	struct vdc_arena *arena;
	uint32_t *by_size; /* VMs, the largest first */
	uint32_t *where;   /* per VM; VDC_NO_HOST: shut down */
	bool *moved;	   /* per VM, by an earlier wave */
	uint32_t spare;	   /* VMs that may still go to hosts whose turn comes, to save waves */
	int64_t *used;	   /* per host, bytes */
	int64_t *peak;
	bool *away;
	bool *upgraded;
	enum upgrade_reach reach;
	struct vdc_fit_tree *room;  /* below the ceiling, of hosts that stay */
	struct vdc_fit_tree *later; /* ... of those whose turn comes, with UPGRADE_TO_ANY */
	/* Steps of the wave that is being made up, in the order of their choice. */
	struct vdc_upgrade_step *steps;
	uint32_t n_steps;
	struct upgrade_index index;    /* as it was when the wave began */
	struct upgrade_groups *groups; /* NULL: there are none */
};

struct upgrade_state *upgrade_state_new(const struct vdc_upgrade_input *in,
					struct vdc_arena *arena);
/* Sorts the VMs to the hosts where they are now. */
struct upgrade_index upgrade_index_new(const struct upgrade_state *state, struct vdc_arena *arena);
void upgrade_index_sort(const struct upgrade_state *state, struct upgrade_index *index);
/* upgrade_group.c: NULL where the input has no groups. */
struct upgrade_groups *upgrade_groups_new(const struct vdc_upgrade_input *in,
					  struct vdc_arena *arena);
/* Bytes that must find room where VM goes: its own, and those of VMs that leave its host with it. */
int64_t upgrade_group_memory(const struct upgrade_state *state, uint32_t vm);
/* The host where those are that VM has to be with; VDC_NO_HOST: it has the choice. */
uint32_t upgrade_group_leads(const struct upgrade_state *state, uint32_t vm);
/* Another one that leaves its host with it, as long as there is one; else VM. */
uint32_t upgrade_group_next(const struct upgrade_state *state, uint32_t vm);
/* Whether it may go to HOST: those that have to follow may, too, and nobody is there whom one of them
 * has to keep away from. */
bool upgrade_group_may_run(const struct upgrade_state *state, uint32_t vm, uint32_t host);
bool upgrade_group_may_be_at(const struct upgrade_state *state, uint32_t vm,
			     uint32_t host); /* VM alone */

/* Which hosts may be reached, and how much room they have. */
void upgrade_state_reach(struct upgrade_state *state, enum upgrade_reach reach);

/*
 * Takes HOST away and gives each of its VMs a place; the steps are added. False, and nothing is
 * changed but *STUCK, the VM in the way.
 */
bool upgrade_state_drain(struct upgrade_state *state, uint32_t host, uint32_t *stuck);
/* Undoes the drain of the host that was drained last, whose first step is STEP. */
void upgrade_state_undrain(struct upgrade_state *state, uint32_t host, uint32_t step);
/* The wave is over: its hosts are back, upgraded, and with them the VMs that were shut down. */
void upgrade_state_return(struct upgrade_state *state, const uint32_t *hosts, uint32_t n);

/* As vdc_plan_reserve, in the midst of it. */
bool upgrade_state_reserve(const struct upgrade_state *state, uint32_t *lost);

/* Chooses the hosts of the next wave, drains them and says whether the reserve is kept. */
int upgrade_wave_choose(struct upgrade_state *state, struct vdc_upgrade_wave *wave,
			struct vdc_err *err);
/* Gives the wave's steps, a copy of the state's, their order and times from wave->begin on. */
void upgrade_wave_time(const struct upgrade_state *state, struct vdc_upgrade_wave *wave);
