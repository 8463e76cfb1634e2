/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain_reach.h"

#include "model/fields.h"
#include "model/host.h"
#include "model/storage_domain.h"

const struct vdc_enum vdc_reach_status_values = {
	.name = "reachability",
	VDC_WORD_LIST("ok", "slow", "lost", "unknown"),
};

#define NOUN struct vdc_domain_reach
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "host that reads"),
	VDC_F_REF(storage_domain, vdc_storage_domain_kind,
		  VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "storage domain that is read"),
	VDC_F_ENUM(status, vdc_reach_status_values, VDC_REQUIRED | VDC_LISTED, .preset = "unknown",
		   .help = "how the last reading went"),
	VDC_F_TIME(since, VDC_OBSERVED | VDC_LISTED, .help = "when it came into this status"),
	VDC_F_TIME(checked, VDC_OBSERVED, .help = "when it was last tried"),
	VDC_F_TIME(seen, VDC_OBSERVED | VDC_LISTED, .help = "when it was last read"),
	VDC_F_INT(latency, VDC_OBSERVED | VDC_LISTED, .help = "microseconds that the reading took"),
	VDC_F_TEXT(detail, VDC_OBSERVED, .help = "the error, in words"),
	VDC_F_INT(lockspace_generation, VDC_OBSERVED,
		  .help = "generation of the host's id in the lockspace, one more with every join"),
};

const struct vdc_kind vdc_domain_reach_kind =
	VDC_KIND("domain_reach", "domain_reaches", "domain-reach",
		 "whether a host reaches a storage domain");
