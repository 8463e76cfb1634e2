/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which host id a new host of a data centre gets: its number in the lockspace of every domain. An id
 * whose owner may still live is never given away: two hosts with one id steal each other's leases.
 */
#pragma once

#include "plan/host_lease.h"
#include "plan/spm_election.h"

/* An id that was seen in a lockspace or stands in the database; of one id there may be several. */
struct vdc_spm_id_seen {
	int64_t id;
	enum vdc_spm_liveness liveness;
	bool recorded; /* it is the id of a host in the database */
};

/*
 * The lowest from 1 to MOST (VDC_LEASE_HOSTS, VDC_MAILBOX_HOSTS) that is free, else the lowest of a
 * dead host that no database knows; 0: there is none.
 */
int64_t vdc_spm_free_host_id(const struct vdc_spm_id_seen *seen, size_t n, int64_t most);

/*
 * Whether HOST_ID is nobody's in LOCKSPACE, by what the sanlocks of hosts say that are in it: it was given
 * up, counts as dead, or was never taken. Nobody in it, or one that says otherwise: false.
 */
bool vdc_spm_host_id_is_dead(const struct vdc_lease_report *reports, size_t n,
			     const char *lockspace, int64_t host_id);
