/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/job.h"

#include "model/fields.h"

const struct vdc_enum vdc_job_status_values = {
	.name = "job status",
	VDC_WORD_LIST("queued", "started", "paused", "finished", "failed", "aborted", "skipped",
		      "unknown"),
};

const struct vdc_enum vdc_job_request_values = {
	.name = "request to a job",
	VDC_WORD_LIST("pause", "abort", "resume", "cancel"),
};

#define NOUN struct vdc_job
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_TEXT(action, VDC_REQUIRED | VDC_LISTED, .help = "what it does: cluster-upgrade, ..."),
	VDC_F_TEXT(description, VDC_LISTED, .help = "what it does, in words"),
	VDC_F_ENUM(status, vdc_job_status_values, VDC_REQUIRED | VDC_LISTED,
		   .older = "status/state", .preset = "queued", .help = "how far it is"),
	VDC_F_ENUM(request, vdc_job_request_values, 0, .help = "what its owner was asked to do"),
	VDC_F_OBJECT(),
	VDC_F_UUID(parent, 0, .path = "parent@id", .help = "job that began it"),
	VDC_F_TEXT(actor, 0, .path = "owner/name", .help = "who began it"),
	VDC_F_TEXT(correlation_id, 0, .help = "common to all that belongs to one command"),
	VDC_F_TIME(start_time, VDC_LISTED, .help = "when it began"),
	VDC_F_TIME(end_time, VDC_LISTED, .help = "when it ended"),
	VDC_F_TIME(last_updated, 0, .help = "when it was last heard of"),
	VDC_F_INT(percent, 0, .path = "progress", VDC_RANGE(0, 100),
		  .help = "how much of it is done"),
	VDC_F_INT(exit_code, 0, .help = "exit code of the command"),
	VDC_F_TEXT(message, 0, .help = "how it ended"),
	VDC_F_TEXT(plan, VDC_LONG, .help = "plan that it carries out"),
	VDC_F_TEXT(state, VDC_LONG, .help = "what it has to remember"),
};

const struct vdc_kind vdc_job_kind =
	VDC_KIND("job", "jobs", "job", "work that survives the process that does it");
