/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A watch over the storage pool manager of a data centre: looks that add up (plan/spm_watch.h), also
 * those of several processes one after another, for what they found is kept in a job of the data
 * centre, which stays. When an election is due it is begun in a process of its own, spm-elect(8) elect
 * or release, which goes on without this one; the next look finds what came of it.
 */
#pragma once

#include "act/spm_survey.h"
#include "plan/spm_watch.h"
#include "store/job.h"

#define VDC_SPM_WATCH_ACTION "spm-watch"

/* That job and its lease. -EBUSY names who watches already. */
int vdc_spm_watch_open(struct vdc_db *db, const struct vdc_data_center *data_center,
		       struct vdc_arena *arena, struct vdc_job_lease **ret, struct vdc_err *err);
/* Nobody watches, for now. Frees LEASE; DB NULL: it cannot be reached. */
void vdc_spm_watch_close(struct vdc_db *db, struct vdc_job_lease *lease);

/* What a look came to, in the arena of the call. */
struct vdc_spm_watched {
	enum vdc_spm_watch_step step;
	bool under_way;	    /* an election goes on: nothing else is done */
	bool news;	    /* it is another step or reason than the last look had */
	const char *reason; /* NULL: all is well */
	int64_t again_at;   /* wall clock */
};

/* One look, and what follows from it. -EBUSY: the lease is lost. */
int vdc_spm_watch_pass(struct vdc_db *db, struct vdc_job_lease *lease,
		       const struct vdc_data_center *data_center,
		       const struct vdc_spm_survey_options *options, struct vdc_arena *arena,
		       struct vdc_spm_watched *ret, struct vdc_err *err);

/* spm_watch_sight.c: what the survey saw, with what the database knows of the reach of its hosts. */
int vdc_spm_watch_sight(struct vdc_db *db, const struct vdc_spm_survey *survey,
			struct vdc_arena *arena, struct vdc_spm_sight *ret, struct vdc_err *err);
