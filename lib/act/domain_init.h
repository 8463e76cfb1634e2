/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A storage domain is made ready for leases: by `spm-elect init --local` at a host that reaches it, then
 * in the database. Doing it twice changes nothing; a host that finds anything else there refuses.
 */
#pragma once

#include "edge/db.h"
#include "model/host.h"
#include "model/storage_domain.h"

struct vdc_domain_init {
	const char *domain, *host; /* name or id; HOST NULL: one of the data centre that is up */
	int64_t sector, hosts;	   /* 0: nobody said */
	bool master;
	bool dry_run;
	int64_t limit_us; /* of what runs at the host */
	/* What came of it, in the arena of the call. */
	const struct vdc_host *by;
	const struct vdc_storage_domain *after;
	int64_t most_hosts;
};

/*
 * -EBUSY: another one does it; -EINVAL, -EPERM as plan/domain_init.h; -EHOSTUNREACH: no host is up, or that one is not reached; else
 * what the host says.
 */
int vdc_domain_init(struct vdc_db *db, struct vdc_domain_init *init, struct vdc_arena *arena,
		    struct vdc_err *err);
