/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ids of a dead host, taken again by this one, which is in its lockspaces. No database. */
#pragma once

#include <stdio.h>

#include "base/mem.h"
#include "model/dead_lease.h"

struct vdc_dead_leases {
	struct vdc_dead_lease **all;
	size_t n;
};

/* From a document that is called NAME. Texts in ARENA. -EINVAL, -EBADMSG. */
int vdc_dead_leases_read(FILE *in, const char *name, struct vdc_arena *arena,
			 struct vdc_dead_leases *ret, struct vdc_err *err);

/*
 * All at once; each in a child that is killed at LIMIT_US. What came of each stands in it, FAILED also
 * where sanlock or the storage hangs. Where the lockspaces lie is known to this host (setting
 * "lockspaces"), and no path comes from outside. DRY: it only looks. The return is an error of this
 * process alone.
 */
int vdc_dead_leases_free(const struct vdc_dead_leases *leases, bool dry, int64_t limit_us,
			 struct vdc_arena *arena, struct vdc_err *err);
