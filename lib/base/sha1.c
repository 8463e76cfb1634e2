/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sha1.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, ROUNDS = 80, WORDS = 5, LENGTH_AT = 56 };

static uint32_t turn(uint32_t value, unsigned by)
{
	return value << by | value >> (32 - by);
}

/* FIPS 180-4, 4.1.1 and 4.2.1: a function and a constant for each fifth part of the rounds. */
static uint32_t mix(int round, const uint32_t s[WORDS])
{
	if (round < 20)
		return ((s[1] & s[2]) | (~s[1] & s[3])) + 0x5a827999;
	if (round < 40)
		return (s[1] ^ s[2] ^ s[3]) + 0x6ed9eba1;
	if (round < 60)
		return ((s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3])) + 0x8f1bbcdc;
	return (s[1] ^ s[2] ^ s[3]) + 0xca62c1d6;
}

static void take_block(uint32_t state[WORDS], const uint8_t block[BLOCK])
{
	uint32_t w[ROUNDS], s[WORDS];

	memcpy(s, state, sizeof(s));
	memcpy(w, block, BLOCK);
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t sum;

		w[i] = i < 16 ? be32toh(w[i])
			      : turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
		sum = turn(s[0], 5) + mix(i, s) + s[4] + w[i];
		s[4] = s[3];
		s[3] = s[2];
		s[2] = turn(s[1], 30);
		s[1] = s[0];
		s[0] = sum;
	}
	for (int i = 0; i < WORDS; i++)
		state[i] += s[i];
}

char *vdc_sha1_hex(const void *data, size_t len, char out[VDC_SHA1_HEX + 1])
{
	uint32_t state[WORDS] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint64_t bits = htobe64((uint64_t)len * 8);
	uint8_t last[2 * BLOCK] = { 0 };
	size_t rest = len % BLOCK, n = rest < LENGTH_AT ? BLOCK : 2 * BLOCK;

	for (size_t i = 0; i + BLOCK <= len; i += BLOCK)
		take_block(state, (const uint8_t *)data + i);
	if (rest)
		memcpy(last, (const uint8_t *)data + len - rest, rest);
	last[rest] = 0x80;
	memcpy(last + n - sizeof(bits), &bits, sizeof(bits));
	for (size_t i = 0; i < n; i += BLOCK)
		take_block(state, last + i);
	for (int i = 0; i < WORDS; i++)
		snprintf(out + 8 * i, 9, "%08x", state[i]);
	return out;
}
