/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host that answers may run the VMs of its cluster. */
#pragma once

#include "model/catalogue.h"
#include "model/cluster.h"
#include "model/host.h"

struct vdc_fit_input {
	const struct vdc_host *host; /* as it was just read */
	const struct vdc_cluster *cluster;
	const char *missing_networks; /* words: required networks that it does not have; "" */
	/* Major version of the operating system of a host of the cluster that is up, and its name;
	 * VDC_UNSET and NULL: there is none, or versions may be mixed. */
	int64_t other_os_major;
	const char *other_name;
	bool is_up; /* it came up already: its system was accepted then */
	/* Of the cluster's level; NULL: levels are not judged. */
	const struct vdc_level_family *family;
};

struct vdc_fit {
	int64_t reason; /* enum vdc_host_reason; 0: it fits */
	const char *detail; /* in the arena */
};

struct vdc_fit vdc_host_fits(const struct vdc_fit_input *input, struct vdc_arena *arena);
