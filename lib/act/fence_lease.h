/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a host still renews its storage leases, as sanlock on other hosts of the data centre sees it.
 * They are asked over the remote shell, several at once, those of its cluster first. What their answers
 * mean is decided by plan/host_lease.h.
 */
#pragma once

#include "edge/db.h"
#include "model/host.h"
#include "plan/host_lease.h"

struct vdc_lease_look {
	enum vdc_lease_verdict verdict;
	const char *evidence;	/* one line: what shows it, or why nothing does. Never NULL */
	int64_t age_us;		/* since its last renewal that was seen; VDC_UNSET: unknown */
	int64_t renews_us;	/* from one renewal to the next; VDC_UNSET: unknown */
	size_t asked, answered; /* hosts */
};

/* It only looks. Texts live in ARENA. That nobody can say is a verdict, no error. */
int vdc_lease_look(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
		   struct vdc_lease_look *ret, struct vdc_err *err);

/* Who can see the leases of HOST: other hosts of its data centre that are up, those of its cluster, which
 * share most of its storage, first; MOST of them at most. */
int vdc_lease_witnesses(struct vdc_db *db, const struct vdc_host *host, size_t most,
			struct vdc_arena *arena, const struct vdc_host ***ret, size_t *n,
			struct vdc_err *err);
