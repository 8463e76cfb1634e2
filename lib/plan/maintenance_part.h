/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/plan/maintenance*.c. */
#pragma once

#include "plan/maintenance.h"

enum maintenance_code {
	VM_BLOCKS_DRAIN,
	VM_WITHOUT_DESTINATION,
	SPM_CANNOT_MOVE,
	SPM_CONTENDING,
	HA_WITHOUT_CAPACITY,
	HOST_DOES_NOT_ANSWER,
	HOST_IN_MAINTENANCE,
	HOST_IS_BUSY,
	JOB_RUNS,
};

struct maintenance_work {
	const struct vdc_maintenance_input *input;
	struct vdc_arena *arena;
	struct vdc_maintenance *ret;
	size_t *n_on; /* VMs of each host */
};

#define MAINTENANCE_FOUND(w, at, code, kind, object, ...)                                        \
	vdc_findings_add(&(w)->ret->refusals[at], &vdc_maintenance_codes[code], &(kind), object, \
			 __VA_ARGS__)

bool maintenance_drains(const struct maintenance_work *w, const struct vdc_host *host);

/* maintenance_room.c: where the VMs go, and what the next failure would do then. */
void maintenance_place(struct maintenance_work *w);
void maintenance_reserve(struct maintenance_work *w);
