/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The treatment of a host that stopped answering, as a job: what is known is put before
 * plan/fence_flow.h, what that decides is done, and what came of it is stored before the next question.
 * Whoever takes the job over goes on from there.
 *
 * The effects look at the job less than a second before they come (HACKING.md, "Work that survives a
 * crash"). Without the database, or without its row in it, a treatment ends at once and does nothing.
 */
#pragma once

#include "act/work_news.h"
#include "model/fence_treatment.h"
#include "plan/fence_flow.h"
#include "store/job.h"

#define VDC_TREAT_ACTION "fence-treatment"
#define VDC_TREAT_STEP_OFF \
	"hard_fence" /* about a host: one for each time that it is switched off */

struct vdc_treat_options {
	struct vdc_fence_times times;
	int64_t quiet;		/* after monitoring began nobody is switched off for so long */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
	int stop_fd; /* readable: ends, for another one to go on; -1: never */
};

struct vdc_treat_options vdc_treat_options(void); /* as vdc.conf(5) says */

/* The open treatment of that host, or a new one. */
int vdc_treat_find(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		   char **ret, struct vdc_err *err);

/*
 * Until nothing is left to be done: RET then says how it ended, in ARENA; NULL: somebody asked to stop.
 * Errors are those of the database, or -EBUSY when the lease is lost.
 */
int vdc_treat(struct vdc_db *db, struct vdc_job_lease *lease,
	      const struct vdc_treat_options *options, struct vdc_arena *arena, char **ret,
	      struct vdc_err *err);

/* What would happen to that host from now on; touches nothing, also not the host. */
int vdc_treat_explain(struct vdc_db *db, const char *host_id,
		      const struct vdc_treat_options *options, struct vdc_arena *arena,
		      struct vdc_fence_step *ret[VDC_FENCE_FORECAST_MOST], size_t *n,
		      struct vdc_err *err);
