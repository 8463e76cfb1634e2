/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to lib/act: the job of an upgrade is opened again, is asked to stop, and ends. */
#pragma once

#include "store/job.h"

/* As in cli/exit_code.h: done, a failed operation, partly done. */
enum { UPGRADE_DONE = 0, UPGRADE_NOT_DONE = 1, UPGRADE_PARTLY_DONE = 8 };

/* -EBUSY: the object NAME has a job of that action which is not over; it is named, with its owner. */
int upgrade_is_free(struct vdc_db *db, const char *action, const struct vdc_kind *kind,
		    const char *id, const char *name, struct vdc_arena *arena, struct vdc_err *err);

struct upgrade_opening {
	const struct vdc_job_lease *lease;
	const char *action;
	const struct vdc_kind *kind; /* of what it upgrades */
	struct vdc_arena *arena;
	/* What came of it. */
	struct vdc_job *job;
	enum vdc_job_status was;
	bool aborts; /* somebody asked for that */
};

/* In a transaction. -EINVAL: the job is over, or of another action; -EBUSY: there is another one
 * about the same object. */
int upgrade_open_job(struct vdc_db *db, struct upgrade_opening *opening, struct vdc_err *err);

struct upgrade_end {
	const struct vdc_job_lease *lease;
	const struct vdc_job *job;
	const struct vdc_kind *kind;
	const void *object; /* what was upgraded, for the event */
	enum vdc_job_status status;
	int code; /* of the command */
	const char *text;
	struct vdc_arena *arena;
};

/* In a transaction. It may also pause, by its status. */
int upgrade_end_job(struct vdc_db *db, const struct upgrade_end *end, struct vdc_err *err);

/* What somebody asked of the job, which is not asked any more; 0: nothing. */
int upgrade_take_request(struct vdc_db *db, const struct vdc_job_lease *lease,
			 struct vdc_arena *arena, int64_t *ret, struct vdc_err *err);
