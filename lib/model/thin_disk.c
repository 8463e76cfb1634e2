/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/thin_disk.h"

#include "model/fields.h"

static const struct vdc_enum state_values = {
	.name = "state of a thin disk",
	VDC_WORD_LIST("fine", "due", "full", "improbable", "unknown"),
};

#define NOUN struct vdc_thin_disk
static const struct vdc_field fields[] = {
	VDC_F_TEXT(id, VDC_REQUIRED, .path = "@id", .help = "id of the VM and target"),
	VDC_F_TEXT(vm, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .path = "vm/name", .help = "its VM"),
	VDC_F_TEXT(target, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .title = "DISK",
		   .help = "name of the disk in the VM: vda"),
	VDC_F_TEXT(host, VDC_REQUIRED, .path = "host/name", .help = "host of the VM"),
	VDC_F_TEXT(storage_domain, VDC_LISTED, .path = "storage_domain/name", .title = "DOMAIN",
		   .help = "storage domain of the volume; none: no domain has it"),
	VDC_F_TEXT(path, 0, .help = "the volume"),
	VDC_F_ENUM(state, state_values, VDC_REQUIRED | VDC_LISTED,
		   .help = "fine, due (past its threshold), full, improbable, or unknown"),
	VDC_F_BOOL(paused, VDC_REQUIRED, .help = "the VM is paused for want of space"),
	VDC_F_BYTES(capacity, VDC_LISTED, .title = "VIRTUAL", .help = "size that the guest sees"),
	VDC_F_BYTES(allocated, VDC_LISTED, .title = "WRITTEN",
		    .help = "highest offset that was written to"),
	VDC_F_BYTES(size, VDC_LISTED, .help = "size of the volume"),
	VDC_F_BYTES(room, VDC_LISTED, .help = "what is left behind the highest offset"),
	VDC_F_BYTES(threshold, 0, .help = "offset from which on it is to be extended"),
	VDC_F_BYTES(armed, 0, .help = "offset at which the hypervisor is to tell; none: nowhere"),
	VDC_F_BYTES(rate, VDC_LISTED, .title = "PER-SECOND",
		    .help = "bytes by which the highest offset grows in a second"),
	VDC_F_INT(seconds_left, VDC_LISTED, .title = "SECONDS",
		  .help = "until there is no room at that rate"),
};

const struct vdc_kind vdc_thin_disk_kind = VDC_KIND("thin_disk", "thin_disks", "thin-disk",
						    "a disk whose volume grows as it is written");
