/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/drain_power*.c: VMs of a drain that are shut down, started, or both. */
#pragma once

#include "act/drain_part.h"

enum { DRAIN_BANS = 8 };

struct drain_powering;

struct drain_power_job {
	struct drain_powering *all;
	struct drain_vm *one;
	struct vdc_job_step *step;
	struct vdc_tour tour;
	struct vdc_tour_host from, to, *others;
	struct vdc_errand_call call;
	struct vdc_tour_end end;
	struct vdc_place_ban bans[DRAIN_BANS]; /* hosts where it did not start */
	bool was_begun[DRAIN_BANS];	       /* there: it has to say that it is not running */
	size_t n_bans;
	unsigned tries;
	int64_t began, told, not_before; /* monotonic */
	bool runs, over;
	bool may_run; /* at TO: it was to be started there */
};

struct drain_powering {
	struct drain_run *run;
	struct vdc_scene scene;
	struct vdc_pool *pool;
	struct drain_power_job *jobs;
	size_t n, running;
	bool ticking;
};

/* drain_power_tour.c: where it goes, and who is asked before. -EPERM, -ENOENT: it cannot. */
int drain_make_tour(struct drain_power_job *job, struct vdc_err *err);
