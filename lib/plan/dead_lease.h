/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether what a dead host held may be released before it expires. That is done by taking the host's
 * id in the lockspace once more, under its own name, which sanlock grants at once; if the host lived
 * on, it would go on writing under leases that are others' by then. So it is done for a host only
 * whose power is proven off, and only while nothing shows that it has come back since.
 */
#pragma once

#include "model/dead_lease.h"
#include "model/host.h"

/* NULL: what is known of HOST allows it. Else why not, and what to do, in ARENA. */
const char *vdc_dead_host_refused(const struct vdc_host *host, struct vdc_arena *arena);

/* It was done since HOST was found down. */
bool vdc_dead_host_is_freed(const struct vdc_host *host);

/* The id of a dead host in a lockspace, as another host sees it a moment before. */
struct vdc_dead_lease_sight {
	/* On the storage. */
	bool is_host;	  /* a record of a host is there */
	bool held;	  /* and it was not given up */
	const char *name; /* in it */
	int64_t generation;
	int64_t io_timeout; /* seconds */
	/* By the daemon that watches it. */
	bool watched;
	int64_t seen_generation;
	int64_t seen_us; /* since it saw the last renewal; VDC_UNSET: unknown */
};

/*
 * 0: it may be taken; else what to say. WHY in ARENA. A renewal is seen by others up to 2 I/O time-outs
 * after it was made, and their reading may take one more; what is seen later than that after the
 * proof was made by a host that has power.
 */
enum vdc_dead_lease_result vdc_plan_dead_lease(const struct vdc_dead_lease *asked,
					       const struct vdc_dead_lease_sight *sight,
					       struct vdc_arena *arena, const char **why);

/* Longest time that sanlock takes for that, in microseconds: it writes, lets 2 I/O time-outs go by, and
 * reads. One that waits for longer waits for an owner to die: then it is not the id that was meant. */
int64_t vdc_dead_lease_limit(int64_t io_timeout);
