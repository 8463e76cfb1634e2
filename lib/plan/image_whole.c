/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each image as a whole: what its volumes are together, and whether somebody works on them. */
#include <stdlib.h>

#include "plan/image_part.h"

/* An entry of a domain in the order of the images; the first half of the id decides most. */
struct place {
	uint64_t image;
	uint32_t entry;
};

/* An image that is being added up. */
struct image {
	struct vdc_image_check *check;
	uint32_t domain;
	const struct place *places;
	uint32_t n;
	uint32_t leaves, bases, shared, invalid, loose, active, seen, busy;
	const struct entry *second_leaf, *second_base;
};

static int compare_ids(const void *a, const void *b)
{
	return vdc_uuid_compare(*(const struct vdc_uuid *)a, *(const struct vdc_uuid *)b);
}

void vdc_image_sort_database(struct vdc_image_check *check)
{
	if (check->n_locked)
		qsort(check->locked, check->n_locked, sizeof(*check->locked), compare_ids);
	if (check->n_alone)
		qsort(check->alone, check->n_alone, sizeof(*check->alone), compare_ids);
}

bool vdc_image_is_locked(const struct vdc_image_check *check, struct vdc_uuid disk)
{
	return check->n_locked &&
	       bsearch(&disk, check->locked, check->n_locked, sizeof(*check->locked), compare_ids);
}

bool vdc_image_is_new(const struct vdc_image_check *check, const struct entry *entry)
{
	const struct vdc_image_check_options *o = &check->options;

	return o->now != VDC_UNSET && entry->volume.created != VDC_UNSET &&
	       entry->volume.created <= o->now && o->now - entry->volume.created < o->recent;
}

static void add_up(struct image *image, const struct entry *entry)
{
	image->seen += entry->flags & ENTRY_SEEN ? 1 : 0;
	image->active += entry->flags & ENTRY_ACTIVE ? 1 : 0;
	image->busy += entry->flags & ENTRY_BUSY || vdc_image_is_new(image->check, entry);
	if (entry_is_removed(entry))
		return;
	image->shared += entry_is_shared(entry);
	image->invalid += entry->volume.status == VDC_STORAGE_VOLUME_INVALID;
	image->loose += !(entry->volume.flags & VDC_STORAGE_VOLUME_HAS_PARENT);
	if (entry->volume.voltype == VDC_VOLTYPE_LEAF && image->leaves++)
		image->second_leaf = entry;
	if (entry->volume.status != VDC_STORAGE_VOLUME_INVALID &&
	    entry->volume.flags & VDC_STORAGE_VOLUME_HAS_PARENT &&
	    (!entry_has_parent(entry) ||
	     (entry->up != NONE && !entry_same_image(entry, entry_at(image->check, entry->up)))) &&
	    image->bases++)
		image->second_base = entry;
}

static bool database_alone_has(const struct vdc_image_check *check, struct vdc_uuid id)
{
	return check->n_alone &&
	       bsearch(&id, check->alone, check->n_alone, sizeof(*check->alone), compare_ids);
}

static void judge_image(const struct image *image, const struct entry *any)
{
	struct vdc_image_check *check = image->check;
	char id[VDC_UUID_LEN + 1];
	bool odd = image->seen == image->n && image->active != 1 && !image->shared;

	vdc_uuid_write(any->volume.image, id);
	if (image->leaves > 1)
		vdc_image_found(check, VDC_IMAGE_SEVERAL_LEAVES, image->domain, image->second_leaf,
				"image %s has %u leaves", id, image->leaves);
	if (!image->leaves && !image->shared && !image->invalid)
		vdc_image_found(check, VDC_IMAGE_NO_LEAF, image->domain, any,
				"image %s has no leaf", id);
	if (image->bases > 1)
		vdc_image_found(check, VDC_IMAGE_CHAIN_IN_PIECES, image->domain, image->second_base,
				"image %s is %u chains that hang together nowhere", id,
				image->bases);
	if (check->options.database && odd && !database_alone_has(check, any->volume.image))
		vdc_image_found(check, VDC_IMAGE_ACTIVE_COUNT, image->domain, any,
				"image %s has %u active volumes in the DB", id, image->active);
}

/* Where a volume does not say what it is based on it may be the child that another one lacks. */
static void check_middles(const struct image *image)
{
	char id[VDC_UUID_LEN + 1];

	for (uint32_t i = 0; i < image->n && !image->loose; i++) {
		const struct entry *entry = entry_at(image->check, image->places[i].entry);

		if (entry->volume.voltype == VDC_VOLTYPE_INTERNAL && !entry->children &&
		    !entry_is_removed(entry))
			vdc_image_found(image->check, VDC_IMAGE_INTERNAL_WITHOUT_CHILD,
					image->domain, entry,
					"volume %s is internal and no volume is based on it",
					vdc_uuid_write(entry->volume.id, id));
	}
}

static void check_image(struct image *image)
{
	const struct entry *any = NULL;

	for (uint32_t i = 0; i < image->n; i++) {
		const struct entry *entry = entry_at(image->check, image->places[i].entry);

		add_up(image, entry);
		if (!entry_is_removed(entry) && entry->volume.status != VDC_STORAGE_VOLUME_INVALID)
			any = any ? any : entry;
	}
	if (image->busy ||
	    vdc_image_is_locked(image->check,
				entry_at(image->check, image->places[0].entry)->volume.image))
		for (uint32_t i = 0; i < image->n; i++)
			entry_at(image->check, image->places[i].entry)->flags |= ENTRY_BUSY;
	check_middles(image);
	if (any)
		judge_image(image, any);
}

static int compare_places(const void *a, const void *b, void *ctx)
{
	const struct place *x = a, *y = b;
	const struct entry *p, *q;
	int r;

	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	p = entry_at(ctx, x->entry);
	q = entry_at(ctx, y->entry);
	r = vdc_uuid_compare(p->volume.image, q->volume.image);
	return r ? r : vdc_uuid_compare(p->volume.id, q->volume.id);
}

/* Those that say to which image they belong, image by image. */
static uint32_t sort_by_image(struct vdc_image_check *check, const struct domain *domain,
			      struct place *places)
{
	uint32_t n = 0;

	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct vdc_storage_volume *volume = &entry_at(check, i)->volume;

		if (volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE)
			places[n++] = (struct place){ volume->image.high, i };
	}
	qsort_r(places, n, sizeof(*places), compare_places, check);
	return n;
}

void vdc_image_check_images(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];
	struct place *places = vdc_alloc((domain->n + 1) * sizeof(*places));
	uint32_t n = sort_by_image(check, domain, places);

	for (uint32_t i = 0, end; i < n; i = end) {
		struct image image = { .check = check, .domain = index, .places = places + i };

		for (end = i; end < n && entry_same_image(entry_at(check, places[i].entry),
							  entry_at(check, places[end].entry));)
			end++;
		image.n = end - i;
		check_image(&image);
	}
	free(places);
}
