/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Volumes that an administrator has extended: what may be asked for, by what the inventory says, and
 * asking the manager for it, by the transport of each volume's domain.
 */
#pragma once

#include "act/lockspace.h"
#include "edge/db.h"
#include "model/extension.h"
#include "model/thin_disk.h"

struct vdc_extend_wanted {
	int64_t to, by;	     /* bytes; VDC_UNSET both: by what its domain's volumes grow by */
	bool below_critical; /* although the domain has less than its critical space left */
};

/*
 * NAME is VM:DISK, by the name of the disk or its target, for the layer that is written; or a volume. RET
 * is a new extension that waits, with its domain by id and name. -ENOENT: there is none; -EINVAL: it has as
 * much, can need no more, or its size is not known; -EPERM: it is preallocated, or the space is critical.
 */
int vdc_extend_order(struct vdc_db *db, const char *name, const struct vdc_extend_wanted *wanted,
		     struct vdc_arena *arena, struct vdc_extension **ret, struct vdc_err *err);

/* The same for a row of `lv-extend check`, by its own figures. NULL: there is nothing to be done. */
int vdc_extend_order_for(struct vdc_db *db, const struct vdc_thin_disk *disk, bool below_critical,
			 struct vdc_arena *arena, struct vdc_extension **ret, struct vdc_err *err);

/*
 * Asks for all of them and waits until LIMIT_US, or STOP_FD is readable; how each ended stands in it, and
 * those that are answered are events. MASTER, whose mailbox is used, NULL: this host has none. -EINVAL: a
 * transport that one of them needs cannot be used here, and nothing was asked for.
 */
int vdc_extend_carry_out(struct vdc_db *db, const struct vdc_lockspace *master,
			 struct vdc_extension *const *all, size_t n, int64_t limit_us, int stop_fd,
			 struct vdc_arena *arena, struct vdc_err *err);
