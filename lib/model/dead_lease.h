/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host that is off held in one lockspace: what another host is told before it takes the dead
 * one's id again, and what came of it. A document between two commands; never in the database.
 */
#pragma once

#include "model/kind.h"

enum vdc_dead_lease_result {
	VDC_DEAD_LEASE_FREED = 1, /* whoever wants may take what it held */
	VDC_DEAD_LEASE_NOTHING,	  /* it held nothing: its id is free */
	VDC_DEAD_LEASE_AWAY,	  /* the host that was told is not in that lockspace */
	VDC_DEAD_LEASE_REFUSED,	  /* it may live, or be another one */
	VDC_DEAD_LEASE_FAILED,
};

struct vdc_dead_lease {
	char *id;	    /* of the storage domain; the name of the lockspace */
	char *name;	    /* of the storage domain; may be NULL */
	int64_t host_id;    /* of the dead host in it */
	char *sanlock_name; /* under which that host renewed */
	int64_t generation; /* of its id as the database has it; VDC_UNSET: it has none */
	int64_t off_for;    /* microseconds since its power was proven off */
	/* What came of it. */
	int64_t result; /* enum vdc_dead_lease_result */
	int64_t freed;	/* generation whose leases are free now */
	char *message;
};

extern const struct vdc_kind vdc_dead_lease_kind;
extern const struct vdc_enum vdc_dead_lease_result_values;
