/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/event.h"

#include "model/fields.h"

const struct vdc_enum vdc_severity_values = {
	.name = "severity",
	VDC_WORD_LIST("normal", "warning", "error", "alert"),
	VDC_ALIASES("info=normal"),
};

#define NOUN struct vdc_event
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_TIME(time, VDC_REQUIRED | VDC_LISTED, .help = "when it happened"),
	VDC_F_ENUM(severity, vdc_severity_values, VDC_REQUIRED | VDC_LISTED, .preset = "normal",
		   .help = "normal, warning, error or alert"),
	VDC_F_TEXT(type, VDC_LISTED, .help = "what happened, as a stable word"),
	VDC_F_INT(code, 0, .help = "what happened, as the API's number"),
	VDC_F_TEXT(description, VDC_REQUIRED | VDC_LISTED, .help = "what happened, in words"),
	VDC_F_OBJECT(),
	VDC_F_UUID(data_center_id, 0, .path = "data_center@id", .help = "data centre it concerns"),
	VDC_F_UUID(cluster_id, 0, .path = "cluster@id", .help = "cluster that it concerns"),
	VDC_F_UUID(host_id, 0, .path = "host@id", .help = "host that it concerns"),
	VDC_F_UUID(vm_id, 0, .path = "vm@id", .help = "virtual machine that it concerns"),
	VDC_F_UUID(storage_domain_id, 0, .path = "storage_domain@id",
		   .help = "storage domain that it concerns"),
	VDC_F_UUID(job_id, 0, .path = "job@id", .help = "job in which it happened"),
	VDC_F_TEXT(actor, 0, .path = "user/name", .older = "user/user_name",
		   .help = "who caused it"),
	VDC_F_TEXT(correlation_id, 0, .help = "common to all that belongs to one command"),
	VDC_F_TEXT(origin, 0, .help = "command or system that reported it"),
	VDC_F_INT(custom_id, 0, .help = "number that the reporter gave it"),
	VDC_F_INT(flood_rate, 0, .help = "seconds in which the same event is not repeated"),
	VDC_F_PROPERTIES(details, "property", 0, .help = "further facts"),
};

const struct vdc_kind vdc_event_kind =
	VDC_KIND("event", "events", "event", "something that happened: the audit log");
