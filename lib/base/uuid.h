/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs as text: 36 characters, lower case (RFC 4122). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { VDC_UUID_LEN = 36, VDC_UUID_BYTES = 16 };

bool vdc_uuid_valid(const char *s);
int vdc_uuid_random(
	char out[VDC_UUID_LEN + 1]); /* version 4; -EIO when the kernel gives no bytes */

/* Between the text and its bytes in that order. Parsing gives false, and writes nothing, for no UUID. */
bool vdc_uuid_parse(const char *s, uint8_t ret[VDC_UUID_BYTES]);
void vdc_uuid_text(const uint8_t bytes[VDC_UUID_BYTES], char out[VDC_UUID_LEN + 1]);

/* The same as a number, for where there are a million of them. All zero is the blank UUID. */
struct vdc_uuid {
	uint64_t high;
	uint64_t low;
};

bool vdc_uuid_read(const char *s, struct vdc_uuid *ret); /* false: it is none */
const char *vdc_uuid_write(struct vdc_uuid uuid, char out[VDC_UUID_LEN + 1]); /* returns OUT */

static inline bool vdc_uuid_blank(struct vdc_uuid uuid)
{
	return !uuid.high && !uuid.low;
}

static inline bool vdc_uuid_equal(struct vdc_uuid a, struct vdc_uuid b)
{
	return a.high == b.high && a.low == b.low;
}

static inline int vdc_uuid_compare(struct vdc_uuid a, struct vdc_uuid b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return (a.low > b.low) - (a.low < b.low);
}
