/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network interface of a virtual machine. */
#pragma once

#include "model/kind.h"

struct vdc_vm_nic {
	char *id;
	struct vdc_ref vm;
	char *name;
	struct vdc_ref network;
	char *source;
	char *mac;
	char *interface;
	char *pci_address;
	int64_t pass_through;
	int64_t plugged;
	int64_t linked;
};

extern const struct vdc_kind vdc_vm_nic_kind;
