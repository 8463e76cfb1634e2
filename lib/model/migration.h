/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `vm-migrate` prints: the move of a VM, and what a host is worth as its destination. Neither is
 * stored. */
#pragma once

#include "model/kind.h"

enum vdc_move_end {
	VDC_MOVE_DONE = 1,
	VDC_MOVE_STAYED,  /* it runs where it was */
	VDC_MOVE_REFUSED, /* nothing was tried: no host can take it, or it cannot be moved */
	VDC_MOVE_BUSY,	  /* another job moves it */
	VDC_MOVE_SKIPPED, /* not begun, because somebody asked to stop */
	VDC_MOVE_STOPPED, /* it does not run any more, on neither host */
	VDC_MOVE_UNKNOWN, /* its hosts do not answer; sync will tell */
	VDC_MOVE_PLANNED, /* --dry-run */
};

struct vdc_migration {
	char *id; /* of the VM */
	char *vm;
	char *from, *to; /* names of hosts */
	int64_t result;	 /* enum vdc_move_end */
	int64_t took;	 /* milliseconds */
	int64_t downtime;
	char *job;
	char *reason;
};

struct vdc_destination {
	char *id; /* of VM and host */
	char *vm;
	char *host;
	int64_t fits;
	int64_t score;
	char *filter;
	char *reason;
};

extern const struct vdc_kind vdc_migration_kind;
extern const struct vdc_kind vdc_destination_kind;
extern const struct vdc_enum vdc_move_end_values;
