/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs: work that takes long and must survive the death of the process that does it. Who owns a job
 * stands in the table job_leases.
 */
#pragma once

#include "model/kind.h"

enum vdc_job_status {
	VDC_JOB_QUEUED = 1,
	VDC_JOB_STARTED,
	VDC_JOB_PAUSED,
	VDC_JOB_FINISHED,
	VDC_JOB_FAILED,
	VDC_JOB_ABORTED,
	VDC_JOB_SKIPPED, /* steps only */
	VDC_JOB_UNKNOWN, /* it was being done when its owner died */
};

/* What somebody asked its owner to do. */
enum vdc_job_request {
	VDC_JOB_PAUSE = 1,
	VDC_JOB_ABORT,
	VDC_JOB_RESUME,
	VDC_JOB_CANCEL, /* as pause, and what runs is aborted instead of waited for */
};

struct vdc_job {
	char *id;
	char *action;
	char *description;
	int64_t status;	 /* enum vdc_job_status */
	int64_t request; /* enum vdc_job_request */
	char *object_kind;
	char *object_id;
	char *object_name;
	char *parent;
	char *actor;
	char *correlation_id;
	int64_t start_time;
	int64_t end_time;
	int64_t last_updated;
	int64_t percent;
	int64_t exit_code;
	char *message;
	char *plan;
	char *state;
};

struct vdc_job_step {
	char *id;
	struct vdc_ref job;
	int64_t number;
	char *action;
	char *description;
	int64_t status; /* enum vdc_job_status */
	char *object_kind;
	char *object_id;
	char *object_name;
	int64_t tries;
	int64_t start_time;
	int64_t end_time;
	char *message;
	char *state;
};

extern const struct vdc_kind vdc_job_kind;
extern const struct vdc_kind vdc_job_step_kind;
extern const struct vdc_enum vdc_job_status_values;
extern const struct vdc_enum vdc_job_request_values;
