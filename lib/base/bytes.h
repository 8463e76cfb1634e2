/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of records on storage, which lie anywhere: DATA holds one from byte AT on. */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t vdc_be32_at(const uint8_t *data, size_t at)
{
	uint32_t value;

	memcpy(&value, data + at, sizeof(value));
	return be32toh(value);
}

static inline uint64_t vdc_be64_at(const uint8_t *data, size_t at)
{
	return (uint64_t)vdc_be32_at(data, at) << 32 | vdc_be32_at(data, at + 4);
}

static inline uint32_t vdc_le32_at(const uint8_t *data, size_t at)
{
	return __builtin_bswap32(vdc_be32_at(data, at));
}

static inline uint64_t vdc_le64_at(const uint8_t *data, size_t at)
{
	return __builtin_bswap64(vdc_be64_at(data, at));
}
