/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What another level of a cluster means for its VMs. */
#include <string.h>

#include "plan/level_check_part.h"
#include "plan/vm_status.h"

#define FOUND(code, ...) \
	vdc_findings_add(findings, &vdc_level_codes[code], &vdc_vm_kind, vm, __VA_ARGS__)

static void check_own(const struct level_case *c, const struct vdc_vm *vm,
		      const struct level_step *step, struct vdc_findings *findings)
{
	struct vdc_level own = vm->custom_compatibility_version;
	int index;

	if (step->compatibility)
		FOUND(VM_COMPATIBILITY_MODE, "VM %s is in compatibility mode and stays in it",
		      vm->name);
	if (step->foreign || !level_is_set(own))
		return;
	FOUND(VM_OWN_LEVEL, "VM %s has level %d.%d of its own and keeps it", vm->name, own.major,
	      own.minor);
	index = vdc_family_level(c->family, own);
	if (!(c->offer->bound & level_bit(index)))
		FOUND(VM_OWN_LEVEL_NOT_RUN,
		      "VM %s has level %d.%d of its own, which not all hosts run", vm->name,
		      own.major, own.minor);
}

static bool is_renumbered(const struct level_case *c, const struct vdc_vm *vm, uint64_t traits)
{
	return (traits & LEVEL_TRAIT_VIRTIO_NIC) && !vm->custom_emulated_machine &&
	       level_case_has(c, c->to, c->nics) && !level_case_has(c, c->before, c->nics);
}

static bool gets_bochs(const struct level_case *c, const struct vdc_vm *vm)
{
	return !vm->display_type && vm->type == VDC_VM_SERVER && level_vm_has_uefi(c, vm) &&
	       level_case_has(c, c->to, c->bochs) && !level_case_has(c, c->before, c->bochs);
}

static void check_follower(const struct level_case *c, const struct vdc_vm *vm,
			   const struct level_step *step, struct vdc_findings *findings)
{
	uint64_t traits = level_traits(c, vm);

	if (step->effect == VDC_LEVEL_PENDING && vm->status == VDC_VM_SUSPENDED)
		FOUND(VM_SUSPENDED, "VM %s is suspended", vm->name);
	else if (step->effect == VDC_LEVEL_PENDING)
		FOUND(VM_PENDING, "VM %s runs and gets the level at its next cold boot", vm->name);
	if ((traits & LEVEL_TRAIT_MEMORY) && !vm->custom_emulated_machine)
		FOUND(VM_SNAPSHOT_MEMORY, "VM %s has a snapshot with memory", vm->name);
	if (step->clamped)
		FOUND(VM_CLAMPED, "VM %s is above the limits of the level: %s", vm->name,
		      step->clamped);
	if (is_renumbered(c, vm, traits))
		FOUND(VM_NIC_RENUMBERED,
		      "VM %s has virtio NICs, which its guest will find as different devices",
		      vm->name);
	if (step->display)
		FOUND(VM_DISPLAY, "VM %s: %s", vm->name, step->display);
	if (gets_bochs(c, vm))
		FOUND(VM_DISPLAY_BOCHS, "VM %s gets BOCHS as its default display", vm->name);
}

/* Machine types that the level gives are checked once for all of its VMs. */
static void check_machine(const struct level_case *c, const struct vdc_vm *vm, const char *machine,
			  const char *how, struct vdc_findings *findings)
{
	const struct level_machine_fact *fact = level_machine_fact(c, machine);

	if (fact->lacking)
		FOUND(VM_MACHINE_TYPE, "VM %s %s machine type %s, which host %s does not offer",
		      vm->name, how, machine, fact->lacking->name);
	if (fact->removal)
		FOUND(VM_MACHINE_REMOVED,
		      "VM %s %s machine type %s, which the QEMU that the hosts are to get does not "
		      "offer any more",
		      vm->name, how, machine);
}

static void check_machines(const struct level_case *c, const struct vdc_vm *vm,
			   const struct level_step *step, struct vdc_findings *findings)
{
	const char *running = vdc_vm_is_active(vm->status) ? vm->running_machine_type : NULL;
	const char *next =
		vm->custom_emulated_machine ? vm->custom_emulated_machine : vm->machine_type;

	if (next && !step->after.machine_type)
		check_machine(c, vm, next, vm->custom_emulated_machine ? "is pinned to" : "has",
			      findings);
	if (running && (!next || step->after.machine_type || strcmp(running, next) != 0))
		check_machine(c, vm, running, "runs with", findings);
}

static void check_vm(const struct level_case *c, const struct vdc_vm *vm,
		     struct vdc_findings *findings)
{
	bool same = vdc_level_compare(c->question->to, c->version) == 0;
	struct level_step step = { .after = *c->blank };

	if (!same) {
		level_step(c, vm, &step);
		if (level_traits(c, vm) & LEVEL_TRAIT_PREVIEW)
			FOUND(VM_PREVIEW, "VM %s is previewing a snapshot", vm->name);
		if (step.effect == VDC_LEVEL_OWN)
			check_own(c, vm, &step, findings);
		else if (step.effect == VDC_LEVEL_REFUSED)
			FOUND(VM_CANNOT_FOLLOW, "VM %s: %s", vm->name, step.refused);
		else
			check_follower(c, vm, &step, findings);
	}
	check_machines(c, vm, &step, findings);
}

void level_check_vms(const struct level_case *c, struct vdc_findings *findings)
{
	void *const *vms;
	size_t n = vdc_world_all(c->question->world, &vdc_vm_kind, &vms);

	for (size_t i = 0; i < n; i++)
		if (level_case_has_vm(c, vms[i]))
			check_vm(c, vms[i], findings);
}
