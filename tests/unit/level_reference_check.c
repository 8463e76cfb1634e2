/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings, by the reference. */
#include <string.h>
#include <strings.h>

#include "level_reference_part.h"

struct found {
	const struct test_world *w;
	const char **texts;
	size_t n, most;
};

static void add(struct found *found, const char *code, const char *id)
{
	if (found->n < found->most)
		found->texts[found->n++] = vdc_arena_format(found->w->arena, "%s:%s", code, id);
}

static bool removed(const struct vdc_level_family *family, const struct vdc_cluster *cluster,
		    const char *machine, uint64_t qemu)
{
	for (size_t i = 0; machine && i < family->n_removals; i++)
		if (ref_same(family->removals[i].machine, machine) &&
		    ref_same(family->removals[i].architecture, cluster->cpu_architecture) &&
		    qemu >= family->removals[i].qemu)
			return true;
	return false;
}

static void find_hosts(struct found *found, const struct vdc_level_question *question)
{
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_family *family = ref_family(found->w, cluster);
	size_t to = (size_t)(ref_entry_of(family, question->to) - family->levels), count = 0;

	EACH(vdc_host, host, found->w, vdc_host_kind, n, all)
	{
		if (!ref_same(host->cluster.id, cluster->id))
			continue;
		count++;
		if (!ref_host_counts(host))
			add(found, "HOST_UNREACHABLE", host->id);
		if (!ref_host_can(family, host, to))
			add(found, "HOST_LEVEL_TOO_LOW", host->id);
	}
	if (!count)
		add(found, "CLUSTER_WITHOUT_HOSTS", cluster->id);
	for (size_t i = 0; i < family->n_features; i++)
		if (ref_feature(family, ref_entry_of(family, cluster->version),
				family->features[i].name, cluster) &&
		    !ref_feature(family, &family->levels[to], family->features[i].name, cluster)) {
			add(found, "LEVEL_DROPS_FEATURES", cluster->id);
			break;
		}
}

static bool has_part(const struct test_world *w, const struct vdc_vm *vm, const char *what)
{
	EACH(vdc_vm_nic, nic, w, vdc_vm_nic_kind, n, all)
	if (ref_same(nic->vm.id, vm->id) && ref_same(nic->interface, what))
		return true;
	EACH(vdc_snapshot, snapshot, w, vdc_snapshot_kind, n2, all2)
	if (ref_same(snapshot->vm.id, vm->id) &&
	    ((ref_same(what, "memory") && snapshot->memory == 1) ||
	     (ref_same(what, "preview") && (snapshot->type == VDC_SNAPSHOT_PREVIEW ||
					    snapshot->status == VDC_SNAPSHOT_IN_PREVIEW))))
		return true;
	return false;
}

static void find_own(struct found *found, const struct vdc_level_question *question,
		     const struct vdc_vm *vm)
{
	const struct vdc_level_family *family = ref_family(found->w, question->cluster);
	struct vdc_level own = vm->custom_compatibility_version;

	if (vm->compatibility_mode == 1)
		add(found, "VM_COMPATIBILITY_MODE", vm->id);
	if (own.major < 0 || (vm->origin && strcasecmp(vm->origin, "external") == 0))
		return;
	add(found, "VM_OWN_LEVEL", vm->id);
	if (!ref_has_level(family, own) ||
	    !ref_all_hosts_run(found->w, question->cluster,
			       (size_t)(ref_entry_of(family, own) - family->levels)))
		add(found, "VM_OWN_LEVEL_NOT_RUN", vm->id);
}

static void find_follower(struct found *found, const struct vdc_level_question *question,
			  const struct vdc_vm *vm, const struct vdc_vm *after)
{
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_family *family = ref_family(found->w, cluster);
	const struct vdc_level_entry *at = ref_entry_of(family, cluster->version),
				     *to = ref_entry_of(family, question->to);
	bool pinned = vm->custom_emulated_machine;

	if (ref_is_held(vm))
		add(found, vm->status == VDC_VM_SUSPENDED ? "VM_SUSPENDED" : "VM_PENDING", vm->id);
	if (!pinned && has_part(found->w, vm, "memory"))
		add(found, "VM_SNAPSHOT_MEMORY", vm->id);
	if (after->vcpus != vm->vcpus || after->cpu_sockets != vm->cpu_sockets ||
	    after->cpu_cores != vm->cpu_cores || after->cpu_threads != vm->cpu_threads ||
	    after->memory != vm->memory || after->memory_max != vm->memory_max ||
	    after->memory_guaranteed != vm->memory_guaranteed)
		add(found, "VM_CLAMPED", vm->id);
	if (!pinned && has_part(found->w, vm, "virtio") &&
	    ref_feature(family, to, "virtio_nic_renumbering", cluster) &&
	    !ref_feature(family, at, "virtio_nic_renumbering", cluster))
		add(found, "VM_NIC_RENUMBERED", vm->id);
	if (vm->display_type && !ref_same(after->display_type, vm->display_type))
		add(found, "VM_DISPLAY", vm->id);
	if (!vm->display_type && vm->type == VDC_VM_SERVER && ref_is_uefi(cluster, vm) &&
	    ref_feature(family, to, "bochs_display", cluster) &&
	    !ref_feature(family, at, "bochs_display", cluster))
		add(found, "VM_DISPLAY_BOCHS", vm->id);
}

