/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: the audit log. What an event is about may be long gone, so it is no reference. */
#pragma once

#include "model/kind.h"

enum vdc_severity {
	VDC_SEVERITY_NORMAL = 1,
	VDC_SEVERITY_WARNING,
	VDC_SEVERITY_ERROR,
	VDC_SEVERITY_ALERT,
};

struct vdc_event {
	char *id;
	int64_t time;
	int64_t severity; /* enum vdc_severity */
	char *type;
	int64_t code;
	char *description;
	char *object_kind;
	char *object_id;
	char *object_name;
	char *data_center_id;
	char *cluster_id;
	char *host_id;
	char *vm_id;
	char *storage_domain_id;
	char *job_id;
	char *actor;
	char *correlation_id;
	char *origin;
	int64_t custom_id;
	int64_t flood_rate;
	char *details;
};

extern const struct vdc_kind vdc_event_kind;
extern const struct vdc_enum vdc_severity_values;
