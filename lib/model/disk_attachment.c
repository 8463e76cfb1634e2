/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/disk_attachment.h"

#include "model/disk.h"
#include "model/fields.h"
#include "model/vm.h"

const struct vdc_enum vdc_disk_interface_values = {
	.name = "disk interface",
	VDC_WORD_LIST("virtio", "virtio_scsi", "ide", "sata", "spapr_vscsi", "other"),
	VDC_ALIASES("scsi=virtio_scsi"),
};

/*
 * The API gives an attachment the id of its disk, which two VMs may share: it is not read. What an
 * attachment is called follows from VM and disk.
 */
#define NOUN struct vdc_disk_attachment
static const struct vdc_field fields[] = {
	VDC_F(id, VDC_UUID, VDC_REQUIRED, .path = "@uuid", .help = "UUID"),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART, .title = "VM",
		  .help = "virtual machine that has it"),
	VDC_F_REF(disk, vdc_disk_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART,
		  .help = "disk that it has"),
	VDC_F_TEXT(target, VDC_LISTED, .help = "device that libvirt knows it by: vda, sdb"),
	VDC_F_ENUM(interface, vdc_disk_interface_values, VDC_LISTED,
		   .help = "how the guest sees it"),
	VDC_F_BOOL(bootable, VDC_REQUIRED, .preset = "false", .help = "the guest boots from it"),
	VDC_F_BOOL(active, VDC_REQUIRED, .preset = "true", .help = "the guest sees it"),
	VDC_F_BOOL(read_only, VDC_REQUIRED, .preset = "false", .help = "the guest cannot write it"),
	VDC_F_TEXT(logical_name, VDC_OBSERVED, .help = "device inside of the guest"),
};

const struct vdc_kind vdc_disk_attachment_kind = VDC_KIND(
	"disk_attachment", "disk_attachments", "disk-attachment", "a disk of a virtual machine");
