/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is thin under a volume group, by a host's own word: its physical volumes (SCSI's logical block
 * provisioning as the kernel has it in scsi_disk/thin_provisioning, or a thin volume of lvm2), and how
 * lvm2 extends the thin pools there (lvmthin(7)). Nothing is changed, and no lock taken.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/thin_domain.h"

/* ADDRESS NULL: this machine. Adds what the host says to RET. Errors as vdc_shell_run(); -EINVAL: GROUP
 * is no name of one. */
int vdc_host_thin(const char *address, const char *group, int64_t limit_us, struct vdc_buf *ret,
		  struct vdc_err *err);

/* -EBADMSG: it answered something else. */
int vdc_host_thin_parse(const char *text, struct vdc_thin_pools *ret, struct vdc_err *err);
