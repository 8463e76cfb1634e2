/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sanlock on several hosts, asked at once over the remote shell: each in a child that is killed at a limit. */
#pragma once

#include "edge/host_sanlock.h"
#include "model/host.h"
#include "plan/host_lease.h"

struct vdc_sanlock_asked {
	const struct vdc_host *host; /* NULL: this machine */
	struct vdc_lease_report report;
	int code;	     /* why there is none, a negative errno; 0: it reported */
	const char *failure; /* the same in words; else NULL */
};

/* PARTS: of enum vdc_host_sanlock_parts; LIMIT_US: for each host, 0: as long as a daemon that hangs takes
 * there. Fills in what is no input; texts in ARENA. The return is an error
 * of this process alone. */
int vdc_sanlock_ask(struct vdc_sanlock_asked *asked, size_t n, unsigned parts, int64_t limit_us,
		    struct vdc_arena *arena, struct vdc_err *err);
