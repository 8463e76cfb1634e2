/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/uuid.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static bool is_dash_place(int i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Digits, by one look at a table: dumps have millions. 0: none; else 1 more than it is worth. */
static const uint8_t worth[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool vdc_uuid_parse(const char *s, uint8_t ret[VDC_UUID_BYTES])
{
	int n = 0;

	for (int i = 0; i < VDC_UUID_LEN; i += 2) {
		unsigned high, low;

		if (is_dash_place(i) && s[i++] != '-')
			return false;
		high = worth[(unsigned char)s[i]];
		low = high ? worth[(unsigned char)s[i + 1]] : 0;
		if (!low)
			return false;
		ret[n++] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	return !s[VDC_UUID_LEN];
}

bool vdc_uuid_valid(const char *s)
{
	uint8_t bytes[VDC_UUID_BYTES];

	return vdc_uuid_parse(s, bytes);
}

void vdc_uuid_text(const uint8_t bytes[VDC_UUID_BYTES], char out[VDC_UUID_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < VDC_UUID_LEN; bytes++) {
		if (is_dash_place(i))
			out[i++] = '-';
		out[i++] = digits[*bytes >> 4];
		out[i++] = digits[*bytes & 0xf];
	}
	out[VDC_UUID_LEN] = '\0';
}

int vdc_uuid_random(char out[VDC_UUID_LEN + 1])
{
	uint8_t b[VDC_UUID_BYTES];

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return -EIO;
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	vdc_uuid_text(b, out);
	return 0;
}

bool vdc_uuid_read(const char *s, struct vdc_uuid *ret)
{
	uint8_t bytes[VDC_UUID_BYTES];
	uint64_t halves[2];

	if (!vdc_uuid_parse(s, bytes))
		return false;
	memcpy(halves, bytes, sizeof(halves));
	*ret = (struct vdc_uuid){ be64toh(halves[0]), be64toh(halves[1]) };
	return true;
}

const char *vdc_uuid_write(struct vdc_uuid uuid, char out[VDC_UUID_LEN + 1])
{
	const uint64_t halves[2] = { htobe64(uuid.high), htobe64(uuid.low) };
	uint8_t bytes[VDC_UUID_BYTES];

	memcpy(bytes, halves, sizeof(bytes));
	vdc_uuid_text(bytes, out);
	return out;
}
