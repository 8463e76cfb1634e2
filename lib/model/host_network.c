/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/host_network.h"

#include "model/fields.h"
#include "model/host.h"
#include "model/network.h"

const struct vdc_enum vdc_host_network_status_values = {
	.name = "status of a network on a host",
	VDC_WORD_LIST("up", "down", "missing", "out_of_sync"),
};

#define NOUN struct vdc_host_network
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(host, vdc_host_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "host that has it"),
	VDC_F_REF(network, vdc_network_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "network that it has"),
	VDC_F_ENUM(status, vdc_host_network_status_values, VDC_REQUIRED | VDC_LISTED,
		   .preset = "missing", .help = "whether VMs can use it there"),
	VDC_F_TEXT(bridge, VDC_OBSERVED | VDC_LISTED, .help = "bridge of it on the host"),
	VDC_F_TEXT(address, VDC_LISTED, .help = "the host's address in it"),
	VDC_F_INT(mtu, VDC_OBSERVED, .title = "MTU", VDC_RANGE(0, 65535),
		  .help = "largest packet there"),
	VDC_F_TIME(seen, VDC_OBSERVED, .help = "when it was last seen"),
};

const struct vdc_kind vdc_host_network_kind =
	VDC_KIND("host_network", "host_networks", "host-network", "a network on a host");
