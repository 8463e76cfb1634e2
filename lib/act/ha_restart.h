/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts the HA VMs of hosts that failed elsewhere, each once (plan/ha_queue.h says when). A VM starts
 * only when no host can be running it: its own is known to be down, or answers and says no, and so
 * does every host where a start was begun that nobody saw end. Before that only a storage lease lets
 * it start: then sanlock refuses as long as it lives elsewhere.
 *
 * Carried out again after a crash at any point it goes on where it was.
 */
#pragma once

#include "act/ha_job.h"
#include "act/work_news.h"
#include "model/ha_start.h"
#include "plan/ha_queue.h"

struct vdc_ha_options {
	struct vdc_ha_rules rules;
	int64_t wait_us; /* how long VMs are waited for that cannot start now; INT64_MAX: for ever */
	bool quiet;	   /* rows only for those that were tried, or are over */
	bool accept_unknown;	/* of a host's properties, as vdc_place_query has it */
	vdc_work_told_fn *told; /* may be NULL */
	void *ctx;
	int stop_fd;		      /* readable: begin nothing new; -1: never */
	int (*stop_taken)(void *ctx); /* may be NULL: then once is enough */
};

struct vdc_ha_options vdc_ha_options(void); /* as vdc.conf(5) says */

/* Rows for VMs, in the order in which they come; in the arena of the call. */
struct vdc_ha_rows {
	struct vdc_ha_start **rows;
	size_t n;
	size_t started, left; /* by this run; that are still to start */
};

/*
 * LEASES: of N jobs, VDC_HA_ACTION; those whose VMs all run are closed. Errors are those of the database, -EBUSY: a lease is lost.
 */
int vdc_ha_restart(struct vdc_db *db, struct vdc_job_lease *const *leases, size_t n,
		   const struct vdc_ha_options *options, struct vdc_arena *arena,
		   struct vdc_ha_rows *ret, struct vdc_err *err);

/*
 * How far the open jobs of hosts are; writes nothing. PLACE: also where the VMs would start, and those
 * that are still on hosts that do not answer.
 */
int vdc_ha_preview(struct vdc_db *db, const char *const *host_ids, size_t n, bool place,
		   const struct vdc_ha_options *options, struct vdc_arena *arena,
		   struct vdc_ha_rows *ret, struct vdc_err *err);
