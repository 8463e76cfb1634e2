/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done about a host that stopped answering, as `fence monitor --explain` prints it. */
#pragma once

#include "model/kind.h"

enum vdc_fence_do {
	VDC_FENCE_DO_WAIT = 1,
	VDC_FENCE_DO_LOOK,	     /* at the host */
	VDC_FENCE_DO_COUNT,	     /* look at all hosts of the cluster, this one too */
	VDC_FENCE_DO_SOFT,	     /* restart its management daemon */
	VDC_FENCE_DO_NON_RESPONSIVE, /* that is its status now */
	VDC_FENCE_DO_ASK_LEASE,	     /* whether it renews a storage lease */
	VDC_FENCE_DO_KDUMP,	     /* wait for a kernel dump */
	VDC_FENCE_DO_ASK_POWER,	     /* whether it is off */
	VDC_FENCE_DO_OFF,
	VDC_FENCE_DO_DOWN, /* its VMs are down, and start elsewhere */
	VDC_FENCE_DO_FREE, /* what it held may be taken by others */
	VDC_FENCE_DO_ON,
	VDC_FENCE_DO_SET_UP,  /* it answers again after that */
	VDC_FENCE_DO_GIVE_UP, /* for now */
	VDC_FENCE_DO_DONE,    /* nothing is left to be done */
	VDC_FENCE_DO_CONNECTING, /* of forecasts alone: its status, once it does not answer */
};

struct vdc_fence_step {
	char *id; /* of the host */
	int64_t number;
	char *host;
	int64_t time;	/* at the latest */
	int64_t action; /* enum vdc_fence_do */
	char *reason;
};

extern const struct vdc_kind vdc_fence_step_kind;
extern const struct vdc_enum vdc_fence_do_values;
