/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A logical volume that grew elsewhere gets its new size on this host: by the setting refresh.command,
 * to which GROUP/VOLUME is added. It runs beside the caller, who does other things meanwhile. Hosts read
 * no other metadata than LVM reads itself, and change none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct vdc_lvm_refresh {
	pid_t pid;
	int pidfd; /* readable when it ended */
	int said;  /* what it complained about */
	int64_t until;
};

/* -EINVAL: no such name can be one, or the setting is none; -ENOENT, -EACCES: it does not start. */
int vdc_lvm_refresh_begin(const char *group, const char *volume, int64_t limit_us,
			  struct vdc_lvm_refresh *ret, struct vdc_err *err);

/* The same with rescan.command, which has no words added and a limit of its own: LUNs that are new, or
 * larger than they were, are seen from then on. */
int vdc_lvm_rescan_begin(struct vdc_lvm_refresh *ret, struct vdc_err *err);

/* 1: it goes on, also before its limit; 0: it is done; -EIO: it failed; -ETIMEDOUT: it was killed at its
 * limit. Unless 1, REFRESH is no more. */
int vdc_lvm_refresh_end(struct vdc_lvm_refresh *refresh, struct vdc_err *err);
