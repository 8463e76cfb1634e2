/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* That a virtual machine has a disk. */
#pragma once

#include "model/kind.h"

enum vdc_disk_interface {
	VDC_INTERFACE_VIRTIO = 1,
	VDC_INTERFACE_VIRTIO_SCSI,
	VDC_INTERFACE_IDE,
	VDC_INTERFACE_SATA,
	VDC_INTERFACE_SPAPR_VSCSI,
	VDC_INTERFACE_OTHER,
};

struct vdc_disk_attachment {
	char *id;
	struct vdc_ref vm;
	struct vdc_ref disk;
	char *target;
	int64_t interface; /* enum vdc_disk_interface */
	int64_t bootable;
	int64_t active;
	int64_t read_only;
	char *logical_name;
};

extern const struct vdc_kind vdc_disk_attachment_kind;
extern const struct vdc_enum vdc_disk_interface_values;
