/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/vm_lease_index.h"

#include <string.h>

#include "base/bytes.h"
#include "base/uuid.h"

#define MAGIC 0x12152016u

enum { HEADER = 512, RECORD = 64 };
enum { VERSION_AT = 5, HEADER_UPDATING_AT = 70, HEADER_END_AT = 511 };
enum { UPDATING_AT = 61, RESERVED_AT = 62, END_AT = 63 };

static bool is_blank(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i])
			return false;
	return true;
}

enum vdc_vm_lease_index_state vdc_vm_lease_index_state(const void *data)
{
	const char *header = data;

	if (is_blank(header, VDC_VM_LEASE_INDEX_SIZE))
		return VDC_VM_LEASE_INDEX_BLANK;
	if (vdc_be32_at(data, 0) != MAGIC || memcmp(header + VERSION_AT, "0001", 4) != 0 ||
	    header[HEADER_END_AT] != '\n')
		return VDC_VM_LEASE_INDEX_DAMAGED;
	if (header[HEADER_UPDATING_AT] == 'u')
		return VDC_VM_LEASE_INDEX_UPDATING;
	return header[HEADER_UPDATING_AT] == '-' ? VDC_VM_LEASE_INDEX_GOOD
						 : VDC_VM_LEASE_INDEX_DAMAGED;
}

void vdc_vm_lease_record_read(const void *data, size_t n, struct vdc_vm_lease_record *ret)
{
	const char *record = (const char *)data + HEADER + n * RECORD;
	struct vdc_uuid id;

	memset(ret, 0, sizeof(*ret));
	ret->damaged = record[END_AT] != '\n' || record[RESERVED_AT] != '-' ||
		       (record[UPDATING_AT] != 'u' && record[UPDATING_AT] != '-');
	if (ret->damaged)
		return;
	memcpy(ret->id, record, VDC_VM_LEASE_ID);
	ret->updating = record[UPDATING_AT] == 'u';
	/* A name is padded by zeros, and nothing stands behind them. */
	ret->damaged = (*ret->id && !vdc_uuid_read(ret->id, &id)) ||
		       !is_blank(record + strlen(ret->id), VDC_VM_LEASE_ID - strlen(ret->id));
	if (ret->damaged)
		*ret->id = '\0';
}
