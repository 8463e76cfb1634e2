/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/cluster.h"
#include "model/host.h"
#include "model/storage_domain.h"
#include "model/vm.h"
#include "plan/inventory_check_part.h"

static bool is_off(const struct vdc_vm *vm)
{
	return vm->status == VDC_VM_DOWN || vm->status == VDC_VM_SUSPENDED ||
	       vm->status == VDC_VM_IMAGE_LOCKED || vm->status == VDC_VM_IMAGE_ILLEGAL ||
	       vm->status == VDC_VM_UNASSIGNED;
}

static bool host_is_off(const struct vdc_host *host)
{
	return host->status == VDC_HOST_DOWN || host->status == VDC_HOST_MAINTENANCE ||
	       host->status == VDC_HOST_INSTALLING_OS || host->status == VDC_HOST_INSTALL_FAILED;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += len) {
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	}
	return false;
}

#define FOUND(code, ...) \
	vdc_findings_add(findings, &vdc_inventory_codes[code], &vdc_vm_kind, vm, __VA_ARGS__)

static void check_place(const struct vdc_world *world, const struct vdc_vm *vm,
			struct vdc_findings *findings)
{
	const struct vdc_host *host = vdc_world_find(world, &vdc_host_kind, vm->host.id);
	const char *status = vdc_enum_word(&vdc_vm_status_values, vm->status);

	if (!host) {
		if (!is_off(vm))
			FOUND(VM_WITHOUT_HOST, "VM %s is %s, but on no host", vm->name, status);
		return;
	}
	if (vm->status == VDC_VM_DOWN)
		FOUND(VM_DOWN_ON_HOST, "VM %s is down, but host %s is said to run it", vm->name,
		      host->name);
	else if (host_is_off(host) && !is_off(vm))
		FOUND(VM_ON_DEAD_HOST, "VM %s is %s on host %s, which is %s", vm->name, status,
		      host->name, vdc_enum_word(&vdc_host_status_values, host->status));
	if (host->cluster.id && vm->cluster.id && strcmp(host->cluster.id, vm->cluster.id) != 0)
		FOUND(VM_IN_OTHER_CLUSTER, "VM %s runs on host %s of another cluster", vm->name,
		      host->name);
	if (vm->pinned_hosts && *vm->pinned_hosts && !has_word(vm->pinned_hosts, host->id))
		FOUND(VM_PINNED_ELSEWHERE, "VM %s runs on host %s, which is not one of its hosts",
		      vm->name, host->name);
}

static void check_availability(const struct vdc_world *world, const struct vdc_vm *vm,
			       struct vdc_findings *findings)
{
	const struct vdc_storage_domain *lease =
		vdc_world_find(world, &vdc_storage_domain_kind, vm->lease_storage_domain.id);

	if (vdc_is_true(vm->high_availability) && vm->pinned_hosts && *vm->pinned_hosts &&
	    !strchr(vm->pinned_hosts, ' '))
		FOUND(VM_HA_BUT_PINNED, "VM %s is highly available, but may run on one host only",
		      vm->name);
	if (lease && lease->type != VDC_STORAGE_DOMAIN_DATA)
		FOUND(VM_LEASE_DOMAIN_NOT_DATA,
		      "the lease of VM %s is on %s, which is no data domain", vm->name,
		      lease->name);
}

void check_vms(const struct vdc_world *world, struct vdc_findings *findings)
{
	void *const *vms;
	size_t n = vdc_world_all(world, &vdc_vm_kind, &vms);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_vm *vm = vms[i];

		check_place(world, vm, findings);
		check_availability(world, vm, findings);
		if (vm->lost_since != VDC_UNSET)
			FOUND(VM_LOST, "VM %s was on a host once, and no host shows it any more",
			      vm->name);
	}
}
