/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/uuid.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static bool is_dash_place(int i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

bool vdc_uuid_valid(const char *s)
{
	int i;

	for (i = 0; i < VDC_UUID_LEN; i++) {
		if (is_dash_place(i) ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return s[i] == '\0';
}

static uint8_t nibble(char c)
{
	return (uint8_t)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

bool vdc_uuid_parse(const char *s, uint8_t ret[VDC_UUID_BYTES])
{
	int n = 0;

	if (!vdc_uuid_valid(s))
		return false;
	for (int i = 0; i < VDC_UUID_LEN; i += 2) {
		i += is_dash_place(i);
		ret[n++] = (uint8_t)(nibble(s[i]) << 4 | nibble(s[i + 1]));
	}
	return true;
}

void vdc_uuid_text(const uint8_t b[VDC_UUID_BYTES], char out[VDC_UUID_LEN + 1])
{
	snprintf(out, VDC_UUID_LEN + 1,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
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
