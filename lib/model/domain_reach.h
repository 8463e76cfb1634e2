/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host reaches a storage domain. */
#pragma once

#include "model/kind.h"

enum vdc_reach_status {
	VDC_REACH_OK = 1,
	VDC_REACH_SLOW, /* later than the warning limit */
	VDC_REACH_LOST,
	VDC_REACH_UNKNOWN, /* the host could not be asked */
};

struct vdc_domain_reach {
	char *id;
	struct vdc_ref host;
	struct vdc_ref storage_domain;
	int64_t status; /* enum vdc_reach_status */
	int64_t since;
	int64_t checked;
	int64_t seen;
	int64_t latency; /* microseconds */
	char *detail;
	int64_t lockspace_generation;
};

extern const struct vdc_kind vdc_domain_reach_kind;
extern const struct vdc_enum vdc_reach_status_values;
