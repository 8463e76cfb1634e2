/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/lockspace.h"

#include "model/fields.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_lockspace_state_values = {
	.name = "state in a lockspace",
	VDC_WORD_LIST("away", "joining", "joined", "leaving"),
};

const struct vdc_enum vdc_spm_role_values = {
	.name = "role of a host",
	VDC_WORD_LIST("Free", "Contend", "SPM"),
	VDC_ALIASES("none=Free", "contending=Contend"),
};

const struct vdc_enum vdc_host_liveness_values = {
	.name = "liveness of a host id",
	VDC_WORD_LIST("unknown", "free", "live", "fail", "dead"),
};

#define NOUN struct vdc_lockspace
static const struct vdc_field fields[] = {
	VDC_F_UUID(id, VDC_REQUIRED, .path = "@id", .help = "id of the storage domain"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .title = "DOMAIN",
		   .help = "name of the storage domain"),
	VDC_F_INT(host_id, VDC_REQUIRED | VDC_LISTED, .title = "HOSTID", VDC_RANGE(1, 2000),
		  .help = "number of this host in it"),
	VDC_F_TEXT(sanlock_name, 0, .help = "name under which this host's sanlock must run"),
	VDC_F_TEXT(ids, VDC_REQUIRED, .path = "place/ids", .help = "where the lockspace lies"),
	VDC_F_TEXT(leases, VDC_REQUIRED, .path = "place/leases", .help = "where its leases lie"),
	VDC_F_TEXT(volume_group, 0, .path = "place/volume_group",
		   .help = "volume group of a block domain"),
	VDC_F_ENUM(storage_format, vdc_storage_format_values, 0,
		   .help = "format of the storage domain: v1 to v5"),
	VDC_F_INT(warning_low_space_indicator, 0, VDC_RANGE(0, 100),
		  .help = "percent of free space below which a warning is given"),
	VDC_F_INT(critical_space_action_blocker, 0, VDC_RANGE(0, 1000000),
		  .help = "GiB of free space below which nothing new is stored"),
	VDC_F_BYTES(extend_chunk, 0, .path = "extend/chunk", .help = "what a thin volume grows by"),
	VDC_F_INT(extend_percent, 0, .path = "extend/percent", VDC_RANGE(1, 99),
		  .help = "percent of the chunk that is used up when a volume is extended"),
	VDC_F_INT(block_size, VDC_REQUIRED, VDC_RANGE(512, 4096), .help = "sector size"),
	VDC_F_BYTES(alignment, VDC_REQUIRED, .help = "size of one lease area"),
	VDC_F_INT(io_timeout, VDC_REQUIRED, VDC_RANGE(1, 60),
		  .help = "seconds of sanlock's I/O time-out"),
	VDC_F_BOOL(master, VDC_REQUIRED | VDC_LISTED,
		   .help = "the lease of the storage pool manager is here"),
	VDC_F_ENUM(state, vdc_lockspace_state_values, VDC_OBSERVED | VDC_LISTED,
		   .help = "how this host stands in it"),
	VDC_F_BOOL(taken, VDC_OBSERVED, .help = "its number is another host's, which has not left"),
	VDC_F_INT(generation, VDC_OBSERVED, .help = "how often its number was taken"),
	VDC_F_INT(latency, VDC_OBSERVED,
		  .help = "microseconds that the slowest of its last renewals took"),
	VDC_F_INT(hosts_live, VDC_OBSERVED | VDC_LISTED, .title = "LIVE",
		  .help = "hosts that renew in it"),
	VDC_F_BOOL(watchdog, VDC_OBSERVED,
		   .help = "a watchdog resets this host when sanlock cannot renew"),
	VDC_F_ENUM(role, vdc_spm_role_values, VDC_OBSERVED | VDC_LISTED, .path = "spm/role",
		   .help = "this host's own answer: SPM, Contend, Free"),
	VDC_F_INT(held, VDC_OBSERVED, .path = "spm/held",
		  .help = "version of the lease that its holder on this host says it has"),
	VDC_F_INT(lver, VDC_OBSERVED | VDC_LISTED, .path = "spm/lver",
		  .help = "version of the lease, its fencing token"),
	VDC_F_INT(owner_id, VDC_OBSERVED | VDC_LISTED, .path = "spm/owner@host_id",
		  .title = "OWNER", .help = "host id in the lease; 0: it is free"),
	VDC_F_INT(owner_generation, VDC_OBSERVED, .path = "spm/owner@generation",
		  .help = "how often that host id had been taken when it got the lease"),
	VDC_F_ENUM(owner_state, vdc_host_liveness_values, VDC_OBSERVED | VDC_LISTED,
		   .path = "spm/owner@state", .title = "ALIVE",
		   .help = "whether that host id is renewed"),
	VDC_F_INT(owner_generation_now, VDC_OBSERVED, .path = "spm/owner@generation_now",
		  .help = "how often it had been taken by now, as this host's sanlock sees it"),
	VDC_F_TEXT(problem, VDC_OBSERVED | VDC_LISTED, .help = "what is wrong"),
};

const struct vdc_kind vdc_lockspace_kind = VDC_KIND("lockspace", "lockspaces", "lockspace",
						    "the lockspace of a storage domain on a host");
