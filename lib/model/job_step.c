/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fields.h"
#include "model/job.h"

#define NOUN struct vdc_job_step
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(job, vdc_job_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "job that it is a step of"),
	VDC_F_INT(number, VDC_REQUIRED | VDC_KEY | VDC_LISTED, VDC_RANGE(1, 1000000000),
		  .help = "its place in the job"),
	VDC_F_TEXT(action, VDC_REQUIRED | VDC_LISTED, .path = "type", .help = "what it does"),
	VDC_F_TEXT(description, VDC_LISTED, .help = "what it does, in words"),
	VDC_F_ENUM(status, vdc_job_status_values, VDC_REQUIRED | VDC_LISTED,
		   .older = "status/state", .preset = "queued", .help = "how far it is"),
	VDC_F_OBJECT(),
	VDC_F_INT(tries, 0, VDC_RANGE(0, 1000000000), .help = "how often it was begun"),
	VDC_F_TIME(start_time, VDC_LISTED, .help = "when it began"),
	VDC_F_TIME(end_time, VDC_LISTED, .help = "when it ended"),
	VDC_F_TEXT(message, VDC_LISTED, .help = "how it ended"),
	VDC_F_TEXT(state, VDC_LONG, .help = "what it has to remember"),
};

const struct vdc_kind vdc_job_step_kind = VDC_KIND("step", "steps", "step", "a step of a job");
