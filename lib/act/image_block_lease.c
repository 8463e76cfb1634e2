/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slot N of "leases" is at N x alignment; those of volumes begin at 100 (vdsm, storage/blockSD.py). */
#include <errno.h>

#include "act/image_block_part.h"
#include "act/image_vm_lease.h"
#include "doc/lease_record.h"
#include "edge/direct.h"

enum { FIRST = 100, MOST = 16384 };

static int take(const struct image_block *block, int64_t offset, const char *page)
{
	struct vdc_lease_record record;
	struct vdc_storage_lease lease = { .offset = offset, .lockspace = "", .resource = "" };

	vdc_lease_record_read(page, VDC_DIRECT_UNIT, &record);
	if (record.kind == VDC_LEASE_RECORD_BLANK || record.kind == VDC_LEASE_RECORD_CLEARED)
		return 0;
	if (record.kind == VDC_LEASE_RECORD_RESOURCE) {
		lease.lockspace = record.space;
		lease.resource = record.name;
	}
	return block->sink->lease(block->sink->ctx, &lease, block->err);
}

static int read_vm_leases(void *ctx, int64_t offset, void *data, size_t len, struct vdc_err *err)
{
	const struct image_block *block = ctx;

	return vdc_image_group_read(block->group, vdc_image_group_part(block->group, "xleases"),
				    offset, data, len, err);
}

static int vm_leases(struct image_block *block)
{
	const struct vdc_lvm_part *part = vdc_image_group_part(block->group, "xleases");
	const struct vdc_image_vm_leases from = { .ctx = block,
						  .read = read_vm_leases,
						  .size = part ? part->size : 0 };

	return part ? vdc_image_vm_leases_read(&from, block->sink, &block->self, block->err) : 0;
}

int image_block_leases(struct image_block *block)
{
	const struct vdc_lvm_part *part = vdc_image_group_part(block->group, "leases");
	int64_t alignment = block->self.alignment;
	char page[VDC_DIRECT_UNIT];
	int r = 0;

	if (alignment == VDC_UNSET)
		alignment = INT64_C(1) << 20;
	if (!part || alignment <= 0 || alignment % VDC_DIRECT_UNIT)
		return vm_leases(block);
	for (int64_t i = FIRST; i < MOST && (i + 1) * alignment <= part->size && !r; i++) {
		r = vdc_image_group_read(block->group, part, i * alignment, page, sizeof(page),
					 block->err);
		r = r ?: take(block, i * alignment, page);
	}
	return r ?: vm_leases(block);
}
