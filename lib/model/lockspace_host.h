/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host in a lockspace, as sanlock sees it and as the database knows it: what `spm-elect hosts`, join
 * and leave print. Not stored.
 */
#pragma once

#include "model/lockspace.h"

struct vdc_lockspace_host {
	char *id;	      /* DOMAIN/HOST-ID, or the host's */
	char *storage_domain; /* name; NULL: all of its data centre */
	char *host;	      /* name; NULL: no host of the database */
	int64_t host_id;
	char *sanlock_name;
	int64_t priority;   /* in the election */
	int64_t spm_status; /* enum vdc_spm_status, as recorded */
	int64_t state;	    /* enum vdc_host_liveness */
	int64_t generation;
	int64_t age;	 /* seconds since it was last seen to renew, by the clock of who sees it */
	int64_t latency; /* microseconds that the slowest of its last renewals took */
	int64_t io_timeout; /* seconds */
	char *seen_by;	    /* name of the host whose sanlock says so; NULL: this machine */
	char *problem;
};

extern const struct vdc_kind vdc_lockspace_host_kind;
