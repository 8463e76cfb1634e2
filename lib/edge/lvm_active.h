/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logical volumes as block devices of this host, /dev/GROUP/VOLUME: by lvchange, a process for each
 * call, because the kernel's device-mapper is changed and a shell of edge/lvm.h must not hang there.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

/*
 * Waits until their devices are there; those that are active already stay so. NAMES ends with NULL.
 * DEVICES as in struct vdc_lvm_options. -ENOENT: no such group or volume; -ETIMEDOUT; -EIO.
 */
int vdc_lvm_activate(const char *group, const char *const *names, const char *const *devices,
		     int64_t limit_us, struct vdc_err *err);
