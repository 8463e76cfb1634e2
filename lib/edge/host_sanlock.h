/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sanlock on a host says of itself and of all hosts in its lockspaces (sanlock(8), "client"). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * ADDRESS NULL: this machine. Added to RET, each behind a line "== NAME": "status" (client status -D),
 * "gets" (client gets -h 1), "hosts" (client host_status -D), "end"; "none" instead: there is no
 * sanlock. A daemon that hangs leaves its part out. Errors as vdc_shell_run.
 */
int vdc_host_sanlock(const char *address, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err);
