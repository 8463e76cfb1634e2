/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The run of an upgrade as people want to see it: from its job, its plan, its steps and the present
 * time to hosts with what became of them, VMs that are on their way, counts, an estimate, and what
 * is waited for. Pure.
 */
#pragma once

#include "model/job.h"
#include "model/upgrade_run.h"
#include "plan/upgrade_rows.h"

/* What was read of a run at one moment. */
struct vdc_upgrade_seen {
	const struct vdc_job *job;
	const struct vdc_upgrade_rows *rows; /* NULL: its plan cannot be read */
	const struct vdc_job_step **steps;   /* in the order of their numbers */
	size_t n_steps;
	/* Steps of VMs that are being done, with hosts by id and their progress. */
	struct vdc_upgrade_run_move **moves;
	size_t n_moves;
	const char *owner; /* NULL: nobody carries it out */
	/* Numbers that the steps of one host have, those below are the run's. The first one is all of
	 * the host; VMs leave it by steps of the first half, and come back by others. */
	int64_t stride;
	int64_t now;
};

struct vdc_upgrade_view {
	struct vdc_upgrade_run run;
	struct vdc_upgrade_run_host *hosts; /* in the order of their waves */
	size_t n_hosts;
	struct vdc_upgrade_run_move **moves; /* those of the SEEN, with the names of their hosts */
	size_t n_moves;
};

/* In ARENA, and as long as what SEEN points to lives. */
void vdc_upgrade_view(const struct vdc_upgrade_seen *seen, struct vdc_arena *arena,
		      struct vdc_upgrade_view *ret);

/* The run as its job alone has it: without hosts, VMs and what it waits for. */
void vdc_upgrade_run_of(const struct vdc_job *job, const char *owner, int64_t now,
			struct vdc_arena *arena, struct vdc_upgrade_run *ret);

bool vdc_upgrade_is_open(const struct vdc_job *job); /* it did not end */

/* The name of a host of the plan; its id when the plan does not have it. */
const char *vdc_upgrade_host_name(const struct vdc_upgrade_rows *rows, const char *id);

/* "12s", "5m 20s", "2h 05m". */
const char *vdc_upgrade_time(int64_t seconds, struct vdc_arena *arena);
