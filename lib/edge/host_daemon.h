/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What manages the VMs of a host, restarted over the remote shell: libvirtd, or libvirt's modular
 * daemons, by what runs there or is to run; and vdsmd where there is one. Guests go on: they are no
 * children of these daemons. One that does not end is killed, alone.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

/* For the remote shell: the script itself gives up before. */
#define VDC_HOST_DAEMON_TIME (60 * VDC_SECOND)

/*
 * ADDRESS NULL: this machine. ONLY_LOOK: says what would be restarted, and does nothing. RET: words,
 * names of units. Errors as vdc_shell_run; -EIO: systemd complains; -EBADMSG: it answered something
 * else.
 */
int vdc_host_daemon_restart(const char *address, bool only_look, struct vdc_arena *arena,
			    const char **ret, struct vdc_err *err);

/* What the script printed; for tests. */
int vdc_host_daemon_parse(const char *text, struct vdc_arena *arena, const char **ret,
			  struct vdc_err *err);
