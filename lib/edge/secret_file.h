/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold a secret: only who may read it anyway can have written or can read them. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/secret.h"

/*
 * PATH for reading. It belongs to root or the caller and has none of the permissions FORBIDDEN, for
 * example 077. A descriptor, or -EPERM: it is not safe, and the message says what to do; -EINVAL: no
 * file; what open(2) says.
 */
int vdc_secret_file_open(const char *path, mode_t forbidden, struct vdc_err *err);

/*
 * Up to the end of FD, or of its first LINE, which is then read to no byte further. Bytes read, at most
 * VDC_SECRET_SIZE; -ETIMEDOUT: a pipe kept silent for LIMIT_US in all. Secret->len stays as it is.
 */
ssize_t vdc_secret_file_read(int fd, bool line, int64_t limit_us, struct vdc_secret *ret);
