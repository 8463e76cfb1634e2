/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `host-maintenance` prints: a host that goes away or comes back, and what that does to a VM. Neither
 * is stored. */
#pragma once

#include "model/kind.h"

enum vdc_maintenance_result {
	VDC_MAINTENANCE_DONE = 1,
	VDC_MAINTENANCE_REFUSED,   /* nothing was done */
	VDC_MAINTENANCE_FAILED,	   /* some VM could not leave */
	VDC_MAINTENANCE_STOPPED,   /* somebody asked to stop */
	VDC_MAINTENANCE_UNFIT,	   /* it answers and may not run VMs */
	VDC_MAINTENANCE_NO_ANSWER, /* it stays where it was */
};

struct vdc_host_away {
	char *id; /* of the host */
	char *host;
	int64_t result; /* enum vdc_maintenance_result */
	int64_t status; /* enum vdc_host_status */
	int64_t since;
	int64_t vms;			 /* that run there */
	int64_t off;			 /* that are off until it is back */
	int64_t away;			 /* that run elsewhere and may come home */
	int64_t started, returned, left; /* by `leave` */
	char *job;
	char *reason;
};

enum vdc_eviction_action {
	VDC_EVICTION_BY_MOVE = 1,
	VDC_EVICTION_BY_RESTART,
	VDC_EVICTION_BY_STOP,
	VDC_EVICTION_BY_START,
	VDC_EVICTION_BY_RETURN,
	VDC_EVICTION_BLOCKED,
};

struct vdc_eviction {
	char *id; /* of the VM */
	char *vm;
	char *from, *to; /* names of hosts */
	int64_t action;	 /* enum vdc_eviction_action */
	char *reason;
};

extern const struct vdc_kind vdc_host_away_kind;
extern const struct vdc_kind vdc_eviction_kind;
