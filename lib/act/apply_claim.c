/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that more than one host shows: what this look says about the claims of the run. */
#include "act/apply.h"

#include <string.h>

bool vdc_apply_came_by_migration(const struct vdc_virt_domain *virt)
{
	static const char *const reasons[] = { "migrated", "post_copy", "unpaused" };

	for (size_t i = 0; virt->reason && i < VDC_COUNT(reasons); i++)
		if (strcmp(virt->reason, reasons[i]) == 0)
			return true;
	return false;
}

/* The run keeps it when the transaction is done, which may have to begin again. */
static void keep(struct vdc_apply *apply, const struct vdc_vm_claim *claim)
{
	vdc_buf_add(&apply->claims, claim, sizeof(*claim));
}

bool vdc_apply_sighting(struct vdc_apply *apply, const struct vdc_virt_domain *virt,
			const struct vdc_vm *vm, struct vdc_vm_look *look)
{
	const struct vdc_claims *claims = apply->input->claims;
	struct vdc_vm_sighting sighting = {
		.host = apply->host->id,
		.now = apply->now,
		.begun = apply->options->begun,
		.owner_is_read = vm->host.id && vdc_claims_reads(claims, vm->host.id),
		.migrated = vdc_apply_came_by_migration(virt),
	};
	struct vdc_vm_claim claim = vdc_claims_of(claims, virt->uuid), next;
	enum vdc_vm_claim_verdict verdict = vdc_vm_claim_judge(vm, &claim, &sighting, &next);

	if (claim.host || next.host)
		keep(apply, &next);
	if (verdict == VDC_VM_CLAIM_TWICE)
		look->rival = strcmp(vm->host.id, look->host) == 0 ? claim.host : vm->host.id;
	return verdict != VDC_VM_CLAIM_WAIT;
}

void vdc_apply_no_sighting(struct vdc_apply *apply, const struct vdc_vm *vm,
			   struct vdc_vm_look *look)
{
	struct vdc_vm_claim claim;

	if (!vm->id || !vm->host.id || strcmp(vm->host.id, look->host) != 0)
		return;
	claim = vdc_claims_of(apply->input->claims, vm->id);
	look->claimed = claim.host;
	claim.ask = claim.host;
	if (look->claimed)
		keep(apply, &claim);
}
