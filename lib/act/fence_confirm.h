/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Somebody says that a host is down (plan/fence_confirm.h). With evidence, or if it was typed in full,
 * its VMs are set down, and those that are highly available are to start elsewhere
 * (act/host_down.h). A step of the caller's job.
 */
#pragma once

#include "act/work_news.h"
#include "model/fence_record.h"
#include "store/job.h"

#define VDC_FENCE_STEP_CONFIRM "fence_confirm"

struct vdc_fence_confirm {
	const char *host_id;
	int64_t number;	    /* of the step */
	bool insists;	    /* the name of the host was typed in full, to say that it is off */
	const char *reason; /* may be NULL */
	/* What came of it, in the arena of the call. */
	bool is_down;
	const char *text;   /* the evidence, or why it may not be called down */
	const char *record; /* id of its row in the history */
	size_t vms, ha_vms; /* that were set down; that are to start elsewhere */
	const char *ha_job; /* that the caller launches; NULL: there is none */
};

/*
 * Refused is no error: CONFIRM->is_down. -EBUSY: the lease is lost, or another job is at the host's
 * power, which the message says.
 */
int vdc_fence_confirm(struct vdc_db *db, struct vdc_job_lease *lease,
		      struct vdc_fence_confirm *confirm, vdc_work_told_fn *told, void *ctx,
		      struct vdc_arena *arena, struct vdc_err *err);

/* What would be said; writes nothing. */
int vdc_fence_confirm_preview(struct vdc_db *db, struct vdc_fence_confirm *confirm,
			      vdc_work_told_fn *told, void *ctx, struct vdc_arena *arena,
			      struct vdc_err *err);
