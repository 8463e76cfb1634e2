/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same done to many things at once, in threads: for waiting, of which a thread does as much as a
 * process, within one that may be killed as a whole (base/child.h says why such work is in a child). What
 * is called must be safe in threads and touch nothing but its own thing.
 */
#pragma once

#include <stddef.h>

/* WORK(CTX, i) of every i < N, AT_ONCE of them at a time. All have ended when it returns. */
void vdc_crew(size_t n, unsigned at_once, void (*work)(void *ctx, size_t i), void *ctx);
