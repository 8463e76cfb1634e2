/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hosts of a lockspace as rows for people: what the database knows of each, what sanlock says of
 * itself on those that were asked, and how one that is in the lockspace sees all others.
 */
#pragma once

#include "base/buf.h"
#include "model/host.h"
#include "model/lockspace_host.h"
#include "plan/host_lease.h"

struct vdc_lockspace_view_host {
	const struct vdc_host *host;	       /* NULL: this machine, which knows no database */
	const struct vdc_lease_report *report; /* of its own sanlock; NULL: it gave none */
	const char *failure;		       /* why; NULL: it was not asked */
	const char *sanlock_name;	       /* under which it must run; NULL: any */
};

struct vdc_lockspace_view {
	const char *id, *name; /* of the domain */
	const struct vdc_lockspace_view_host *hosts;
	size_t n;
};

/* Adds struct vdc_lockspace_host * to ROWS: one for each host, and one for each other number that is
 * held. All in ARENA. */
void vdc_lockspace_view(const struct vdc_lockspace_view *view, struct vdc_arena *arena,
			struct vdc_buf *rows);
