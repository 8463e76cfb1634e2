/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The index of leases of virtual machines, in "xleases" (vdsm, storage/xlease.py): slot 1, of the size of
 * the leases' alignment, holds a header and a record for each lease, and the lease of record N is in
 * slot 3 + N, whatever the record says.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/storage_volume.h"

enum {
	VDC_VM_LEASE_INDEX_SIZE = 62 * 4096,
	VDC_VM_LEASE_RECORDS = (VDC_VM_LEASE_INDEX_SIZE - 512) / 64,
	VDC_VM_LEASE_FIRST = 3, /* slot of record 0 */
	VDC_VM_LEASE_ID = 48,
};

/* Of DATA, VDC_VM_LEASE_INDEX_SIZE bytes. */
enum vdc_vm_lease_index_state vdc_vm_lease_index_state(const void *data);

struct vdc_vm_lease_record {
	char id[VDC_VM_LEASE_ID + 1]; /* empty: it is free */
	bool updating;
	bool damaged; /* it is no record; the rest is empty */
};

/* Record N, below VDC_VM_LEASE_RECORDS. */
void vdc_vm_lease_record_read(const void *data, size_t n, struct vdc_vm_lease_record *ret);
