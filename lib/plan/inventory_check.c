/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/inventory_check.h"

#include <stdlib.h>
#include <string.h>

#include "model/cluster.h"
#include "model/data_center.h"
#include "model/disk.h"
#include "model/fence_agent.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "model/volume.h"
#include "plan/inventory_check_part.h"
#include "plan/update_channel.h"

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_inventory_codes[] = {
	CODE(CLUSTER_WITHOUT_LEVEL, INFO, "set the cluster's version, or let compat-level do it"),
	CODE(DC_ABOVE_CLUSTER, ERROR,
	     "raise the cluster or lower the data centre; a data centre is at most at the level of "
	     "its lowest cluster"),
	CODE(DC_WITHOUT_MASTER, WARNING,
	     "one data domain has to be the master: it holds the lease of the storage pool manager"),
	CODE(DC_SEVERAL_MASTERS, ERROR, "only one data domain may be the master; set the others"),
	CODE(HOST_UNREACHABLE_BY_NAME, ERROR, "set address or libvirt_uri"),
	CODE(HOST_SAME_ADDRESS, ERROR, "one of them is wrong, or it is one host entered twice"),
	CODE(HOST_SAME_HARDWARE, ERROR,
	     "one host entered twice, or a firmware that gives every machine the same UUID; libvirt "
	     "refuses to migrate between them (host_uuid in libvirtd.conf)"),
	CODE(HOST_SAME_SPM_ID, ERROR,
	     "two hosts with one id would steal each other's leases; give one of them a new spm_id"),
	CODE(HOST_PM_WITHOUT_AGENT, WARNING, "add a fence-agent, or set pm_enabled=false"),
	CODE(FENCE_AGENT_WITHOUT_SECRET, WARNING,
	     "set password to a reference such as file:/etc/vdc/secrets/NAME"),
	CODE(VM_WITHOUT_HOST, ERROR, "sync the hosts of its cluster"),
	CODE(VM_DOWN_ON_HOST, WARNING, "sync that host"),
	CODE(VM_ON_DEAD_HOST, ERROR, "sync that host, or see what became of it"),
	CODE(VM_IN_OTHER_CLUSTER, ERROR, "set the VM's cluster to that of its host"),
	CODE(VM_LOST, WARNING, "look for it on the hosts; remove it here if it was deleted"),
	CODE(VM_PINNED_ELSEWHERE, ERROR,
	     "it runs where it may not: move it, or change pinned_hosts"),
	CODE(VM_HA_BUT_PINNED, WARNING, "high availability needs a second host that it may run on"),
	CODE(VM_LEASE_DOMAIN_NOT_DATA, ERROR, "a lease lies on a data domain of its data centre"),
	CODE(DISK_SEVERAL_LEAVES, ERROR, "a chain has one end; see image-discrepancies"),
	CODE(DISK_WITHOUT_LEAF, ERROR,
	     "its volumes name each other as parents; see "
	     "image-discrepancies"),
	CODE(DISK_LOST, WARNING, "no VM shows it any more; remove it here if it was deleted"),
	CODE(VOLUME_PARENT_MISSING, ERROR, "the chain is broken, or the volume was never imported"),
	CODE(VOLUME_PARENT_OF_OTHER_DISK, ERROR, "parents are of the same disk or of a template"),
	{ 0 },
};

const struct vdc_kind *const vdc_inventory_check_kinds[] = {
	&vdc_data_center_kind,
	&vdc_cluster_kind,
	&vdc_host_kind,
	&vdc_fence_agent_kind,
	&vdc_storage_domain_kind,
	&vdc_vm_kind,
	&vdc_disk_kind,
	&vdc_volume_kind,
	&vdc_channel_release_kind,
	NULL,
};

struct keyed {
	const char *key;
	void *object;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct keyed *)a)->key, ((const struct keyed *)b)->key);
}

size_t sorted_by(const struct vdc_world *world, const struct vdc_kind *kind, text_key *key,
		 struct vdc_arena *arena, void ***ret)
{
	void *const *objects;
	size_t all = vdc_world_all(world, kind, &objects), n = 0;
	struct keyed *sorted = vdc_arena_alloc(arena, (all + 1) * sizeof(*sorted));

	for (size_t i = 0; i < all; i++) {
		const char *text = key(objects[i]);

		if (text)
			sorted[n++] = (struct keyed){ text, objects[i] };
	}
	qsort(sorted, n, sizeof(*sorted), by_key);
	*ret = vdc_arena_alloc(arena, (n + 1) * sizeof(**ret));
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = sorted[i].object;
	return n;
}

void vdc_plan_check_inventory(const struct vdc_world *world, struct vdc_findings *findings)
{
	check_data_centers(world, findings);
	check_hosts(world, findings);
	check_vms(world, findings);
	check_disks(world, findings);
	vdc_plan_channels_check(world, findings);
}