static void find_machine(struct found *found, const struct vdc_level_question *question,
			 const struct vdc_vm *vm, const char *machine)
{
	const struct vdc_cluster *cluster = question->cluster;

	if (machine && ref_host_without(found->w, cluster, machine))
		add(found, "VM_MACHINE_TYPE", vm->id);
	if (removed(ref_family(found->w, cluster), cluster, machine, question->qemu))
		add(found, "VM_MACHINE_REMOVED", vm->id);
}

static bool runs(const struct vdc_vm *vm)
{
	return ref_is_held(vm) && vm->status != VDC_VM_SUSPENDED &&
	       vm->status != VDC_VM_SAVING_STATE;
}

/* Whether its next start has a machine type that the level gave to it. */
static bool find_vm(struct found *found, const struct vdc_level_question *question,
		    const struct vdc_vm *vm)
{
	const char *running = runs(vm) ? vm->running_machine_type : NULL;
	struct vdc_vm after = *vm;
	bool given;

	if (ref_value(question->to) != ref_value(question->cluster->version)) {
		enum vdc_vm_level_effect effect = ref_vm_after(found->w, question, vm, &after);

		if (has_part(found->w, vm, "preview"))
			add(found, "VM_PREVIEW", vm->id);
		if (effect == VDC_LEVEL_OWN)
			find_own(found, question, vm);
		else if (effect == VDC_LEVEL_REFUSED)
			add(found, "VM_CANNOT_FOLLOW", vm->id);
		else
			find_follower(found, question, vm, &after);
	}
	given = after.machine_type && !ref_same(after.machine_type, vm->machine_type);
	if (vm->custom_emulated_machine)
		after.machine_type = vm->custom_emulated_machine;
	if (!given)
		find_machine(found, question, vm, after.machine_type);
	if (running && (given || !ref_same(running, after.machine_type)))
		find_machine(found, question, vm, running);
	return given;
}

static void find_level_machine(struct found *found, const struct vdc_level_question *question,
			       const char *machine)
{
	const struct vdc_cluster *cluster = question->cluster;

	EACH(vdc_host, host, found->w, vdc_host_kind, n, all)
	if (ref_same(host->cluster.id, cluster->id) && host->machine_types &&
	    !ref_has_word(host->machine_types, machine))
		add(found, "HOST_MACHINE_TYPE", host->id);
	if (removed(ref_family(found->w, cluster), cluster, machine, question->qemu))
		add(found, "LEVEL_MACHINE_REMOVED", cluster->id);
}

size_t ref_findings(const struct test_world *w, const struct vdc_level_question *question,
		    const char **texts, size_t most)
{
	struct found found = { w, texts, 0, most };
	const struct vdc_cluster *cluster = question->cluster;
	const struct vdc_level_entry *to = ref_entry_of(ref_family(w, cluster), question->to);
	const char *q35 = ref_machine_for(w, cluster, to, "q35"),
		   *pc = ref_machine_for(w, cluster, to, "i440fx");
	bool uses_q35 = cluster->bios_type >= VDC_BIOS_Q35_SEA_BIOS,
	     uses_pc = cluster->bios_type == VDC_BIOS_I440FX_SEA_BIOS;

	find_hosts(&found, question);
	EACH(vdc_vm, vm, w, vdc_vm_kind, n, all)
	if (ref_same(vm->cluster.id, cluster->id) && find_vm(&found, question, vm)) {
		uses_q35 = uses_q35 || strstr(vm->machine_type, "q35");
		uses_pc = uses_pc || strstr(vm->machine_type, "i440fx");
	}
	if (uses_q35 && q35)
		find_level_machine(&found, question, q35);
	if (uses_pc && pc)
		find_level_machine(&found, question, pc);
	return found.n;
}
