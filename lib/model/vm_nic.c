/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/vm_nic.h"

#include "model/fields.h"
#include "model/network.h"
#include "model/vm.h"

#define NOUN struct vdc_vm_nic
static const struct vdc_field fields[] = {
	VDC_F_ID(),
	VDC_F_REF(vm, vdc_vm_kind, VDC_REQUIRED | VDC_KEY | VDC_LISTED | VDC_PART, .title = "VM",
		  .help = "virtual machine that it is in"),
	VDC_F_TEXT(name, VDC_REQUIRED | VDC_KEY | VDC_LISTED, .help = "unique in its VM"),
	VDC_F_REF(network, vdc_network_kind, VDC_LISTED, .help = "network that it is in"),
	VDC_F_TEXT(source, VDC_OBSERVED, .help = "bridge or libvirt network that it is plugged to"),
	VDC_F_TEXT(mac, VDC_LISTED, .path = "mac/address", .older = "mac@address", .title = "MAC",
		   .help = "hardware address"),
	VDC_F_TEXT(interface, VDC_LISTED, .help = "model: virtio, e1000, ..."),
	VDC_F_TEXT(pci_address, VDC_OBSERVED, .help = "its place on the guest's PCI bus"),
	VDC_F_BOOL(pass_through, VDC_REQUIRED, .preset = "false",
		   .help = "a device of the host (SR-IOV)"),
	VDC_F_BOOL(plugged, VDC_REQUIRED, .preset = "true", .help = "the guest sees it"),
	VDC_F_BOOL(linked, VDC_REQUIRED, .preset = "true", .help = "its link is up"),
};

const struct vdc_kind vdc_vm_nic_kind =
	VDC_KIND("nic", "nics", "nic", "a network interface of a virtual machine");
