/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/vm_claim.h"

#include <string.h>

#include "plan/vm_status.h"

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool seen_in_this_run(const struct vdc_vm *vm, const struct vdc_vm_sighting *sighting)
{
	return vm->seen != VDC_UNSET && vm->seen >= sighting->begun;
}

/* The host that the database has shows the VM again. */
static enum vdc_vm_claim_verdict judge_owner(const struct vdc_vm *vm,
					     const struct vdc_vm_claim *claim,
					     const struct vdc_vm_sighting *sighting,
					     struct vdc_vm_claim *next)
{
	if (!claim->host || !seen_in_this_run(vm, sighting) || claim->time >= sighting->now)
		return VDC_VM_CLAIM_BELIEVE;
	if (claim->time <= vm->seen) { /* the other one did not show it since */
		next->host = NULL;
		return VDC_VM_CLAIM_BELIEVE;
	}
	next->ask = NULL;
	next->told = true;
	return claim->told ? VDC_VM_CLAIM_BELIEVE : VDC_VM_CLAIM_TWICE;
}

/* Its host in the database is known to run it, as far as this run can say. */
static bool has_owner(const struct vdc_vm *vm, const struct vdc_vm_sighting *sighting)
{
	return vm->host.id && sighting->owner_is_read && vdc_vm_is_active(vm->status) &&
	       vm->status != VDC_VM_UNKNOWN && vm->lost_since == VDC_UNSET;
}

static enum vdc_vm_claim_verdict judge_other(const struct vdc_vm *vm,
					     const struct vdc_vm_claim *claim,
					     const struct vdc_vm_sighting *sighting,
					     struct vdc_vm_claim *next)
{
	bool again = is(claim->host, sighting->host) && claim->time < sighting->now;
	bool seen = seen_in_this_run(vm, sighting), late = seen && vm->seen > sighting->now;

	next->host = NULL;
	if (!has_owner(vm, sighting) || (sighting->migrated && !late))
		return VDC_VM_CLAIM_BELIEVE;
	/* Its host had the time to say something, and is silent. */
	if (again && !seen)
		return VDC_VM_CLAIM_BELIEVE;
	next->host = sighting->host;
	next->time = sighting->now;
	next->told = again && claim->told;
	next->ask = seen && !late ? vm->host.id : sighting->host;
	if (!again || late || claim->time >= vm->seen)
		return VDC_VM_CLAIM_WAIT;
	next->ask = NULL;
	next->told = true;
	return claim->told ? VDC_VM_CLAIM_WAIT : VDC_VM_CLAIM_TWICE;
}

enum vdc_vm_claim_verdict vdc_vm_claim_judge(const struct vdc_vm *vm,
					     const struct vdc_vm_claim *claim,
					     const struct vdc_vm_sighting *sighting,
					     struct vdc_vm_claim *next)
{
	*next = *claim;
	if (is(vm->host.id, sighting->host) && vdc_vm_is_active(vm->status))
		return judge_owner(vm, claim, sighting, next);
	return judge_other(vm, claim, sighting, next);
}
