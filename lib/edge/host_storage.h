/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading storage domains on a host that has nothing of ours: a few lines for its shell, dd(1) and
 * lvm(8), which do what act/storage_read.h does there, but for the space.
 */
#pragma once

#include "base/buf.h"
#include "model/domain_reading.h"

/*
 * ADDRESS NULL: this machine. EACH_US is the limit of a reading, LIMIT_US that of all of it. Adds what
 * the host says to RET. Errors as vdc_shell_run.
 */
int vdc_host_storage(const char *address, const struct vdc_domain_reading *const *readings,
		     size_t n, int64_t each_us, int64_t limit_us, struct vdc_buf *ret,
		     struct vdc_err *err);

/*
 * What it said -> what is observed in READINGS. A domain of which it says nothing was not read within
 * EACH_US. -EBADMSG: it answered something else.
 */
int vdc_host_storage_parse(const char *text, struct vdc_domain_reading *const *readings, size_t n,
			   int64_t each_us, struct vdc_arena *arena, struct vdc_err *err);
