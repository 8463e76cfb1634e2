/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/fields.h"
#include "model/migration.h"

#define NOUN struct vdc_destination
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "ids of VM and host"),
	VDC_F_TEXT(vm, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "vm/name",
		   .help = "name of the VM"),
	VDC_F_TEXT(host, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "host/name",
		   .help = "name of the host"),
	VDC_F_BOOL(fits, VDC_REQUIRED | VDC_LISTED, .help = "no filter refuses it"),
	VDC_F_INT(score, VDC_LISTED, .help = "higher is better, among the hosts of one VM"),
	VDC_F_TEXT(filter, VDC_LISTED, .help = "filter that refuses it"),
	VDC_F_TEXT(reason, VDC_LISTED, .help = "why, or what is unknown"),
};

const struct vdc_kind vdc_destination_kind = VDC_KIND("destination", "destinations", "destination",
						      "what a host is worth to a VM that moves");
