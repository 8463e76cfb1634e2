/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Something done about a host that does not answer: a step of the caller's job and a row of the
 * history, which begin and end together. Begun again after a crash it goes on with the same row.
 */
#pragma once

#include "model/event.h"
#include "model/fence_record.h"
#include "model/host.h"
#include "store/job.h"

struct vdc_fence_note {
	struct vdc_db *db;
	struct vdc_job_lease *lease;
	const struct vdc_host *host;
	enum vdc_fence_action action;
	int64_t number; /* of the step */
	const char *step_action;
	const char *reason;	 /* may be NULL */
	struct vdc_arena *arena; /* of both */
	struct vdc_job_step *step;
	struct vdc_fence_record *record;
};

/*
 * Writes step and row, in one transaction. -EBUSY names the other job that has such a step about the
 * host open, and its owner; one whose owner died does not count.
 */
int vdc_fence_note_begin(struct vdc_fence_note *note, struct vdc_err *err);

/* -EBUSY names the other job that is at the power of the host: it knows better, and may switch it on. */
int vdc_fence_note_alone(const struct vdc_fence_note *note, struct vdc_err *err);

/*
 * How it ended: step, row and, where TYPE is given, an event about the host, in one transaction.
 * Texts take the place of what the row says, where they are not NULL.
 */
struct vdc_fence_ending {
	enum vdc_fence_result result;
	const char *reason, *evidence, *message, *agent;
	enum vdc_severity severity;
	const char *type; /* of the event */
	const char *text;
};
int vdc_fence_note_end(struct vdc_fence_note *note, const struct vdc_fence_ending *ending,
		       struct vdc_err *err);

/* Part of another transaction, which has looked at the lease. */
int vdc_fence_note_write(struct vdc_db *db, struct vdc_fence_note *note,
			 const struct vdc_fence_ending *ending, struct vdc_err *err);

/*
 * Ends what a job of ACTION left open about the host when its owner died: step, row and job; nobody
 * knows how it went on. *JOB: that job, NULL: there was none.
 */
int vdc_fence_note_bury(struct vdc_db *db, const char *action, const char *step_action,
			const char *host_id, struct vdc_arena *arena, const char **job,
			struct vdc_err *err);
