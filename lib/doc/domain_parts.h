/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices in domain XML, for doc/domain.c. DEVICES may be NULL. */
#pragma once

#include "base/node.h"
#include "doc/domain.h"

const struct vdc_domain_disk *vdc_domain_disks(const struct vdc_node *devices,
					       struct vdc_arena *arena, size_t *n);
const struct vdc_domain_nic *vdc_domain_nics(const struct vdc_node *devices,
					     struct vdc_arena *arena, size_t *n);

/* Devices of the host that were given to it, as words in the spelling of libvirt's node devices
 * (pci_0000_3b_00_0, sriov_0000_3b_02_1 for a network card's virtual function); NULL for none. */
char *vdc_domain_host_devices(const struct vdc_node *devices, struct vdc_arena *arena);
