/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "tick.h"

#define MIB (UINT64_C(1) << 20)
#define PAGE 4096

static _Atomic uint64_t wanted_mib;

static void *run(void *unused)
{
	volatile char *memory = NULL;
	uint64_t have = 0, want;

	(void)unused;
	while ((want = wanted_mib) != 0) {
		if (want != have) {
			free((void *)memory);
			memory = malloc(want * MIB);
			have = memory ? want : 0;
		}
		for (uint64_t at = 0; at < have * MIB; at += PAGE)
			memory[at]++;
		if (!memory)
			sleep_ms(TICK_MS);
	}
	free((void *)memory);
	return NULL;
}

void load_dirty(const struct request *request, struct reply *reply)
{
	uint64_t mib = request->number[0];

	if (atomic_exchange(&wanted_mib, mib) == 0 && mib)
		start_thread(run, NULL);
	reply_ok(reply, "dirty_mib=%" PRIu64, mib);
}
