/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Carries out what plan/level_check.h decided: the levels of a cluster or a data centre. */
#pragma once

#include "plan/level_check.h"
#include "store/job.h"
#include "store/store.h"

/*
 * Writes CHANGE with its events. Must run in a transaction in which the world of the decision was
 * read. FROM is the level that the cluster or data centre has.
 */
int vdc_level_apply(struct vdc_db *db, const struct vdc_level_change *change, struct vdc_level from,
		    struct vdc_arena *arena, struct vdc_err *err);

/* A level that a job raises. */
struct vdc_level_raise {
	const struct vdc_job_lease *lease;
	const struct vdc_kind *kind; /* of a cluster or a data centre */
	const char *id;
	const struct vdc_job_step *step; /* that raises it, and as which it ends when it does */
	enum vdc_job_status ends;
	const char *message; /* may be NULL */
	const char *stays;   /* why it keeps its level, in the arena; NULL: it was raised */
};

/*
 * To the highest level that it is offered. The step ends in the same transaction: whoever takes the job
 * over knows that it is raised.
 */
int vdc_level_raise_offered(struct vdc_db *db, struct vdc_level_raise *raise,
			    struct vdc_arena *arena, struct vdc_err *err);
