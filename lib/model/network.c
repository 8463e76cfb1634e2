/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/network.h"

#include "model/data_center.h"
#include "model/fields.h"

const struct vdc_enum vdc_network_status_values = {
	.name = "network status",
	VDC_WORD_LIST("operational", "non_operational"),
};

#define NOUN struct vdc_network
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(data_center, vdc_data_center_kind,
		  VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_CASCADE,
		  .help = "data centre that it belongs to"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "unique in its data centre"),
	VDC_F_DESCRIPTION(),
	VDC_F_COMMENT(),
	VDC_F_ENUM(status, vdc_network_status_values, VDC_LISTED, .older = "status/state",
		   .help = "whether every host that needs it has it"),
	VDC_F_BOOL(required, VDC_REQUIRED | VDC_LISTED, .preset = "true",
		   .help = "a host without it is non_operational"),
	VDC_F_WORDS(usages, "usage", VDC_LISTED,
		    .help = "vm, migration, management, display, storage"),
	VDC_F_TEXT(bridge, 0, .help = "bridge on the hosts; without one: the network's name"),
	VDC_F_INT(vlan, VDC_LISTED, .path = "vlan@id", VDC_RANGE(0, 4094), .help = "VLAN tag"),
	VDC_F_INT(mtu, 0, .title = "MTU", VDC_RANGE(0, 65535),
		  .help = "largest packet; 0 or without it: the hosts' default"),
};

const struct vdc_kind vdc_network_kind =
	VDC_KIND("network", "networks", "network", "a logical network that hosts and VMs share");
