/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/lease_record.h"

#include <string.h>

#include "base/bytes.h"

#define MAGIC_HOST 0x12212010u
#define MAGIC_RESOURCE 0x06152010u
#define MAGIC_CLEARED 0x11282016u

enum { CHECKED = 168, CHECKSUM = 168 };

/* CRC-32C, bit by bit: a record is read now and then. sanlock begins with ~1 and does not invert. */
static uint32_t checksum(const uint8_t *data, size_t len)
{
	uint32_t crc = ~UINT32_C(1);

	while (len--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ UINT32_C(0x82f63b78) : crc >> 1;
	}
	return crc;
}

/* A name has no NUL when it takes up all of its field. */
static void name(const uint8_t *data, size_t at, char ret[VDC_LEASE_NAME + 1])
{
	memcpy(ret, data + at, VDC_LEASE_NAME);
	ret[VDC_LEASE_NAME] = '\0';
}

static bool is_blank(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

static enum vdc_lease_record_kind kind_of(const uint8_t *data, size_t size)
{
	enum vdc_lease_record_kind kind;

	if (size < VDC_LEASE_RECORD_SIZE)
		return VDC_LEASE_RECORD_FOREIGN;
	switch (vdc_le32_at(data, 0)) {
	case MAGIC_HOST:
		kind = VDC_LEASE_RECORD_HOST;
		break;
	case MAGIC_RESOURCE:
		kind = VDC_LEASE_RECORD_RESOURCE;
		break;
	case MAGIC_CLEARED:
		kind = VDC_LEASE_RECORD_CLEARED;
		break;
	default:
		return is_blank(data, size) ? VDC_LEASE_RECORD_BLANK : VDC_LEASE_RECORD_FOREIGN;
	}
	return vdc_le32_at(data, CHECKSUM) == checksum(data, CHECKED) ? kind
								      : VDC_LEASE_RECORD_DAMAGED;
}

static int64_t alignment(uint32_t flags)
{
	int64_t mib = flags >> 4 & 0xf; /* one bit each for 1, 2, 4 and 8 MiB */

	return mib << 20;
}

void vdc_lease_record_read(const void *bytes, size_t size, struct vdc_lease_record *ret)
{
	const uint8_t *data = bytes;

	*ret = (struct vdc_lease_record){ .kind = kind_of(data, size) };
	if (ret->kind == VDC_LEASE_RECORD_FOREIGN || ret->kind == VDC_LEASE_RECORD_BLANK)
		return;
	ret->flags = vdc_le32_at(data, 8);
	ret->sector = vdc_le32_at(data, 12);
	ret->alignment = alignment(ret->flags);
	ret->hosts = vdc_le64_at(data, 24);
	ret->owner_id = vdc_le64_at(data, 32);
	ret->owner_generation = vdc_le64_at(data, 40);
	ret->lver = vdc_le64_at(data, 48);
	name(data, 56, ret->space);
	name(data, 104, ret->name);
	ret->timestamp = vdc_le64_at(data, 152);
	ret->io_timeout = vdc_le32_at(data, 172) >> 16;
}

bool vdc_lease_record_is_held(const struct vdc_lease_record *record)
{
	return (record->kind == VDC_LEASE_RECORD_HOST ||
		record->kind == VDC_LEASE_RECORD_RESOURCE) &&
	       record->timestamp;
}

bool vdc_lease_record_is_released(const struct vdc_lease_record *leader, const void *block,
				  size_t size)
{
	enum { OWNER = 16, GENERATION = 24, TIMESTAMP = 32, LVER = 40, FLAGS = 52, RELEASED = 1 };

	return leader->kind == VDC_LEASE_RECORD_RESOURCE && size >= VDC_LEASE_RECORD_SIZE &&
	       (vdc_le32_at(block, FLAGS) & RELEASED) &&
	       vdc_le64_at(block, OWNER) == leader->owner_id &&
	       vdc_le64_at(block, GENERATION) == leader->owner_generation &&
	       vdc_le64_at(block, TIMESTAMP) == leader->timestamp &&
	       vdc_le64_at(block, LVER) == leader->lver;
}
