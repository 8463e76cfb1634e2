/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/cluster.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "model/network.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/volume.h"

/* A kind stands after all that it refers to: an import of what was written finds them there. */
const struct vdc_kind *const vdc_kinds[] = {
	&vdc_data_center_kind,
	&vdc_network_kind,
	&vdc_cluster_kind,
	&vdc_host_kind,
	&vdc_fence_agent_kind,
	&vdc_storage_domain_kind,
	&vdc_vm_kind,
	&vdc_snapshot_kind,
	&vdc_disk_kind,
	&vdc_volume_kind,
};

const size_t vdc_n_kinds = VDC_COUNT(vdc_kinds);
