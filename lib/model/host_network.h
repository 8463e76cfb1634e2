/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* That a host has a network, or ought to have it. */
#pragma once

#include "model/kind.h"

enum vdc_host_network_status {
	VDC_HOST_NETWORK_UP = 1,
	VDC_HOST_NETWORK_DOWN,
	VDC_HOST_NETWORK_MISSING,
	VDC_HOST_NETWORK_OUT_OF_SYNC, /* there, with other properties than the network's */
};

struct vdc_host_network {
	char *id;
	struct vdc_ref host;
	struct vdc_ref network;
	int64_t status; /* enum vdc_host_network_status */
	char *bridge;
	char *address;
	int64_t mtu;
	int64_t seen;
};

extern const struct vdc_kind vdc_host_network_kind;
extern const struct vdc_enum vdc_host_network_status_values;
