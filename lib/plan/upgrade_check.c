/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/data_center.h"
#include "model/domain_reach.h"
#include "model/host_network.h"
#include "model/network.h"
#include "model/snapshot.h"
#include "model/storage_domain.h"
#include "model/vm_nic.h"
#include "plan/drain.h"
#include "plan/upgrade_check_part.h"

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_upgrade_codes[] = {
	CODE(VM_SUSPENDED, ERROR,
	     "resume it or shut it down: a saved state may not be restored by another version"),
	CODE(VM_CPU_PINNED, ERROR, "remove its cpu_pinning for the time of the upgrade"),
	CODE(VM_NUMA_PINNED, ERROR, "remove its numa_pinning for the time of the upgrade"),
	CODE(VM_NOT_MIGRATABLE, ERROR, "set its affinity to migratable"),
	CODE(VM_PCI_PASSTHROUGH, ERROR,
	     "take the devices out of its definition for the time of the upgrade, and shut it down: "
	     "check --fix does both; by hand virsh detach-device VM FILE --config, and sync its host"),
	CODE(VM_HOSTED_ENGINE, ERROR,
	     "move the engine's VM out of the cluster: upgrading below it is not supported"),
	CODE(HOST_OS_UNREADABLE, ERROR,
	     "sync the host; see os_type, os_version of inventory show host"),
	CODE(HOST_OS_OLDER, ERROR,
	     "upgrade the host (cluster-upgrade run CLUSTER --os-major --hosts HOST), or take it "
	     "out of the cluster"),
	CODE(HOST_NON_RESPONSIVE, ERROR,
	     "bring the host back (fence reboot HOST); or fence it (fence off HOST), and set it to "
	     "maintenance (host-maintenance enter HOST)"),
	CODE(HOST_AWAY, WARNING, "it counts among the hosts that may be away at once"),
	CODE(VM_BLOCKS_DRAIN, ERROR,
	     "remove what binds it to its host, stop it, or set its eviction_strategy to "
	     "live_migrate_if_possible, so that it is shut down"),
	CODE(VM_MIGRATING, WARNING, "its migration is waited for"),
	CODE(VM_STOPPED_BY_DRAIN, WARNING,
	     "if it is to be moved: inventory set vm VM eviction_strategy=live_migrate"),
	CODE(VM_MACHINE_REMOVED, ERROR,
	     "give it a newer machine type for its next start, and shut it down: check --fix does "
	     "both; in compatibility mode compat-level vm upgrade does"),
	CODE(UPGRADE_RUNNING, ERROR,
	     "see cluster-upgrade status CLUSTER; wait until it has ended, or abort it"),
	CODE(NO_HOST_TO_UPGRADE, ERROR, "name hosts with --hosts, or take all with --all"),
	CODE(NO_PLAN, ERROR,
	     "stop VMs or move them away (vm-migrate VM --cluster OTHER), bring hosts back "
	     "(host-maintenance leave HOST), or raise --memory-ceiling"),
	CODE(NO_RESERVE, WARNING,
	     "add a host or stop VMs, or accept that the next failure stops VMs "
	     "(cluster-upgrade run --accept-no-reserve)"),
	CODE(CPU_SHORT, ERROR,
	     "stop VMs or move them away (vm-migrate VM --cluster OTHER), bring hosts back, upgrade "
	     "when there is less to do, or accept it (cluster-upgrade run --accept-high-load)"),
	CODE(CPU_UNKNOWN, WARNING,
	     "inventory sync: nobody knows whether the other hosts have the CPUs"),
	CODE(STORAGE_DOMAIN_NOT_ACTIVE, ERROR,
	     "VMs cannot move without their disks: mend it; storage-health --recover makes it "
	     "active again"),
	CODE(STORAGE_DOMAIN_NOT_REACHED, ERROR,
	     "mend its path to the storage, or set the host to maintenance "
	     "(host-maintenance enter HOST): VMs would go there"),
	CODE(LEVEL_UNKNOWN, WARNING,
	     "give the cluster a level of the catalogue (compat-level show)"),
	{ 0 },
};

