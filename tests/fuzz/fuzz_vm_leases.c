/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * "xleases" of a domain: the index of leases of virtual machines and the leases themselves. The input is the
 * beginning of the index, then that of each lease; where it ends there are zeros.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/image_vm_lease.h"
#include "base/utf8.h"
#include "doc/vm_lease_index.h"
#include "fuzz.h"

#define ALIGNMENT (INT64_C(1) << 20)

enum { INDEX = 2048, LEASE = 512 }; /* bytes of the input for each */

struct input {
	const uint8_t *data;
	size_t size;
	int64_t told; /* offset of the last one */
};

static int read_part(void *ctx, int64_t offset, void *data, size_t len, struct vdc_err *err)
{
	const struct input *input = ctx;
	bool index = offset == ALIGNMENT;
	size_t from = 0, n = index ? INDEX : LEASE;

	(void)err;
	if (len % 4096 || offset % ALIGNMENT || offset < ALIGNMENT)
		abort();
	if (!index)
		from = INDEX + (size_t)(offset / ALIGNMENT - VDC_VM_LEASE_FIRST) * LEASE;
	memset(data, 0, len);
	if (from < input->size)
		memcpy(data, input->data + from, input->size - from < n ? input->size - from : n);
	return 0;
}

/* What is told can be in a document, has an offset behind the index, and says something. */
static int take(void *ctx, const struct vdc_storage_vm_lease *lease, struct vdc_err *err)
{
	struct input *input = ctx;

	(void)err;
	if (lease->offset < (int64_t)VDC_VM_LEASE_FIRST * ALIGNMENT || lease->offset <= input->told)
		abort();
	input->told = lease->offset;
	if (lease->id[vdc_utf8_xml_span(lease->id, strlen(lease->id))] ||
	    lease->resource[vdc_utf8_xml_span(lease->resource, strlen(lease->resource))])
		abort();
	if (!*lease->id && !lease->damaged && !*lease->resource)
		abort();
	return lease->updating && lease->damaged ? -EINVAL : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size, 0 };
	const struct vdc_image_vm_leases from = { .ctx = &input,
						  .read = read_part,
						  .size = 8 * ALIGNMENT };
	const struct vdc_image_dump_sink sink = { .ctx = &input, .vm_lease = take };
	struct vdc_storage_self self = { .alignment = ALIGNMENT };

	if (vdc_image_vm_leases_read(&from, &sink, &self, NULL) < 0 ||
	    self.vm_lease_index > VDC_VM_LEASE_INDEX_DAMAGED ||
	    self.whole != (self.vm_lease_index == VDC_VM_LEASE_INDEX_GOOD))
		abort();
	return 0;
}
