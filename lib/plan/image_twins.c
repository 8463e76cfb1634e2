/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks that have volumes on several domains: whether these are the same chain. */
#include <stdlib.h>

#include "plan/image_part.h"

/*
 * Two sets of images, a bit for each of the few that share it: those that an earlier domain has, and those
 * that are on one more. So nobody keeps what millions of disks have no second of.
 */
struct sets {
	uint64_t *seen, *again;
	uint64_t mask; /* of bits */
};

static uint64_t bit_of(const struct sets *sets, struct vdc_uuid id)
{
	uint64_t hash = (id.high ^ id.low >> 32 ^ id.low << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return (hash ^ hash >> 32) & sets->mask;
}

static bool has(const uint64_t *set, uint64_t bit)
{
	return set[bit / 64] >> bit % 64 & 1;
}

static void add(uint64_t *set, uint64_t bit)
{
	set[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* A template's volume may lie on several domains. */
static bool counts(const struct entry *entry)
{
	return entry->volume.flags & VDC_STORAGE_VOLUME_HAS_IMAGE && !entry_is_removed(entry) &&
	       !entry_is_shared(entry) && !entry_is_begun(entry);
}

static void add_domain(const struct vdc_image_check *check, const struct domain *domain,
		       const struct sets *sets)
{
	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct entry *entry = entry_at(check, i);
		uint64_t bit = bit_of(sets, entry->volume.image);

		if (counts(entry) && has(sets->seen, bit))
			add(sets->again, bit);
	}
	for (uint32_t i = domain->first; i < domain->first + domain->n; i++)
		if (counts(entry_at(check, i)))
			add(sets->seen, bit_of(sets, entry_at(check, i)->volume.image));
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct entry *x = entry_at(ctx, *(const uint32_t *)a);
	const struct entry *y = entry_at(ctx, *(const uint32_t *)b);
	int r = vdc_uuid_compare(x->volume.image, y->volume.image);

	if (!r)
		r = (x->domain > y->domain) - (x->domain < y->domain);
	return r ? r : vdc_uuid_compare(x->volume.id, y->volume.id);
}

/* The volumes that may be of such disks, by image, domain and id. */
static uint32_t gather(struct vdc_image_check *check, const struct sets *sets, uint32_t **ret)
{
	uint32_t n = 0;

	*ret = NULL;
	for (int pass = 0; pass < 2; pass++) {
		if (pass)
			*ret = vdc_alloc((n + 1) * sizeof(**ret));
		n = 0;
		for (uint32_t d = 0; d < check->n_domains; d++)
			for (uint32_t i = 0; i < check->domains[d].n; i++) {
				uint32_t at = check->domains[d].first + i;
				const struct entry *entry = entry_at(check, at);

				if (vdc_image_passed(check, &check->domains[d]) || !counts(entry) ||
				    !has(sets->again, bit_of(sets, entry->volume.image)))
					continue;
				if (pass)
					(*ret)[n] = at;
				n++;
			}
	}
	qsort_r(*ret, n, sizeof(**ret), compare, check);
	return n;
}

/* How many from FIRST on are of the same image and domain. */
static uint32_t run_of(const struct vdc_image_check *check, const uint32_t *entries, uint32_t first,
		       uint32_t n)
{
	const struct entry *entry = entry_at(check, entries[first]);
	uint32_t end = first;

	while (end < n && entry_at(check, entries[end])->domain == entry->domain &&
	       entry_same_image(entry_at(check, entries[end]), entry))
		end++;
	return end - first;
}

static bool same_chain(const struct vdc_image_check *check, const uint32_t *a, const uint32_t *b,
		       uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct vdc_storage_volume *x = &entry_at(check, a[i])->volume;
		const struct vdc_storage_volume *y = &entry_at(check, b[i])->volume;

		if (!vdc_uuid_equal(x->id, y->id) || !vdc_uuid_equal(x->parent, y->parent))
			return false;
	}
	return true;
}

static void tell(struct vdc_image_check *check, const struct entry *first, uint32_t n_first,
		 const struct entry *entry, uint32_t n)
{
	char image[VDC_UUID_LEN + 1], domain[VDC_UUID_LEN + 1];
	struct vdc_discrepancy *found = vdc_image_found(
		check, VDC_IMAGE_CHAINS_DIFFER, entry->domain, entry,
		"image %s has %u volume%s here and %u on storage domain %s, which are not the "
		"same chain",
		vdc_uuid_write(entry->volume.image, image), n, n == 1 ? "" : "s", n_first,
		vdc_uuid_write(check->domains[first->domain].self.id, domain));

	found->volume = NULL;
}

static void compare_runs(struct vdc_image_check *check, const uint32_t *entries, uint32_t n)
{
	const struct entry *entry;
	uint32_t first = 0, n_first = 0;

	for (uint32_t i = 0, len; i < n; i += len) {
		entry = entry_at(check, entries[i]);
		len = run_of(check, entries, i, n);
		if (!n_first || !entry_same_image(entry, entry_at(check, entries[first]))) {
			first = i;
			n_first = len;
		} else if (len != n_first ||
			   !same_chain(check, entries + first, entries + i, len)) {
			tell(check, entry_at(check, entries[first]), n_first, entry, len);
		}
	}
}

void vdc_image_check_twins(struct vdc_image_check *check)
{
	struct sets sets = { .mask = 1023 };
	uint32_t *entries, n;

	if (check->n_domains < 2)
		return;
	while (sets.mask / 8 < check->n)
		sets.mask = sets.mask * 2 + 1;
	sets.seen = vdc_alloc(sets.mask / 8 + 1);
	sets.again = vdc_alloc(sets.mask / 8 + 1);
	for (uint32_t d = 0; d < check->n_domains; d++)
		if (!vdc_image_passed(check, &check->domains[d]))
			add_domain(check, &check->domains[d], &sets);
	n = gather(check, &sets, &entries);
	compare_runs(check, entries, n);
	free(sets.seen);
	free(sets.again);
	free(entries);
}
