/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sanlock on a host says of itself and of all hosts in its lockspaces (sanlock(8), "client"). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum vdc_host_sanlock_parts {
	VDC_SANLOCK_PEERS =
		1 << 0, /* "gets" (client gets -h 1) and "hosts" (client host_status -D) */
	VDC_SANLOCK_RENEWALS = 1 << 1, /* "renewal LOCKSPACE" (client renewal), the last of each */
};

/*
 * ADDRESS NULL: this machine. Added to RET, each behind a line "== NAME": "status" (client status -D),
 * the PARTS that are asked for, "end"; "none" instead: there is no sanlock. A daemon that hangs leaves
 * its part out. Errors as vdc_shell_run.
 */
int vdc_host_sanlock(const char *address, unsigned parts, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err);
