/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lockspaces of this machine: in which it is to be, how it stands in them, joining and leaving. No
 * database: what has to be known stands in a document on the host (setting "lockspaces"), which
 * whoever has the database sends. Each call to sanlock and to the storage runs in a child that is killed
 * at a limit.
 */
#pragma once

#include <stdio.h>

#include "doc/lease_record.h"
#include "edge/sanlock.h"
#include "model/lockspace.h"

struct vdc_lockspaces {
	struct vdc_lockspace **all;
	size_t n;
};

/* The document of this machine; none at all is no lockspace. Texts in ARENA. */
int vdc_lockspaces_load(struct vdc_arena *arena, struct vdc_lockspaces *ret, struct vdc_err *err);
/* The same from a stream that is called NAME. */
int vdc_lockspaces_read(FILE *in, const char *name, struct vdc_arena *arena,
			struct vdc_lockspaces *ret, struct vdc_err *err);
/* The one of that name or id, NULL: the only master. -ENOENT; -EINVAL: it is no master, or there are several. */
int vdc_lockspaces_master(const struct vdc_lockspaces *spaces, const char *name,
			  struct vdc_lockspace **ret, struct vdc_err *err);
/* What is observed is left out. */
int vdc_lockspaces_write(FILE *out, const struct vdc_lockspaces *spaces, struct vdc_err *err);
/* In place of the old one, or not at all. */
int vdc_lockspaces_save(const struct vdc_lockspaces *spaces, struct vdc_err *err);

/* Fills in what is observed, of all at once. That something is wrong is no error but a PROBLEM. */
void vdc_lockspaces_look(const struct vdc_lockspaces *spaces, int64_t limit_us,
			 struct vdc_arena *arena);

/*
 * Joins all at once and waits until LIMIT_US; what became of each goes into FAILURES, one for each,
 * code 0 also when it was in it already. Before: sanlock must run under the right name, the area must
 * be a lockspace of that domain, the host id free or ours, and our name under no other id. -ETIMEDOUT:
 * it is still on its way; -EEXIST: the host id is another host's that has not left; -EPERM: the name is
 * another host's, or not ours; others as edge/sanlock.h. The return is an error of this process alone.
 */
int vdc_lockspaces_join(const struct vdc_lockspaces *spaces, int64_t limit_us,
			struct vdc_err *failures, struct vdc_err *err);

/* The same for leaving. -EBUSY: leases of it are held here. */
int vdc_lockspaces_leave(const struct vdc_lockspaces *spaces, int64_t limit_us,
			 struct vdc_err *failures, struct vdc_err *err);

/* Whether NAME, under which sanlock runs here, is the right one; -EPERM says how to change it. */
int vdc_lockspace_check_name(const struct vdc_lockspace *space, const char *name,
			     struct vdc_err *err);

/* For init and others: WORK, in a child, killed at the limit; its error is returned. */
typedef int vdc_lockspace_work_fn(const struct vdc_lockspace *space, struct vdc_err *err);
int vdc_lockspace_do(const struct vdc_lockspace *space, vdc_lockspace_work_fn *work,
		     int64_t limit_us, struct vdc_err *err);

/*
 * Makes the lockspace and the manager's lease where nothing is; what it would make and is there already
 * stays as it is, so that it can be done again. -EPERM: another lockspace or lease, or one of another
 * shape, lies there; -EEXIST: something that is none.
 */
int vdc_lockspace_init(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_err *err);

/* The area of its lockspace: as many bytes as ALIGNMENT says; a file that ends before is zeros from
 * there on. The caller frees it. Hangs as long as the storage does. */
int vdc_lockspace_read_area(const struct vdc_lockspace *space, void **ret, struct vdc_err *err);

/* Of one host id, by direct I/O. Hangs as long as the storage does. -ERANGE: there is no such id;
 * -EBADMSG: it is another lockspace. */
int vdc_lockspace_read_host(const struct vdc_lockspace *space, int64_t host_id,
			    struct vdc_lease_record *ret, struct vdc_err *err);

/* The places that sanlock wants. They borrow. */
struct vdc_sanlock_space vdc_lockspace_place(const struct vdc_lockspace *space);
struct vdc_sanlock_lease vdc_lockspace_spm_lease(const struct vdc_lockspace *space);
