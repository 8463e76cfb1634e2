/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is moving which VM, across all processes: steps of jobs with the action "migrate" that are
 * being done. What such a step has to remember (`state`) is "from=ID" and "to=ID".
 */
#pragma once

#include "store/job.h"

#define VDC_MIGRATE_STEP "migrate"

/* Of the step; *FROM or *TO is NULL where it does not say. In ARENA. */
void vdc_migration_ends(const struct vdc_job_step *step, struct vdc_arena *arena, char **from,
			char **to);

struct vdc_migration_claim {
	struct vdc_job_step *step; /* number, object: the VM; as for vdc_job_step_begin */
	const char *from, *to;	   /* ids of hosts */
	int64_t most_out,
		most_in; /* migrations away from FROM, to TO, at once, this one included */
};

/*
 * Begins the step, in one transaction with a look at what others are doing: those whose owner is
 * alive. -EALREADY: another job is moving that VM, named; -EAGAIN: the hosts are busy, try again
 * later; -EBUSY: the lease was lost.
 */
int vdc_migration_claim(const struct vdc_job_lease *lease, struct vdc_db *db,
			const struct vdc_migration_claim *claim, struct vdc_arena *arena,
			struct vdc_err *err);

/* How far a migration is; bytes, bytes per second, microseconds; -1: unknown. It stands in the state
 * of its step ("done=", "total=", "rate=", "eta="), for whoever follows from elsewhere. */
struct vdc_migration_progress {
	int64_t done, total, rate, eta_us;
};
/* Guarded. Writes nothing when the step is not being done. */
int vdc_migration_note_progress(const struct vdc_job_lease *lease, struct vdc_db *db,
				int64_t number, const struct vdc_migration_progress *progress,
				struct vdc_arena *arena, struct vdc_err *err);
struct vdc_migration_progress vdc_migration_progress_of(const struct vdc_job_step *step);
