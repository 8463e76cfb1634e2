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
