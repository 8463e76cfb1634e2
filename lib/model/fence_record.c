/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fence_record.h"

#include "model/fields.h"
#include "model/host.h"

const struct vdc_enum vdc_fence_action_values = {
	.name = "fence action",
	VDC_WORD_LIST("status", "on", "off", "reboot", "soft", "confirm", "kdump", "free_leases"),
	VDC_ALIASES("start=on", "stop=off", "restart=reboot", "manual=confirm"),
};

const struct vdc_enum vdc_fence_result_values = {
	.name = "result of a fence action",
	VDC_WORD_LIST("running", "success", "failed", "skipped", "unknown"),
};

#define NOUN struct vdc_fence_record
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART,
		  .help = "host that was fenced"),
	VDC_F_TIME(start_time, VDC_REQUIRED | VDC_LISTED, .help = "when it began"),
	VDC_F_TIME(end_time, 0, .help = "when it ended"),
	VDC_F_ENUM(action, vdc_fence_action_values, VDC_REQUIRED | VDC_LISTED, .path = "fence_type",
		   .help = "what was done"),
	VDC_F_ENUM(result, vdc_fence_result_values, VDC_REQUIRED | VDC_LISTED, .preset = "running",
		   .help = "what came of it"),
	VDC_F_TEXT(agent, VDC_LISTED, .help = "type and address of the device"),
	VDC_F_TEXT(proxy, VDC_LISTED, .help = "host through which the device was reached"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why it was done or not done"),
	VDC_F_TEXT(evidence, 0, .help = "what shows that the host was down"),
	VDC_F_TEXT(message, 0, .help = "what the device said"),
	VDC_F_TEXT(actor, 0, .path = "user/name", .help = "who asked for it"),
	VDC_F_UUID(job_id, 0, .path = "job@id", .help = "job in which it happened"),
	VDC_F_TEXT(correlation_id, 0, .help = "common to all that belongs to one command"),
};

const struct vdc_kind vdc_fence_record_kind =
	VDC_KIND("fence_record", "fence_history", "fence-record", "a fence action on a host");
