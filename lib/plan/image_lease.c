/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the metadata of the volumes of a block domain lies, and their leases. */
#include <stdlib.h>

#include "plan/image_part.h"

/*
 * Slot N of the metadata volume (128 MiB) is at N x 512 up to format V4, whose first four are the
 * domain's, and at 1 MiB + N x 8192 in V5, whose first is reserved; the lease of the volume in slot N is
 * at (100 + N) x alignment of the leases (vdsm, storage/blockSD.py).
 */
enum { FIRST_LEASE = 100, FIRST_V4 = 4, FIRST_V5 = 1 };
#define LAST_V4 ((INT64_C(128) << 20) / 512 - 1)
#define LAST_V5 ((INT64_C(127) << 20) / 8192 - 1)
#define ALIGNMENT (INT64_C(1) << 20)

struct slot {
	int64_t slot;
	const struct entry *entry;
};

static int compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return vdc_uuid_compare(x->entry->volume.id, y->entry->volume.id);
}

static int compare_leases(const void *a, const void *b)
{
	const struct lease *x = a, *y = b;

	return (x->offset > y->offset) - (x->offset < y->offset);
}

static uint32_t gather(const struct vdc_image_check *check, const struct domain *domain,
		       struct slot *slots)
{
	uint32_t n = 0;

	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct entry *entry = entry_at(check, i);

		if (entry->volume.slot != VDC_UNSET)
			slots[n++] = (struct slot){ entry->volume.slot, entry };
	}
	if (n)
		qsort(slots, n, sizeof(*slots), compare_slots);
	return n;
}

static void check_range(struct vdc_image_check *check, const struct domain *domain,
			const struct slot *slot)
{
	bool old = domain->self.format && domain->self.format < VDC_STORAGE_V5;
	int64_t first = old ? FIRST_V4 : FIRST_V5;
	int64_t last = old || !domain->self.format ? LAST_V4 : LAST_V5;
	char id[VDC_UUID_LEN + 1];

	if (slot->slot < first || slot->slot > last)
		vdc_image_found(check, VDC_IMAGE_SLOT_OUT_OF_RANGE, slot->entry->domain,
				slot->entry, "volume %s has its metadata in slot %jd of %jd to %jd",
				vdc_uuid_write(slot->entry->volume.id, id), (intmax_t)slot->slot,
				(intmax_t)first, (intmax_t)last);
}

static void check_shared(struct vdc_image_check *check, const struct slot *slots, uint32_t n)
{
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];

	for (uint32_t i = 1; i < n; i++)
		if (slots[i].slot == slots[i - 1].slot)
			vdc_image_found(check, VDC_IMAGE_SLOT_SHARED, slots[i].entry->domain,
					slots[i].entry,
					"volumes %s and %s both have their metadata in slot %jd",
					vdc_uuid_write(slots[i - 1].entry->volume.id, a),
					vdc_uuid_write(slots[i].entry->volume.id, b),
					(intmax_t)slots[i].slot);
}

static void check_lease(struct vdc_image_check *check, const struct domain *domain,
			const struct slot *slot, int64_t alignment)
{
	struct lease key = { .offset = (FIRST_LEASE + slot->slot) * alignment };
	const struct lease *lease = NULL;
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];

	if (slot->entry->volume.status != VDC_STORAGE_VOLUME_OK || slot->slot > LAST_V4)
		return;
	if (domain->n_leases)
		lease = bsearch(&key, domain->leases, domain->n_leases, sizeof(key),
				compare_leases);
	if (!lease)
		vdc_image_found(check, VDC_IMAGE_LEASE_MISSING, slot->entry->domain, slot->entry,
				"volume %s has no lease at offset %jd",
				vdc_uuid_write(slot->entry->volume.id, a), (intmax_t)key.offset);
	else if (lease->odd || !vdc_uuid_equal(lease->id, slot->entry->volume.id))
		vdc_image_found(check, VDC_IMAGE_LEASE_OF_OTHER, slot->entry->domain, slot->entry,
				"the lease of volume %s at offset %jd is in the name of %s",
				vdc_uuid_write(slot->entry->volume.id, a), (intmax_t)key.offset,
				lease->odd ? "something else" : vdc_uuid_write(lease->id, b));
}

/* Leases before the first volume's are those of the domain itself. */
static void check_leftovers(struct vdc_image_check *check, uint32_t index, int64_t alignment)
{
	const struct domain *domain = &check->domains[index];
	struct vdc_discrepancy *found;
	char id[VDC_UUID_LEN + 1];

	for (size_t i = 0; i < domain->n_leases; i++) {
		const struct lease *lease = &domain->leases[i];

		if (lease->odd || lease->offset < FIRST_LEASE * alignment ||
		    vdc_image_index_find(check, lease->id, index) != NONE)
			continue;
		found = vdc_image_found(
			check, VDC_IMAGE_LEASE_LEFTOVER, index, NULL,
			"the lease at offset %jd is of volume %s, which is not there",
			(intmax_t)lease->offset, vdc_uuid_write(lease->id, id));
		vdc_image_about(check, found, id);
	}
}

/* Before V3 a volume has none: the domain was guarded by something older than sanlock. */
static bool has_leases(const struct domain *domain)
{
	return domain->n_leases && (!domain->self.format || domain->self.format >= VDC_STORAGE_V3);
}

void vdc_image_check_slots(struct vdc_image_check *check, uint32_t index)
{
	struct domain *domain = &check->domains[index];
	int64_t alignment = domain->self.alignment > 0 && domain->self.alignment <= 8 * ALIGNMENT
				    ? domain->self.alignment
				    : ALIGNMENT;
	struct slot *slots;
	uint32_t n;

	if (!domain->self.block || vdc_image_passed(check, domain))
		return;
	slots = vdc_alloc((domain->n + 1) * sizeof(*slots));
	n = gather(check, domain, slots);
	if (domain->n_leases)
		qsort(domain->leases, domain->n_leases, sizeof(*domain->leases), compare_leases);
	check_shared(check, slots, n);
	for (uint32_t i = 0; i < n; i++) {
		check_range(check, domain, &slots[i]);
		if (has_leases(domain))
			check_lease(check, domain, &slots[i], alignment);
	}
	if (has_leases(domain))
		check_leftovers(check, index, alignment);
	free(slots);
}
