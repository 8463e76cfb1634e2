/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-1 (FIPS 180-4), for checksums that others chose: nothing is safe against forgers by it. */
#pragma once

#include <stddef.h>

enum { VDC_SHA1_HEX = 40 };

/* Lower case, with a NUL. Returns OUT. */
char *vdc_sha1_hex(const void *data, size_t len, char out[VDC_SHA1_HEX + 1]);
