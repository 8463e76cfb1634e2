/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a dead host holds, the role of the storage pool manager and leases of VMs alike, is released at
 * once instead of when it expires: another host takes the dead one's id in every lockspace that it was
 * in, under its own name, through sanlock itself. The id then has a higher generation, and sanlock
 * gives a lease of the former one to whoever asks. The host itself joins again under its name in
 * seconds; until then nobody renews the id, and it expires by itself.
 *
 * Only after its power was proven off, and while it is held off: the step is open meanwhile, and who
 * wants to switch the host on finds it. Nothing here writes to a lease, nor releases an id.
 */
#pragma once

#include "act/work_news.h"
#include "base/child.h"
#include "model/dead_lease.h"
#include "model/host.h"
#include "store/job.h"

#define VDC_SPM_STEP_FREE "free_leases" /* about a host */

enum vdc_spm_free_end {
	VDC_SPM_FREED = 1,    /* also if that was done before */
	VDC_SPM_FREE_NOTHING, /* it is in no lockspace */
	VDC_SPM_FREE_REFUSED, /* it is not proven off, or something shows that it came back */
	VDC_SPM_FREE_FAILED,  /* at least in one lockspace; its leases there expire by themselves */
};

struct vdc_spm_free {
	const char *host_id;
	int64_t number;	    /* of its step */
	const char *reason; /* may be NULL */
	/* Wall clock: its fence agents told the caller that it is off; if that is not of the last ten
	 * seconds, they are asked again. 0: they did not. */
	int64_t proven_at;
	int64_t limit_us; /* for all of it but the agents; 0: vdc.conf(5), fence.leases-timeout */
	vdc_work_told_fn *told; /* may be NULL */
	void *told_ctx;
	/* What came of it, in the arena of the call. */
	enum vdc_spm_free_end end;
	int code;			/* of what was refused or failed */
	const char *text;		/* one line, without a full stop; never NULL */
	const char *complaint;		/* its event's, when that is a warning; else NULL */
	const char *by;			/* name of the host that did it; NULL: none */
	struct vdc_dead_lease **leases; /* a lockspace each */
	size_t n;
};

/*
 * A step of the job of LEASE, with its row in the history and its event. Refused and failed are no
 * errors: FREE->end; refused with code -EBUSY: another job is at the host's power. -EBUSY: the lease
 * is lost. Done again, it does nothing that was done.
 */
int vdc_spm_free_leases(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_spm_free *free,
			struct vdc_arena *arena, struct vdc_err *err);

/*
 * The same beside other work of POOL: it comes back at once, ENDED is called when it is over (perhaps
 * before). With a FREE->proven_at of the caller's: else it stands still while agents are asked.
 */
int vdc_spm_free_start(struct vdc_pool *pool, struct vdc_db *db, struct vdc_job_lease *lease,
		       struct vdc_spm_free *free, int (*ended)(void *ctx, struct vdc_err *err),
		       void *ctx, struct vdc_arena *arena, struct vdc_err *err);

/* What would come of it, as far as that can be known without doing it; writes nothing. Its end is 0
 * where it would be tried. */
int vdc_spm_free_preview(struct vdc_db *db, struct vdc_spm_free *free, struct vdc_arena *arena,
			 struct vdc_err *err);
