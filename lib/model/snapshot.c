/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot.h"

#include "model/fields.h"
#include "model/vm.h"

const struct vdc_enum vdc_snapshot_type_values = {
	.name = "snapshot type",
	VDC_WORD_LIST("regular", "active", "stateless", "preview", "next_run", "backup"),
};

const struct vdc_enum vdc_snapshot_status_values = {
	.name = "snapshot status",
	VDC_WORD_LIST("ok", "locked", "in_preview"),
};

#define NOUN struct vdc_snapshot
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_LISTED | VDC_PART, .title = "VM",
		  .help = "virtual machine that it is of"),
	VDC_F_TEXT(name, VDC_LISTED, .help = "name that libvirt knows it by"),
	VDC_F_TEXT(description, VDC_LISTED, .help = "why it was made"),
	VDC_F_TIME(date, VDC_LISTED, .help = "when it was made"),
	VDC_F_ENUM(type, vdc_snapshot_type_values, VDC_REQUIRED | VDC_LISTED,
		   .path = "snapshot_type", .older = "type", .preset = "regular",
		   .help = "what it is there for"),
	VDC_F_ENUM(status, vdc_snapshot_status_values, VDC_REQUIRED | VDC_LISTED,
		   .path = "snapshot_status", .preset = "ok", .help = "ok, locked or in_preview"),
	VDC_F_BOOL(memory, VDC_REQUIRED, .path = "persist_memorystate", .preset = "false",
		   .help = "holds the memory of the VM too"),
	VDC_F_WORDS(disks, "disk@id", 0, .help = "disks that it covers"),
	VDC_F_UUID(parent, 0, .path = "parent@id", .help = "snapshot that it builds on"),
};

const struct vdc_kind vdc_snapshot_kind =
	VDC_KIND("snapshot", "snapshots", "snapshot", "a snapshot of a virtual machine");
