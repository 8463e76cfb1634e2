/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A version of software as a number that can be compared: the first four numbers of its text, 16 bits
 * each. Levels are something else (model/kind.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * "10.1", "4.16.7.4-1.el7", "vdsm-4.14.11-5.el6ev", "1:9.0.0-4+deb12u2", "6.8.0 SP2": an epoch and
 * what stands before the first digit is dropped; it ends where something else than a number between
 * dots follows, but " R5", " SP2" count as the fourth number when there are three before it. A
 * number above 65535 counts as that. 0: there is no number in TEXT, or TEXT is NULL.
 */
uint64_t vdc_release_parse(const char *text);

/*
 * What somebody typed: "10", "10.1", or that of a package, "1:10.0.2+ds-2~bpo12". 0: it is anything
 * else, as "10x" and "qemu-10" are.
 */
uint64_t vdc_release_typed(const char *text);

/* How many numbers of TEXT count, at most four. */
int vdc_release_numbers(const char *text);

/* VERSION begins with the numbers of RELEASE: 10.0 covers "1:10.0.2-3" and does not cover 10.1. */
bool vdc_release_covers(const char *release, const char *version);

/* The first two numbers are the same. */
bool vdc_release_same_minor(const char *a, const char *b);
