/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doc/image_header.h"

#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "model/disk.h"

#define MAGIC 0x514649fbu /* "QFI\xfb" */
#define EXTENSION_BITMAPS 0x23852875u
#define AUTOCLEAR_BITMAPS (UINT64_C(1) << 0)
#define INCOMPATIBLE_DIRTY (UINT64_C(1) << 0)
#define INCOMPATIBLE_CORRUPT (UINT64_C(1) << 1)

enum {
	MIN_SIZE = 72, /* of version 2; 104 of version 3 */
	AUTOCLEAR_AT = 88,
	HEADER_LENGTH_AT = 100,
	V3_SIZE = 104,
	MIN_CLUSTER_BITS = 9,
	MAX_CLUSTER_BITS = 21,
	NAME_MAX_BYTES = 1023,
};

/* The extension of bitmaps, behind its type and length; an entry of their directory without its name. */
enum { BITMAPS_EXTENSION = 24, BITMAPS_SIZE_AT = 8, BITMAPS_PLACE_AT = 16, BITMAP_ENTRY = 24 };
enum { BITMAP_FLAGS_AT = 12, BITMAP_NAME_AT = 18, BITMAP_EXTRA_AT = 20, BITMAP_IN_USE = 1 << 0 };

/* The last part of the name of its backing file, which is a volume. */
static bool read_backing(const uint8_t *data, size_t n, struct vdc_arena *arena,
			 struct vdc_storage_header *header)
{
	uint64_t at = vdc_be64_at(data, 8);
	uint32_t len = vdc_be32_at(data, 16);
	char *name, *slash;

	if (!at)
		return true;
	if (len > NAME_MAX_BYTES || at > n || len > n - at)
		return false;
	name = vdc_arena_strndup(arena, (const char *)data + at, len);
	if (strlen(name) != len || name[vdc_utf8_xml_span(name, len)])
		return false;
	slash = strrchr(name, '/');
	header->backing = slash ? slash + 1 : name;
	return true;
}

/* LEN bytes at AT lie in SIZE. */
static bool is_inside(uint64_t at, uint64_t len, int64_t size)
{
	return at <= (uint64_t)size && len <= (uint64_t)size - at;
}

/* Where the extension of bitmaps begins; 0: there is none. */
static uint32_t find_bitmaps(const uint8_t *data, size_t n)
{
	uint32_t at = vdc_be32_at(data, HEADER_LENGTH_AT);

	while (at >= V3_SIZE && at <= n - 8) {
		uint32_t type = vdc_be32_at(data, at), len = vdc_be32_at(data, at + 4);

		if (type == EXTENSION_BITMAPS)
			return at + 8;
		if (!type || len > n)
			break;
		at += 8 + (len + 7) / 8 * 8;
	}
	return 0;
}

/* Bitmaps count only while whoever writes to the image keeps them, and says so by a bit. */
static void read_bitmaps(const uint8_t *data, size_t n, int64_t size,
			 struct vdc_storage_header *header)
{
	uint32_t at = find_bitmaps(data, n);
	uint64_t len, place;

	header->stale_bitmaps = at && !(vdc_be64_at(data, AUTOCLEAR_AT) & AUTOCLEAR_BITMAPS);
	if (!at || header->stale_bitmaps || at > n - BITMAPS_EXTENSION)
		return;
	len = vdc_be64_at(data, at + BITMAPS_SIZE_AT);
	place = vdc_be64_at(data, at + BITMAPS_PLACE_AT);
	if (!is_inside(place, len, size))
		return;
	header->bitmaps_size = len < VDC_IMAGE_BITMAPS_MAX ? (uint32_t)len : VDC_IMAGE_BITMAPS_MAX;
	header->bitmaps_at = (int64_t)place;
}

static bool read_qcow2(const uint8_t *data, size_t n, int64_t size, struct vdc_arena *arena,
		       struct vdc_storage_header *header)
{
	uint32_t version = vdc_be32_at(data, 4), bits = vdc_be32_at(data, 20);
	uint64_t features = version == 3 && n >= V3_SIZE ? vdc_be64_at(data, 72) : 0;
	uint64_t capacity = vdc_be64_at(data, 24);

	if ((version != 2 && version != 3) || (version == 3 && n < V3_SIZE) ||
	    bits < MIN_CLUSTER_BITS || bits > MAX_CLUSTER_BITS || capacity > INT64_MAX)
		return false;
	header->format = VDC_DISK_COW;
	header->compat = version == 2 ? VDC_QCOW2_V2 : VDC_QCOW2_V3;
	header->capacity = (int64_t)capacity;
	if (version == 3)
		read_bitmaps(data, n, size, header);
	header->dirty = features & INCOMPATIBLE_DIRTY;
	header->corrupt = features & INCOMPATIBLE_CORRUPT;
	header->cut =
		!is_inside(vdc_be64_at(data, 40), (uint64_t)vdc_be32_at(data, 36) * 8, size) ||
		!is_inside(vdc_be64_at(data, 48), (uint64_t)vdc_be32_at(data, 56) << bits, size);
	return read_backing(data, n, arena, header);
}

bool vdc_image_header_read(const void *bytes, size_t n, int64_t size, struct vdc_arena *arena,
			   struct vdc_storage_header *ret)
{
	struct vdc_storage_header header = { .format = VDC_DISK_RAW, .capacity = size };
	bool fine = true;

	if (n >= 4 && vdc_be32_at(bytes, 0) == MAGIC)
		fine = n >= MIN_SIZE && read_qcow2(bytes, n, size, arena, &header);
	if (fine)
		*ret = header;
	return fine;
}

bool vdc_image_bitmaps_in_use(const void *bytes, size_t n)
{
	const uint8_t *data = bytes;

	for (size_t at = 0; at + BITMAP_ENTRY <= n;) {
		uint64_t len = BITMAP_ENTRY + (uint64_t)vdc_be32_at(data, at + BITMAP_EXTRA_AT) +
			       (data[at + BITMAP_NAME_AT] << 8 | data[at + BITMAP_NAME_AT + 1]);

		if (vdc_be32_at(data, at + BITMAP_FLAGS_AT) & BITMAP_IN_USE)
			return true;
		at += (len + 7) / 8 * 8;
	}
	return false;
}
