/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What sanlock keeps on storage, read and never written: the record of a host in a lockspace (its
 * "delta lease") and the leader of a resource lease (sanlock's leader.h, version 3.8). All numbers
 * are little endian there. Times are seconds of the writer's own clock: they can be compared with an
 * earlier read of the same record, and with nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum vdc_lease_record_kind {
	VDC_LEASE_RECORD_BLANK = 1, /* zeros */
	VDC_LEASE_RECORD_HOST,
	VDC_LEASE_RECORD_RESOURCE,
	VDC_LEASE_RECORD_CLEARED, /* a resource lease that was taken away */
	VDC_LEASE_RECORD_FOREIGN, /* something else: never to be written over */
	VDC_LEASE_RECORD_DAMAGED, /* the magic number is right and the checksum is not */
};

enum { VDC_LEASE_NAME = 48, VDC_LEASE_RECORD_SIZE = 512 };

struct vdc_lease_record {
	enum vdc_lease_record_kind kind;
	uint32_t sector, flags;
	int64_t alignment; /* bytes; 0: the record does not say */
	uint64_t hosts;	   /* highest host id */
	uint64_t owner_id, owner_generation;
	uint64_t lver;
	char space[VDC_LEASE_NAME + 1];
	char name[VDC_LEASE_NAME + 1]; /* of the resource; of a host its unique name */
	uint64_t timestamp;	       /* 0: free */
	unsigned io_timeout;	       /* seconds */
};

/* Of VDC_LEASE_RECORD_SIZE bytes at least, else it is FOREIGN. */
void vdc_lease_record_read(const void *data, size_t size, struct vdc_lease_record *ret);

/* Whether somebody has it: a host that renews or did when it died, a resource that was not released. */
bool vdc_lease_record_is_held(const struct vdc_lease_record *record);

/*
 * Whether the owner of a resource gave it up although its leader says that it has it: sanlock leaves a
 * leader alone which another host wrote for the owner, and marks the release in the owner's own block
 * (paxos_dblock.h, DBLOCK_FL_RELEASED), where whoever acquires looks. BLOCK: the sector with the number
 * of the owner's host id plus 1, counted from the leader.
 */
bool vdc_lease_record_is_released(const struct vdc_lease_record *leader, const void *block,
				  size_t size);
