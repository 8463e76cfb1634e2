/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FNV-1a, 64 bits: tells texts apart that nobody chose against us (base/map.h has one for those). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define VDC_FNV_START UINT64_C(0xcbf29ce484222325)

/* HASH: that of the bytes before, or VDC_FNV_START. */
static inline uint64_t vdc_fnv(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}
