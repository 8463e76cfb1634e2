/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Soft fencing: what manages the VMs of a host (edge/host_daemon.h) is restarted over the remote shell,
 * and the host is given time to answer. Its guests go on. It needs no power management. A step of the
 * caller's job for each host; done twice it is harmless.
 */
#pragma once

#include "act/work_news.h"
#include "model/fence_record.h"
#include "store/job.h"

#define VDC_FENCE_STEP_SOFT "fence_soft"

struct vdc_fence_soft {
	const char *host_id;
	int64_t number; /* of its step */
	/* What came of it, in the arena of the call. */
	enum vdc_fence_result result; /* VDC_FENCE_SKIPPED: it answers, or another job is at it */
	int code;	      /* why not, a negative errno; 0: it is done. -EPERM: it answers */
	const char *daemons;  /* words: what was restarted, or would be; NULL: nothing */
	const char *reason;   /* why it failed or was skipped; else NULL */
	const char *record;   /* id of its row in the history; NULL: it has none */
	int64_t began, ended; /* wall clock */
	int64_t took_us;      /* until it answered; VDC_UNSET: it did not */
};

struct vdc_fence_soft_options {
	unsigned jobs;		 /* hosts at once */
	int64_t timeout_us;	 /* for its answer, after the restart */
	int64_t pause_us;	 /* between two looks */
	bool even_if_it_answers; /* else such a host is left alone */
	const char *reason;	 /* for the history; may be NULL */
	vdc_work_told_fn *told;	 /* may be NULL */
	void *ctx;
	int stop_fd; /* readable: begin nothing new, and wait for nothing more; -1: never */
};

struct vdc_fence_soft_options vdc_fence_soft_options(void); /* as vdc.conf(5) says */

/*
 * All of HOSTS. Errors are those of the database, or -EBUSY when the lease is lost; that a host does not
 * come back is a result. The database does not learn here that it answers again: read it (act/sync.h).
 */
int vdc_fence_soft(struct vdc_db *db, struct vdc_job_lease *lease,
		   const struct vdc_fence_soft_options *options, struct vdc_fence_soft *hosts,
		   size_t n, struct vdc_arena *arena, struct vdc_err *err);

/* Only looks: whether they answer, and what would be restarted. No job, nothing is written. */
int vdc_fence_soft_preview(struct vdc_db *db, const struct vdc_fence_soft_options *options,
			   struct vdc_fence_soft *hosts, size_t n, struct vdc_arena *arena,
			   struct vdc_err *err);