/* Those of the placement and those of the level's check. */
const struct vdc_kind *const vdc_upgrade_check_kinds[] = {
	&vdc_data_center_kind,
	&vdc_cluster_kind,
	&vdc_host_kind,
	&vdc_network_kind,
	&vdc_vm_kind,
	&vdc_host_network_kind,
	&vdc_vm_nic_kind,
	&vdc_snapshot_kind,
	&vdc_storage_domain_kind,
	&vdc_domain_reach_kind,
	NULL,
};

static void check_hosts(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_upgrade_input *in = &q->snapshot->input;

	for (uint32_t h = 0; h < in->n_hosts; h++) {
		const struct vdc_host *host = q->snapshot->hosts[h];

		if (host->status == VDC_HOST_UP)
			continue;
		if (host->status == VDC_HOST_NON_RESPONSIVE ||
		    host->status == VDC_HOST_CONNECTING || host->status == VDC_HOST_UNASSIGNED)
			FOUND(findings, HOST_NON_RESPONSIVE, vdc_host_kind, host,
			      "host %s does not answer: it is %s", host->name,
			      vdc_enum_word(&vdc_host_status_values, host->status));
		else
			FOUND(findings, HOST_AWAY, vdc_host_kind, host,
			      "host %s takes no VMs: it is %s", host->name,
			      vdc_enum_word(&vdc_host_status_values, host->status));
	}
}

static void check_vms(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_upgrade_snapshot *s = q->snapshot;

	for (size_t i = 0; i < s->n_blockers; i++)
		FOUND(findings, VM_BLOCKS_DRAIN, vdc_vm_kind, s->blockers[i].vm,
		      "VM %s blocks the drain of host %s: %s", s->blockers[i].vm->name,
		      s->blockers[i].host->name, s->blockers[i].reason);
	for (uint32_t v = 0; v < s->input.n_vms; v++) {
		const struct vdc_vm *vm = s->vms[v];
		const struct vdc_host *host = s->hosts[s->input.vms[v].host];
		struct vdc_drain_verdict verdict;

		if (vm->status == VDC_VM_MIGRATING)
			FOUND(findings, VM_MIGRATING, vdc_vm_kind, vm, "VM %s is being migrated",
			      vm->name);
		if (s->loses_machine[v])
			FOUND(findings, VM_MACHINE_REMOVED, vdc_vm_kind, vm,
			      "VM %s has the machine type %s, which the new QEMU does not offer",
			      vm->name, vm->running_machine_type ?: vm->machine_type);
		if (!s->input.hosts[s->input.vms[v].host].selected)
			continue;
		verdict = vdc_plan_drain(vm, s->cluster, findings->arena);
		if (verdict.drain == VDC_DRAIN_STOP || verdict.drain == VDC_DRAIN_RESTART)
			FOUND(findings, VM_STOPPED_BY_DRAIN, vdc_vm_kind, vm,
			      "VM %s is shut down when host %s is drained: %s", vm->name,
			      host->name, verdict.reason);
	}
}

/* Nobody but libvirt there knows which host has the memory of a VM that is suspended. */
static void check_memories(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(q->world, &vdc_vm_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = all[i];

		if (vm->status == VDC_VM_SUSPENDED && vm->cluster.id &&
		    strcmp(vm->cluster.id, q->snapshot->cluster->id) == 0)
			FOUND(findings, VM_SUSPENDED, vdc_vm_kind, vm,
			      "VM %s is suspended, and its memory may lie on the disk of a host "
			      "that gets a new image: resume it, or shut it down",
			      vm->name);
	}
}

void vdc_plan_upgrade_check(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_cluster *cluster = q->snapshot->cluster;

	if (vdc_is_true(cluster->upgrade_in_progress))
		FOUND(findings, UPGRADE_RUNNING, vdc_cluster_kind, cluster,
		      "an upgrade of cluster %s is under way", cluster->name);
	check_hosts(q, findings);
	if (q->os_major)
		vdc_plan_upgrade_policy_check(q->world, cluster, findings);
	else if (q->images)
		check_memories(q, findings);
	check_vms(q, findings);
	upgrade_check_storage(q, findings);
	upgrade_check_levels(q, findings);
	upgrade_check_room(q, findings);
}
