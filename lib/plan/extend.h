/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How large a thin volume is to be while a guest writes to it. The names, figures and limits are vdsm's
 * (storage.thinp: chunk, utilization percent, 1.1 of the virtual size), with one difference. vdsm adds a
 * chunk to the volume's size, which leaves up to 1.8 chunks behind the last byte written; here the size
 * follows from that byte, so that never more than a chunk is given away:
 *
 *	reach ... what is written while an extension takes place: rate x latency
 *	room .... extend when less is left: (100 - percent) % of the chunk, and the reach
 *	size .... the highest offset, a chunk and the reach, in whole extents
 *
 * A guest that is idle costs a chunk; a fast one has what it writes until the answer comes as well. It is
 * not caught as long as it writes less than a chunk in that time.
 * Sizes and offsets are bytes, rates bytes per second, times microseconds. Pure.
 */
#pragma once

#include "model/storage_domain.h"

struct vdc_extend_rules {
	int64_t chunk;	 /* what a volume grows by */
	int64_t percent; /* of the chunk that is used up when it grows again */
	int64_t extent;	 /* of the volume group */
};

/* DOMAIN NULL: the presets. EXTENT 0: not known, as it is to who asks: a request has whole MiB, and the
 * manager rounds them up by the extents of the group. */
struct vdc_extend_rules vdc_extend_rules(const struct vdc_storage_domain *domain, int64_t extent);

struct vdc_extend_volume {
	int64_t capacity; /* what the guest sees */
	int64_t highest;  /* offset up to which it wrote: libvirt's "allocation" */
	int64_t size;	  /* libvirt's "physical" */
	int64_t rate;	  /* 0: it does not write, or nobody knows */
	int64_t latency;  /* from the threshold to a volume that can be used */
	int64_t wait;	  /* on top of that: the destination of a migration comes first */
	bool replicating; /* a copy of the disk follows it: vdsm doubles the chunk */
};

/* Of a storage domain where nobody says otherwise. */
#define VDC_EXTEND_CHUNK_PRESET (INT64_C(2560) << 20)
enum { VDC_EXTEND_PERCENT_PRESET = 20 };

enum vdc_extend_verdict {
	VDC_EXTEND_FINE = 1,
	VDC_EXTEND_DUE,
	VDC_EXTEND_FULL, /* as large as the disk can need: nothing to extend until it is resized */
	VDC_EXTEND_IMPROBABLE, /* figures that nothing may be done by: a damaged image, a stale size */
};

int64_t vdc_extend_reach(const struct vdc_extend_volume *volume);
int64_t vdc_extend_room(const struct vdc_extend_rules *rules,
			const struct vdc_extend_volume *volume);

/* Where the hypervisor is to tell that the guest wrote so far; at least 1. */
int64_t vdc_extend_threshold(const struct vdc_extend_rules *rules,
			     const struct vdc_extend_volume *volume);

/* No volume of a disk of that capacity is larger. */
int64_t vdc_extend_most(const struct vdc_extend_rules *rules, int64_t capacity);

enum vdc_extend_verdict vdc_extend_judge(const struct vdc_extend_rules *rules,
					 const struct vdc_extend_volume *volume);

/* What one that is DUE is to have: more than its size. */
int64_t vdc_extend_size(const struct vdc_extend_rules *rules,
			const struct vdc_extend_volume *volume);

/* Until it is at the end at this rate; -1: never. */
int64_t vdc_extend_time_left(const struct vdc_extend_volume *volume);

/*
 * The rate from the highest offsets over time: at once when it rises, half of it in 10 s when it falls,
 * so that a guest that pauses for a moment is not taken for an idle one. Never more than what was
 * written between two looks that are 100 ms apart.
 */
struct vdc_extend_rate {
	int64_t at, offset; /* of the last look that counted; at 0: none yet */
	int64_t rate;
};
void vdc_extend_rate_look(struct vdc_extend_rate *rate, int64_t now, int64_t highest);

/* The latency after one more that was measured; before the first: VDC_EXTEND_LATENCY_PRESET, vdsm's
 * longest. Longer ones count at once, shorter ones by an eighth. */
#define VDC_EXTEND_LATENCY_PRESET INT64_C(1400000)
int64_t vdc_extend_latency(int64_t before, int64_t measured);

/*
 * The layer of a disk that a threshold event is about: "vda[1]" is 1, with "vda" into TARGET. libvirt
 * tells of each threshold twice, the other time as "vda" (-1), which says nothing new. -1 for whatever
 * else it is, too.
 */
enum { VDC_EXTEND_TARGET_LEN = 31 };
int64_t vdc_extend_layer(const char *device, char target[VDC_EXTEND_TARGET_LEN + 1]);
