/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chance that comes out the same everywhere, from a seed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static uint64_t dice; /* the seed, and what became of it */

static inline unsigned roll(unsigned sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(dice >> 33) % sides;
}

static inline bool one_in(unsigned n)
{
	return roll(n) == 0;
}
