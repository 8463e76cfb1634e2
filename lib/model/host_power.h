/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fence` prints of the power of a host, and of a test of what switches it. Neither is stored. */
#pragma once

#include "model/fence_record.h"
#include "model/host.h"

struct vdc_host_power {
	char *id; /* of the host */
	char *host;
	int64_t action; /* enum vdc_fence_action */
	int64_t result; /* enum vdc_fence_result */
	int64_t power;	/* enum vdc_power_status */
	int64_t status; /* enum vdc_host_status */
	int64_t ha_vms; /* that are to start elsewhere */
	char *evidence;
	char *reason;
	char *job;
};

struct vdc_power_test {
	char *id; /* of the agent */
	char *host;
	int64_t order;
	char *agent;
	char *proxy;
	int64_t power; /* enum vdc_power_status */
	char *message;
	char *problem; /* of the host */
};

extern const struct vdc_kind vdc_host_power_kind;
extern const struct vdc_kind vdc_power_test_kind;
