/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The history of fencing: what was done to a host's power, by whom, and on what evidence. */
#pragma once

#include "model/kind.h"

enum vdc_fence_action {
	VDC_FENCE_STATUS = 1,
	VDC_FENCE_ON,
	VDC_FENCE_OFF,
	VDC_FENCE_REBOOT,
	VDC_FENCE_SOFT,	   /* management daemon restarted over the remote shell */
	VDC_FENCE_CONFIRM, /* somebody said that the host is down */
	VDC_FENCE_KDUMP,   /* its kernel dump was waited for */
	VDC_FENCE_LEASES,  /* what it held was freed */
};

enum vdc_fence_result {
	VDC_FENCE_RUNNING = 1,
	VDC_FENCE_SUCCESS,
	VDC_FENCE_FAILED,
	VDC_FENCE_SKIPPED, /* a policy forbade it */
	VDC_FENCE_UNKNOWN, /* whoever did it died in the middle */
};

struct vdc_fence_record {
	char *id;
	struct vdc_ref host;
	int64_t start_time;
	int64_t end_time;
	int64_t action; /* enum vdc_fence_action */
	int64_t result; /* enum vdc_fence_result */
	char *agent;
	char *proxy;
	char *reason;
	char *evidence;
	char *message;
	char *actor;
	char *job_id;
	char *correlation_id;
};

extern const struct vdc_kind vdc_fence_record_kind;
extern const struct vdc_enum vdc_fence_action_values;
extern const struct vdc_enum vdc_fence_result_values;
