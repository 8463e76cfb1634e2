/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases of virtual machines. */
#include <stdlib.h>
#include <string.h>

#include "plan/image_part.h"

static int compare_vm_leases(const void *a, const void *b)
{
	return vdc_uuid_compare(((const struct vm_lease *)a)->id, ((const struct vm_lease *)b)->id);
}

static void want_lease(struct vdc_image_check *check, struct domain *domain, const struct vm *vm)
{
	struct vm_lease key = { .id = vm->id }, *lease = NULL;
	char id[VDC_UUID_LEN + 1];

	if (domain->n_vm_leases)
		lease = bsearch(&key, domain->vm_leases, domain->n_vm_leases, sizeof(key),
				compare_vm_leases);
	if (lease)
		lease->wanted = true;
	else
		vdc_image_about(
			check,
			vdc_image_found(check, VDC_IMAGE_VM_LEASE_MISSING, vm->domain, NULL,
					"VM %s has no lease on storage, and has one in the DB",
					vdc_uuid_write(vm->id, id)),
			id);
}

/* An entry that is none, or a lease without an entry. */
static void check_odd(struct vdc_image_check *check, uint32_t index, const struct vm_lease *lease)
{
	struct vdc_discrepancy *found;
	const char *at = vdc_arena_format(check->own, "%jd", (intmax_t)lease->offset);

	if (lease->damaged) {
		found = vdc_image_found(check, VDC_IMAGE_VM_LEASE_INDEX_DAMAGED, index, NULL,
					"the entry for the VM lease at offset %s is damaged", at);
	} else {
		found = vdc_image_found(check, VDC_IMAGE_VM_LEASE_UNLISTED, index, NULL,
					"the VM lease at offset %s, in the name of %s, is not in "
					"the index",
					at, lease->resource);
		vdc_image_values(check, found, lease->resource, NULL);
	}
	vdc_image_about(check, found, at);
}

static void check_place(struct vdc_image_check *check, uint32_t index, const struct vm_lease *lease,
			const char *id)
{
	struct vdc_discrepancy *found;

	if (!lease->looked || lease->updating || strcmp(lease->resource, id) == 0)
		return;
	found = vdc_image_found(check, VDC_IMAGE_VM_LEASE_OF_OTHER, index, NULL,
				"the lease of VM %s at offset %jd is %s%s", id,
				(intmax_t)lease->offset,
				*lease->resource ? "in the name of " : "not there", lease->resource);
	vdc_image_values(check, found, lease->resource, NULL);
	vdc_image_about(check, found, id);
}

static void check_one(struct vdc_image_check *check, uint32_t index, const struct vm_lease *lease)
{
	bool known = check->options.database && check->domains[index].row;
	struct vdc_discrepancy *found = NULL;
	char id[VDC_UUID_LEN + 1];

	if (vdc_uuid_blank(lease->id)) {
		check_odd(check, index, lease);
		return;
	}
	vdc_uuid_write(lease->id, id);
	check_place(check, index, lease, id);
	if (lease->updating)
		found = vdc_image_found(check, VDC_IMAGE_VM_LEASE_UNFINISHED, index, NULL,
					"the lease of VM %s is half changed", id);
	else if (known && !lease->wanted)
		found = vdc_image_found(check, VDC_IMAGE_VM_LEASE_LEFTOVER, index, NULL,
					"VM %s has a lease on storage, and none in the DB", id);
	if (found)
		vdc_image_about(check, found, id);
}

/* One that nobody made is missed by who has a lease there. */
static void check_index(struct vdc_image_check *check, uint32_t index)
{
	static const char *const states[] = { [VDC_VM_LEASE_INDEX_BLANK] = "blank",
					      [VDC_VM_LEASE_INDEX_UPDATING] = "half rebuilt",
					      [VDC_VM_LEASE_INDEX_DAMAGED] = "damaged" };
	uint8_t state = check->domains[index].self.vm_lease_index;
	bool wanted = state != VDC_VM_LEASE_INDEX_BLANK;

	if (state >= VDC_COUNT(states) || !states[state])
		return;
	for (size_t i = 0; i < check->n_vms; i++)
		wanted = wanted || check->vms[i].domain == index;
	if (wanted)
		vdc_image_found(check, VDC_IMAGE_VM_LEASE_INDEX_DAMAGED, index, NULL,
				"the index of VM leases is %s", states[state]);
}

void vdc_image_check_vm_leases(struct vdc_image_check *check, uint32_t index)
{
	struct domain *domain = &check->domains[index];

	if (vdc_image_passed(check, domain))
		return;
	check_index(check, index);
	if (!domain->self.whole)
		return;
	if (domain->n_vm_leases)
		qsort(domain->vm_leases, domain->n_vm_leases, sizeof(*domain->vm_leases),
		      compare_vm_leases);
	for (size_t i = 0; i < check->n_vms; i++)
		if (check->vms[i].domain == index)
			want_lease(check, domain, &check->vms[i]);
	for (size_t i = 0; i < domain->n_vm_leases; i++)
		check_one(check, index, &domain->vm_leases[i]);
}
