/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/lockspace_host.h"

#include "model/fields.h"
#include "model/host.h"

#define NOUN struct vdc_lockspace_host
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "its domain and its number there"),
	VDC_F_TEXT(storage_domain, VDC_KEY | VDC_LISTED, .title = "DOMAIN",
		   .help = "storage domain of the lockspace"),
	VDC_F_TEXT(host, VDC_LISTED, .help = "name of the host; none: the database knows no such"),
	VDC_F_INT(host_id, VDC_KEY | VDC_LISTED, .title = "HOSTID",
		  .help = "number of the host in it"),
	VDC_F_TEXT(sanlock_name, 0, .help = "name under which its sanlock renews"),
	VDC_F_INT(priority, VDC_LISTED, .help = "its rank in elections; -1: never"),
	VDC_F_ENUM(spm_status, vdc_spm_status_values, VDC_LISTED, .title = "SPM",
		   .help = "its part in the storage pool as last recorded"),
	VDC_F_ENUM(state, vdc_host_liveness_values, VDC_OBSERVED | VDC_LISTED, .title = "ALIVE",
		   .help = "whether its number is renewed"),
	VDC_F_INT(generation, VDC_OBSERVED, .help = "how often its number was taken"),
	VDC_F_INT(age, VDC_OBSERVED | VDC_LISTED,
		  .help = "seconds since it was last seen to renew"),
	VDC_F_INT(latency, VDC_OBSERVED | VDC_LISTED,
		  .help = "microseconds that the slowest of its last renewals took"),
	VDC_F_INT(io_timeout, VDC_OBSERVED, .help = "seconds of its sanlock's I/O time-out"),
	VDC_F_TEXT(seen_by, VDC_OBSERVED, .help = "host whose sanlock sees it so"),
	VDC_F_TEXT(problem, VDC_OBSERVED | VDC_LISTED, .help = "what is wrong"),
};

const struct vdc_kind vdc_lockspace_host_kind =
	VDC_KIND("lockspace_host", "lockspace_hosts", "lockspace-host", "a host in a lockspace");
