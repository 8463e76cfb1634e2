/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LVM: one `lvm` shell behind a pipe, which takes a command after the other without the start and the end
 * of a process each: without libaio, whose contexts the kernel tears down for 36 ms. It changes and
 * reads metadata and never touches the kernel's device-mapper (global/activation=0): what a volume is
 * on this host, and that it grew, is told by lvchange (edge/lvm_active.h).
 *
 * Its configuration is this system's, in a folder of its own (setting "lvm-directory") with what
 * differs on top. Words go to LVM as they are, through no shell, and only words that its own parser
 * leaves alone. A command that is not done in time is killed with its shell, as a crash would end it,
 * and LVM's metadata is whole then; the next command begins a new one. The shell dies with the process
 * that uses it. It takes root.
 */
#pragma once

#include <stdint.h>

#include "edge/lvm_reply.h"

struct vdc_lvm;

struct vdc_lvm_options {
	/* Paths that it may look at, ends with NULL: a host sees many LUNs. NULL: all that the system's own
	 * configuration allows. */
	const char *const *devices;
	int64_t limit_us; /* of each command; 0: a minute */
};

/* -EINVAL: a path that LVM could not be told. Starts nothing yet. */
int vdc_lvm_new(const struct vdc_lvm_options *options, struct vdc_lvm **ret, struct vdc_err *err);
void vdc_lvm_free(struct vdc_lvm *lvm); /* NULL is fine */

enum { VDC_LVM_WORDS = 48 };

/*
 * A command, its words ended by NULL; sizes come back in bytes without a unit. Errors as
 * vdc_lvm_reply(), and -ETIMEDOUT: it was killed; -EIO: LVM ended in the middle, so that what was asked
 * for may be done or not; -EINVAL: a word that cannot be told.
 */
int vdc_lvm_run(struct vdc_lvm *lvm, const char *const *words, struct vdc_arena *arena,
		struct vdc_lvm_rows *ret, struct vdc_err *err);

static inline void vdc_cleanup_lvm(struct vdc_lvm **lvm)
{
	vdc_lvm_free(*lvm);
}
#define vdc_autolvm vdc_cleanup(vdc_cleanup_lvm) struct vdc_lvm
