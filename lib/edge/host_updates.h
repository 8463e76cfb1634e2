/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the package manager of a host offers, from one command over the remote shell. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * ADDRESS NULL: this machine. The lists of packages are refreshed first, where that is allowed and does
 * not take more than a minute. RET gets the lines of plan/update_offer.h, then those of
 * edge/host_facts.h. Errors as vdc_shell_run.
 */
int vdc_host_updates(const char *address, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err);

/* What COMMAND prints at the host. -EIO: it failed. */
int vdc_host_updates_of_command(const char *address, const char *command, int64_t limit_us,
				struct vdc_buf *ret, struct vdc_err *err);
