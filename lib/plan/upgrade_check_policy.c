/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked before the in-cluster upgrade policy is set, and before it is left. */
#include <inttypes.h>
#include <string.h>

#include "plan/upgrade_check_part.h"
#include "plan/upgrade_policy.h"

static bool given(const char *text)
{
	return text && *text;
}

static bool is_in(const struct vdc_ref *ref, const struct vdc_cluster *cluster)
{
	return ref->id && strcmp(ref->id, cluster->id) == 0;
}

void vdc_plan_upgrade_policy_check_vm(const struct vdc_vm *vm, struct vdc_findings *findings)
{
	if (vm->status == VDC_VM_SUSPENDED)
		FOUND(findings, VM_SUSPENDED, vdc_vm_kind, vm, "VM %s is suspended", vm->name);
	if (given(vm->cpu_pinning) ||
	    (vm->cpu_pinning_policy > VDC_PINNING_NONE && vm->cpu_pinning_policy != VDC_UNSET))
		FOUND(findings, VM_CPU_PINNED, vdc_vm_kind, vm,
		      "VM %s is bound to CPUs of its host", vm->name);
	if (given(vm->numa_pinning))
		FOUND(findings, VM_NUMA_PINNED, vdc_vm_kind, vm,
		      "VM %s is bound to NUMA nodes of its host", vm->name);
	if (vm->affinity == VDC_VM_PINNED || vm->affinity == VDC_VM_USER_MIGRATABLE)
		FOUND(findings, VM_NOT_MIGRATABLE, vdc_vm_kind, vm,
		      "VM %s may not be migrated freely", vm->name);
	if (given(vm->host_devices))
		FOUND(findings, VM_PCI_PASSTHROUGH, vdc_vm_kind, vm,
		      "VM %s has devices of its host: %s", vm->name, vm->host_devices);
	if (vm->origin && (strcmp(vm->origin, "hosted_engine") == 0 ||
			   strcmp(vm->origin, "managed_hosted_engine") == 0))
		FOUND(findings, VM_HOSTED_ENGINE, vdc_vm_kind, vm,
		      "VM %s runs the engine that manages the cluster", vm->name);
}

void vdc_plan_upgrade_policy_check(const struct vdc_world *world, const struct vdc_cluster *cluster,
				   struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_host_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];
		struct vdc_os os = vdc_os_of_host(host);

		if (is_in(&host->cluster, cluster) && !vdc_os_readable(&os))
			FOUND(findings, HOST_OS_UNREADABLE, vdc_host_kind, host,
			      "the operating system of host %s is unknown", host->name);
	}
	n = vdc_world_all(world, &vdc_vm_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = all[i];

		if (is_in(&vm->cluster, cluster))
			vdc_plan_upgrade_policy_check_vm(vm, findings);
	}
}

/* The newest of HOST's family in the cluster. */
static struct vdc_os newest_like(const struct vdc_world *world, const struct vdc_cluster *cluster,
				 struct vdc_os os)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_host_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];
		struct vdc_os other = vdc_os_of_host(host);

		if (is_in(&host->cluster, cluster) && vdc_os_compare(&other, &os) == VDC_OS_NEWER)
			os = other;
	}
	return os;
}

void vdc_plan_upgrade_policy_done(const struct vdc_world *world, const struct vdc_cluster *cluster,
				  struct vdc_findings *findings)
{
	void *const *all;
	size_t n = vdc_world_all(world, &vdc_host_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_host *host = all[i];
		struct vdc_os os = vdc_os_of_host(host), newest;

		if (!is_in(&host->cluster, cluster))
			continue;
		if (!vdc_os_readable(&os)) {
			FOUND(findings, HOST_OS_UNREADABLE, vdc_host_kind, host,
			      "the operating system of host %s is unknown", host->name);
			continue;
		}
		newest = newest_like(world, cluster, os);
		if (newest.platform != os.platform)
			FOUND(findings, HOST_OS_OLDER, vdc_host_kind, host,
			      "host %s runs %s %" PRId64 ", others of the cluster %" PRId64,
			      host->name, os.family, os.platform, newest.platform);
	}
}
