/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `qemu-img`, called as a program. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* What `qemu-img check` said of an image. */
struct vdc_image_verdict {
	int64_t corruptions; /* of its tables */
	int64_t leaks;	     /* clusters that nothing refers to */
	int64_t errors;	     /* places that could not be looked at */
};

/*
 * Whether somebody has the file behind FD open for writing, by the bytes that QEMU locks (qemu,
 * block/file-posix.c: RAW_LOCK_PERM_BASE and the permissions of include/block/block-common.h). Only
 * asks, and locks nothing. A negative errno where the file system cannot say.
 */
int vdc_qemu_img_is_open(int fd);

/*
 * Checks the qcow2 image PATH alone, without what it is based on, and takes no lock: a VM may be
 * started meanwhile, and then the verdict says nothing. -ENOENT: no such program; -EBADMSG: it is no
 * image that can be checked; -ETIMEDOUT: killed after LIMIT_US.
 */
int vdc_qemu_img_check(const char *path, int64_t limit_us, struct vdc_image_verdict *ret,
		       struct vdc_err *err);
