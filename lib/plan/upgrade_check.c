/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_check.h"

#include <inttypes.h>
#include <string.h>

#include "model/storage_domain.h"
#include "plan/drain.h"
#include "plan/upgrade_policy.h"

enum code {
	VM_SUSPENDED,
	VM_CPU_PINNED,
	VM_NUMA_PINNED,
	VM_NOT_MIGRATABLE,
	VM_PCI_PASSTHROUGH,
	VM_HOSTED_ENGINE,
	HOST_OS_UNREADABLE,
	HOST_OS_OLDER,
	HOST_NON_RESPONSIVE,
	HOST_AWAY,
	VM_BLOCKS_DRAIN,
	VM_MIGRATING,
	VM_STOPPED_BY_DRAIN,
	VM_MACHINE_REMOVED,
	UPGRADE_RUNNING,
	NO_HOST_TO_UPGRADE,
	NO_PLAN,
	NO_RESERVE,
	STORAGE_DOMAIN_NOT_ACTIVE,
};

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_upgrade_codes[] = {
	CODE(VM_SUSPENDED, ERROR,
	     "resume it or shut it down: a saved state may not be restored by another version"),
	CODE(VM_CPU_PINNED, ERROR, "remove its cpu_pinning for the time of the upgrade"),
	CODE(VM_NUMA_PINNED, ERROR, "remove its numa_pinning for the time of the upgrade"),
	CODE(VM_NOT_MIGRATABLE, ERROR, "set its affinity to migratable"),
	CODE(VM_PCI_PASSTHROUGH, ERROR, "remove its host_devices for the time of the upgrade"),
	CODE(VM_HOSTED_ENGINE, ERROR,
	     "move the engine's VM out of the cluster: upgrading below it is not supported"),
	CODE(HOST_OS_UNREADABLE, ERROR,
	     "sync the host; see os_type, os_version of inventory show host"),
	CODE(HOST_OS_OLDER, ERROR, "upgrade the host, or take it out of the cluster"),
	CODE(HOST_NON_RESPONSIVE, ERROR,
	     "bring the host back, or fence it and take it out of the upgrade (--hosts)"),
	CODE(HOST_AWAY, WARNING, "it counts among the hosts that may be away at once"),
	CODE(VM_BLOCKS_DRAIN, ERROR,
	     "remove what binds it to its host, stop it, or set its eviction_strategy to "
	     "live_migrate_if_possible, so that it is shut down"),
	CODE(VM_MIGRATING, WARNING, "its migration is waited for"),
	CODE(VM_STOPPED_BY_DRAIN, WARNING, "set its eviction_strategy if it is to be moved"),
	CODE(VM_MACHINE_REMOVED, ERROR,
	     "stop it and give it a newer machine type (compat-level vm set --machine)"),
	CODE(UPGRADE_RUNNING, ERROR, "wait until it has ended; see events list cluster NAME"),
	CODE(NO_HOST_TO_UPGRADE, ERROR, "name hosts with --hosts, or take all with --all"),
	CODE(NO_PLAN, ERROR, "stop VMs, add a host, or raise the ceiling"),
	CODE(NO_RESERVE, WARNING,
	     "add a host or stop VMs, or accept that the next failure stops VMs"),
	CODE(STORAGE_DOMAIN_NOT_ACTIVE, ERROR, "activate it: VMs cannot move without their disks"),
	{ 0 },
};

#define FOUND(findings, code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_upgrade_codes[code], &(kind), object, __VA_ARGS__)

static bool given(const char *text)
{
	return text && *text;
}

static bool is_in(const struct vdc_ref *ref, const struct vdc_cluster *cluster)
{
	return ref->id && strcmp(ref->id, cluster->id) == 0;
}

static void check_vm_for_policy(const struct vdc_vm *vm, struct vdc_findings *findings)
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
			check_vm_for_policy(vm, findings);
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

static void check_storage(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const char *data_center = q->snapshot->cluster->data_center.id;
	void *const *all;
	size_t n = vdc_world_all(q->world, &vdc_storage_domain_kind, &all);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_storage_domain *domain = all[i];

		if (!data_center || !domain->data_center.id ||
		    strcmp(domain->data_center.id, data_center) != 0 ||
		    domain->type != VDC_STORAGE_DOMAIN_DATA || domain->status == VDC_UNSET ||
		    domain->status == VDC_STORAGE_DOMAIN_ACTIVE ||
		    domain->status == VDC_STORAGE_DOMAIN_MAINTENANCE)
			continue;
		FOUND(findings, STORAGE_DOMAIN_NOT_ACTIVE, vdc_storage_domain_kind, domain,
		      "storage domain %s is %s", domain->name,
		      vdc_enum_word(&vdc_storage_domain_status_values, domain->status));
	}
}

static void check_plan(const struct vdc_upgrade_question *q, struct vdc_findings *findings)
{
	const struct vdc_upgrade_snapshot *s = q->snapshot;
	struct vdc_upgrade_plan plan;
	struct vdc_err err = { 0 };
	uint32_t selected = 0;

	for (uint32_t h = 0; h < s->input.n_hosts; h++)
		selected += s->input.hosts[h].selected;
	if (selected == 0) {
		FOUND(findings, NO_HOST_TO_UPGRADE, vdc_cluster_kind, s->cluster,
		      "no host of cluster %s is known to have an update", s->cluster->name);
		return;
	}
	if (vdc_plan_upgrade(&s->input, findings->arena, &plan, &err)) {
		FOUND(findings, NO_PLAN, vdc_cluster_kind, s->cluster, "%s", vdc_err_text(&err));
		return;
	}
	for (uint32_t w = 0; w < plan.n_waves; w++)
		if (!plan.waves[w].reserve) {
			FOUND(findings, NO_RESERVE, vdc_cluster_kind, s->cluster,
			      "while host %s is away the cluster cannot lose %" PRIu32 " more",
			      s->hosts[plan.waves[w].hosts[0]]->name, s->input.ha_reserve);
			return;
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
	check_vms(q, findings);
	check_storage(q, findings);
	check_plan(q, findings);
}
