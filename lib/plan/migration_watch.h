/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to do about a migration that is under way, from its statistics over time. libvirt has no
 * time-out for one. The limits are vdsm's: 64 s per GiB of memory, and 240 s without a new minimum of
 * what remains. Pure: the time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vdc_migration_limits {
	int64_t memory;		 /* of the VM, bytes */
	int64_t timeout_per_gib; /* microseconds for each GiB begun */
	int64_t stall_us;
	bool post_copy; /* may be used where it would have to be aborted */
};

/* Bytes; -1: unknown. */
struct vdc_migration_sight {
	int64_t now; /* monotonic, microseconds */
	int64_t total, processed, remaining;
	int64_t rate; /* bytes per second, as the hypervisor reports it */
	bool post_copy;
};

enum vdc_migration_verdict {
	VDC_MIGRATION_GOES_ON = 1,
	VDC_MIGRATION_STALLED,	 /* abort it */
	VDC_MIGRATION_TIMED_OUT, /* abort it */
	VDC_MIGRATION_TO_POST_COPY,
	VDC_MIGRATION_LATE, /* in post-copy, which cannot be cancelled: say so and wait */
};

struct vdc_migration_watch {
	struct vdc_migration_limits limits;
	int64_t began, ends; /* when it has timed out */
	int64_t lowest, lowest_at;
	int64_t seen, seen_processed; /* the look before */
	int64_t rate;		      /* bytes per second, smoothed; 0: unknown yet */
	bool asked_post_copy;
};

/* NOW: when the migration began. */
void vdc_migration_watch_begin(struct vdc_migration_watch *watch,
			       const struct vdc_migration_limits *limits, int64_t now);

/* One more look. TO_POST_COPY is said once. */
enum vdc_migration_verdict vdc_migration_look(struct vdc_migration_watch *watch,
					      const struct vdc_migration_sight *sight);

/* Microseconds until all is sent at this rate; -1: nobody knows. */
int64_t vdc_migration_eta(const struct vdc_migration_watch *watch,
			  const struct vdc_migration_sight *sight);
