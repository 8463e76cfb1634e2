/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows when a host's upgrade fails: the failure action as data (VMware's vLCM has the same
 * three). Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum vdc_upgrade_failure {
	VDC_UPGRADE_STOP_ALL = 1,
	VDC_UPGRADE_RETRY, /* so often, then as STOP_ALL */
	VDC_UPGRADE_SKIP,  /* so often, then the next host goes on */
};

enum vdc_upgrade_sequel {
	VDC_UPGRADE_AGAIN = 1, /* the same host once more, after the delay */
	VDC_UPGRADE_NEXT,      /* it has failed; the run goes on */
	VDC_UPGRADE_END,       /* it has failed, and with it the run */
};

struct vdc_upgrade_failed {
	enum vdc_upgrade_failure action;
	int64_t retries;   /* that are allowed for one host */
	int64_t tolerated; /* hosts that may fail; VDC_UNSET: any number */
	int64_t tries;	   /* of this host, this one included */
	int64_t failed;	   /* hosts that have failed for good before this one */
	bool lasting;	   /* trying again cannot help: somebody has to do something first */
};

enum vdc_upgrade_sequel vdc_upgrade_after_failure(const struct vdc_upgrade_failed *failed);
