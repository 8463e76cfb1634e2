/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the manager does with requests to extend: one for each volume however often it is asked, and
 * what a volume group has left to those that need it most. Sizes are bytes. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"

struct vdc_extend_request {
	char domain[VDC_UUID_LEN + 1];
	char volume[VDC_UUID_LEN + 1];
	int64_t size;
};

enum { VDC_EXTEND_QUEUE_MOST = 500 }; /* vdsm's max_tasks */

struct vdc_extend_queue {
	struct vdc_extend_request requests[VDC_EXTEND_QUEUE_MOST]; /* the oldest first */
	size_t n;
};

/*
 * A volume keeps its place, and the larger size: a host's newest is its largest, and what another host
 * needs is not forgotten for it. False: no more fit; who asked stays without an answer and asks again.
 */
bool vdc_extend_queue_put(struct vdc_extend_queue *queue, const struct vdc_extend_request *request);

/* The oldest of that domain, NULL: of any. False: there is none. */
bool vdc_extend_queue_take(struct vdc_extend_queue *queue, const char *domain,
			   struct vdc_extend_request *ret);

/*
 * What its host asked for last, more than ever before, and how fast that grew: as fast as its guest
 * writes. All zeros: nothing yet.
 */
struct vdc_extend_asked {
	int64_t at, wanted; /* microseconds of a clock that only goes forward */
	int64_t rate;	    /* bytes per second; 0: not known */
};
void vdc_extend_asked_note(struct vdc_extend_asked *asked, int64_t wanted, int64_t now);

/*
 * How long a volume of SIZE lasts whose host asked so: what is asked for is a CHUNK more than what is
 * written by then, and the guest writes on. As time_left below; a host with vdsm asks for a chunk more
 * than the volume has, and is taken at its word.
 */
int64_t vdc_extend_asked_left(const struct vdc_extend_asked *asked, int64_t size, int64_t chunk,
			      int64_t now);

/* A volume that waits for space. */
struct vdc_extend_waiting {
	int64_t size, wanted;
	int64_t time_left; /* microseconds; 0: its VM is paused; -1: nobody writes */
	int64_t given;	   /* RET: its new size; the old one: nothing */
	size_t which;	   /* the caller's, for they change places */
};

/* Whether a device has become larger than its physical volume by at least an extent: SIZE is what the
 * volume has in extents, behind START. Behind its end a second copy of the metadata may lie, as large. */
bool vdc_extend_has_grown(int64_t device, int64_t start, int64_t size, int64_t extent);

/*
 * Hands out FREE bytes in whole extents. Each gets one extent first, in order of need, so that as many
 * VMs as can go on do; then they get what they want, in the same order. WAITING is sorted by need.
 */
void vdc_extend_share(struct vdc_extend_waiting *waiting, size_t n, int64_t extent, int64_t free);
