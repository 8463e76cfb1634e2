/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/affinity.h"
#include "model/fields.h"
#include "model/vm.h"

#define NOUN struct vdc_affinity_vm
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(affinity_group, vdc_affinity_group_kind,
		  VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART, .help = "affinity group"),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART, .title = "VM",
		  .help = "virtual machine in it"),
};

const struct vdc_kind vdc_affinity_vm_kind =
	VDC_KIND("affinity_vm", "affinity_vms", "affinity-vm", "a VM in an affinity group");
