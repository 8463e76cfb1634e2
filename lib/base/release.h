/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A version of software as a number that can be compared: the first four numbers of its text, 16 bits
 * each. Levels are something else (model/kind.h).
 */
#pragma once

#include <stdint.h>

/*
 * "10.1", "4.16.7.4-1.el7", "vdsm-4.14.11-5.el6ev", "1:9.0.0-4+deb12u2", "6.8.0 SP2": an epoch and
 * what stands before the first digit is dropped; it ends where something else than a number between
 * dots follows, but " R5", " SP2" count as the fourth number when there are three before it. A
 * number above 65535 counts as that. 0: there is no number in TEXT, or TEXT is NULL.
 */
uint64_t vdc_release_parse(const char *text);
