/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_vm_lease.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "doc/lease_record.h"
#include "doc/vm_lease_index.h"

enum { PAGE = 4096 };
#define LARGEST (INT64_C(8) << 20)

/* The name that the lease at OFFSET is in; empty: there is none. */
static int read_name(const struct vdc_image_vm_leases *from, int64_t offset,
		     char name[VDC_LEASE_NAME + 1], struct vdc_err *err)
{
	char page[PAGE];
	struct vdc_lease_record record;
	int r = from->read(from->ctx, offset, page, sizeof(page), err);

	*name = '\0';
	if (r)
		return r == -ENODATA ? 0 : r;
	vdc_lease_record_read(page, sizeof(page), &record);
	if (record.kind == VDC_LEASE_RECORD_RESOURCE)
		snprintf(name, VDC_LEASE_NAME + 1, "%s", record.name);
	else if (record.kind != VDC_LEASE_RECORD_BLANK && record.kind != VDC_LEASE_RECORD_CLEARED)
		snprintf(name, VDC_LEASE_NAME + 1, "something else");
	name[vdc_utf8_xml_span(name, strlen(name))] = '\0';
	return 0;
}

static int read_lease(const struct vdc_image_vm_leases *from,
		      const struct vdc_vm_lease_record *record, int64_t offset,
		      const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	char name[VDC_LEASE_NAME + 1];
	const struct vdc_storage_vm_lease lease = {
		.id = record->id,
		.offset = offset,
		.updating = record->updating,
		.damaged = record->damaged,
		.looked = true,
		.resource = name,
	};
	int r = read_name(from, offset, name, err);

	if (r || (!*record->id && !record->damaged && !*name))
		return r;
	return sink->vm_lease(sink->ctx, &lease, err);
}

static int read_all(const struct vdc_image_vm_leases *from, const void *index, int64_t alignment,
		    const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	int64_t room = from->size / alignment - VDC_VM_LEASE_FIRST;
	int r = 0;

	for (int64_t i = 0; i < VDC_VM_LEASE_RECORDS && !r; i++) {
		struct vdc_vm_lease_record record;

		vdc_vm_lease_record_read(index, (size_t)i, &record);
		if (i < room || *record.id || record.damaged)
			r = read_lease(from, &record, (VDC_VM_LEASE_FIRST + i) * alignment, sink,
				       err);
	}
	return r;
}

int vdc_image_vm_leases_read(const struct vdc_image_vm_leases *from,
			     const struct vdc_image_dump_sink *sink, struct vdc_storage_self *self,
			     struct vdc_err *err)
{
	int64_t alignment = self->alignment == VDC_UNSET ? INT64_C(1) << 20 : self->alignment;
	vdc_autofree void *index = NULL;
	int r;

	if (alignment <= VDC_VM_LEASE_INDEX_SIZE || alignment > LARGEST || alignment % PAGE)
		return 0;
	index = vdc_alloc(VDC_VM_LEASE_INDEX_SIZE);
	r = from->read(from->ctx, alignment, index, VDC_VM_LEASE_INDEX_SIZE, err);
	if (r)
		return r == -ENODATA ? 0 : r;
	self->vm_lease_index = (uint8_t)vdc_vm_lease_index_state(index);
	if (self->vm_lease_index != VDC_VM_LEASE_INDEX_GOOD)
		return 0;
	self->whole = true;
	return read_all(from, index, alignment, sink, err);
}
