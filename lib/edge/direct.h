/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Areas that hosts share on storage, past every cache: O_DIRECT, and writes are on the storage when
 * the call returns. Where a file system has no O_DIRECT that is an error: what a cache says about
 * another host is worth nothing. Calls hang as long as the storage does (base/child.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct vdc_direct; /* an open file or block device */

int vdc_direct_open(const char *path, int writable, struct vdc_direct **ret, struct vdc_err *err);
void vdc_direct_close(struct vdc_direct *direct); /* NULL is fine */

enum { VDC_DIRECT_UNIT = 4096 }; /* offsets and lengths are multiples of it */

/* LEN bytes at OFFSET into DATA, which may lie anywhere. -ENODATA: the file ends before. */
int vdc_direct_read(struct vdc_direct *direct, int64_t offset, void *data, size_t len,
		    struct vdc_err *err);
/* The same of at most VDC_DIRECT_LOOK bytes without a copy: RET holds until the next call. */
enum { VDC_DIRECT_LOOK = 1024 * 1024 };
int vdc_direct_look(struct vdc_direct *direct, int64_t offset, size_t len, const void **ret,
		    struct vdc_err *err);
int vdc_direct_write(struct vdc_direct *direct, int64_t offset, const void *data, size_t len,
		     struct vdc_err *err);
/* Zeros; at a block device without sending them where it can. */
int vdc_direct_zero(struct vdc_direct *direct, int64_t offset, int64_t len, struct vdc_err *err);
int64_t vdc_direct_size(const struct vdc_direct *direct);
