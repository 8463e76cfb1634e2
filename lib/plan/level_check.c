/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/level_check.h"

#include <string.h>

#include "model/snapshot.h"
#include "model/vm_nic.h"
#include "plan/level_check_part.h"
#include "plan/level_vm.h"

#define CODE(name, severity_, advice_) \
	[name] = { .code = #name, .severity = VDC_FINDING_##severity_, .advice = (advice_) }

const struct vdc_finding_code vdc_level_codes[] = {
	CODE(HOST_LEVEL_TOO_LOW, ERROR,
	     "upgrade the host, or move it to another cluster; every host must run the level"),
	CODE(HOST_UNREACHABLE, ERROR,
	     "bring it up and sync it, or remove it: a host counts in any status"),
	CODE(HOST_CPU_TYPE, ERROR,
	     "change the cluster's CPU type to one that all hosts offer, or move the host"),
	CODE(HOST_MACHINE_TYPE, ERROR, "upgrade QEMU on the host, or move it to another cluster"),
	CODE(CLUSTER_WITHOUT_HOSTS, WARNING, "nothing shows that hosts can run the level"),
	CODE(CLUSTER_BELOW, ERROR,
	     "raise the cluster first: a data centre is at most at the level of its lowest cluster"),
	CODE(LEVEL_MACHINE_REMOVED, ERROR,
	     "raise the cluster to a level whose machine types that QEMU still offers"),
	CODE(LEVEL_DROPS_FEATURES, WARNING,
	     "see that nothing uses them before you raise the level"),
	CODE(VM_PREVIEW, ERROR, "commit or undo the preview of its snapshot"),
	CODE(VM_SUSPENDED, WARNING,
	     "resume and shut it down: until then it keeps the old level, as the saved memory does"),
	CODE(VM_SUSPENDED_BELOW, ERROR, "resume and shut it down, then start it at the new level"),
	CODE(VM_SNAPSHOT_MEMORY, WARNING,
	     "its memory fits the old level only; remove the snapshot, or restore it without memory"),
	CODE(VM_PENDING, INFO, "shut it down and start it when that suits: a reboot is not enough"),
	CODE(VM_OWN_LEVEL, INFO,
	     "remove custom_compatibility_version to let it follow its cluster"),
	CODE(VM_OWN_LEVEL_NOT_RUN, WARNING, "change custom_compatibility_version"),
	CODE(VM_BELOW_DATA_CENTER, WARNING,
	     "remove custom_compatibility_version, or keep the VM from what the level brings"),
	CODE(VM_COMPATIBILITY_MODE, INFO,
	     "upgrade it with compat-level vm upgrade; a cold boot does not end the mode"),
	CODE(VM_CLAMPED, WARNING, "see that the VM can do with less"),
	CODE(VM_CANNOT_FOLLOW, WARNING,
	     "it keeps the old level as its own; change its chipset, and remove that level then"),
	CODE(VM_MACHINE_TYPE, WARNING, "it cannot run on that host; change its machine type"),
	CODE(VM_MACHINE_REMOVED, ERROR,
	     "give it a newer machine type and cold-boot it before a host of its cluster is upgraded"),
	CODE(VM_NIC_RENUMBERED, WARNING,
	     "give one VM the level first (compat-level vm set VM --level LEVEL), restart it and check "
	     "its network; if it fails, pin its type (--machine current) before you raise the cluster"),
	CODE(VM_DISPLAY, WARNING, "see that its guest has a driver for the new display"),
	CODE(VM_DISPLAY_BOCHS, INFO, "set display_type to keep another one"),
	CODE(DC_STORAGE_FORMAT, WARNING, "there is no way back: have a backup of what it holds"),
	CODE(DOMAIN_STORAGE_FORMAT, WARNING,
	     "the storage pool manager upgrades it; older hosts cannot use it afterwards"),
	CODE(DOMAIN_NOT_ACTIVE, WARNING, "activate it first: its format changes once it is active"),
	CODE(DOMAIN_FORMAT_TOO_NEW, ERROR,
	     "formats never go down: move its disks away and detach it, or choose a higher level"),
	{ 0 },
};

const struct vdc_kind *const vdc_level_check_kinds[] = {
	&vdc_data_center_kind, &vdc_cluster_kind, &vdc_host_kind,     &vdc_storage_domain_kind,
	&vdc_vm_kind,	       &vdc_vm_nic_kind,  &vdc_snapshot_kind, NULL,
};

#define FOUND(code, kind, object, ...) \
	vdc_findings_add(findings, &vdc_level_codes[code], kind, object, __VA_ARGS__)

static void check_clusters(const struct level_case *c, struct vdc_findings *findings)
{
	struct vdc_level to = c->question->to;

	for (size_t i = 0; i < c->state.n_clusters; i++) {
		const struct vdc_cluster *cluster = c->state.clusters[i].cluster;
		struct vdc_level at = cluster->version;

		if (!level_is_set(at))
			FOUND(CLUSTER_BELOW, &vdc_cluster_kind, cluster,
			      "cluster %s has no level, and %d.%d is wanted", cluster->name,
			      to.major, to.minor);
		else if (vdc_level_compare(at, to) < 0)
			FOUND(CLUSTER_BELOW, &vdc_cluster_kind, cluster,
			      "cluster %s is at level %d.%d, below %d.%d", cluster->name, at.major,
			      at.minor, to.major, to.minor);
	}
}

static const struct vdc_cluster_offer *offer_of(const struct level_case *c, const struct vdc_vm *vm)
{
	for (size_t i = 0; vm->cluster.id && i < c->state.n_clusters; i++)
		if (strcmp(c->state.clusters[i].cluster->id, vm->cluster.id) == 0)
			return &c->state.clusters[i];
	return NULL;
}

/* The storage changes under a VM that sleeps: it would wake up to a format that it does not know. */
static void check_vm(const struct level_case *c, const struct vdc_cluster *cluster,
		     const struct vdc_vm *vm, struct vdc_findings *findings)
{
	struct vdc_level own = vm->custom_compatibility_version, to = c->question->to;
	int running = vdc_plan_vm_level(c->family, cluster, vm).running;

	if (vm->status == VDC_VM_SUSPENDED && running >= 0 && running < c->to)
		FOUND(VM_SUSPENDED_BELOW, &vdc_vm_kind, vm, "VM %s is suspended at level %d.%d",
		      vm->name, c->family->levels[running].level.major,
		      c->family->levels[running].level.minor);
	if (level_is_set(own) && vdc_level_compare(own, to) < 0)
		FOUND(VM_BELOW_DATA_CENTER, &vdc_vm_kind, vm,
		      "VM %s has level %d.%d of its own, below %d.%d of the data centre", vm->name,
		      own.major, own.minor, to.major, to.minor);
}

static void check_domain(const struct level_case *c, const struct vdc_storage_domain *domain,
			 struct vdc_findings *findings)
{
	int64_t format = c->family->levels[c->to].storage_format;
	const char *now = vdc_enum_word(&vdc_storage_format_values, domain->storage_format);
	const char *then = vdc_enum_word(&vdc_storage_format_values, format);

	if (!level_domain_differs(c, domain))
		return;
	if (domain->storage_format > format) {
		FOUND(DOMAIN_FORMAT_TOO_NEW, &vdc_storage_domain_kind, domain,
		      "storage domain %s has format %s, newer than %s of the level", domain->name,
		      now, then);
		return;
	}
	FOUND(DOMAIN_STORAGE_FORMAT, &vdc_storage_domain_kind, domain,
	      "the format of storage domain %s changes from %s to %s", domain->name, now, then);
	if (domain->status != VDC_STORAGE_DOMAIN_ACTIVE)
		FOUND(DOMAIN_NOT_ACTIVE, &vdc_storage_domain_kind, domain,
		      "storage domain %s is not active", domain->name);
}

static void check_data_center(const struct level_case *c, struct vdc_findings *findings)
{
	const struct vdc_data_center *dc = c->question->data_center;
	int64_t format = c->family->levels[c->to].storage_format;
	void *const *all;
	size_t n;

	check_clusters(c, findings);
	if (format > 0 && dc->storage_format > 0 && dc->storage_format < format)
		FOUND(DC_STORAGE_FORMAT, &vdc_data_center_kind, dc,
		      "the storage format of data centre %s changes from %s to %s", dc->name,
		      vdc_enum_word(&vdc_storage_format_values, dc->storage_format),
		      vdc_enum_word(&vdc_storage_format_values, format));
	n = vdc_world_all(c->question->world, &vdc_storage_domain_kind, &all);
	for (size_t i = 0; i < n; i++)
		check_domain(c, all[i], findings);
	n = vdc_world_all(c->question->world, &vdc_vm_kind, &all);
	for (size_t i = 0; i < n; i++) {
		const struct vdc_cluster_offer *offer = offer_of(c, all[i]);

		if (offer)
			check_vm(c, offer->cluster, all[i], findings);
	}
}

int vdc_plan_level_check(const struct vdc_level_question *question, struct vdc_findings *findings,
			 struct vdc_err *err)
{
	struct level_case c;
	int r = level_case_open(question, true, findings->arena, &c, err);

	if (r)
		return r;
	if (c.cluster) {
		level_check_hosts(&c, findings);
		level_check_vms(&c, findings);
		level_check_machines(&c, findings);
	} else {
		check_data_center(&c, findings);
	}
	level_case_close(&c);
	return 0;
}
