/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chains: from every volume one step up to what it is based on. */
#include "plan/image_part.h"

static const char *id_of(const struct entry *entry, char out[VDC_UUID_LEN + 1])
{
	return vdc_uuid_write(entry->volume.id, out);
}

/* What was renamed for its removal holds nobody and counts as no child. */
static void link_up(struct vdc_image_check *check, const struct domain *domain)
{
	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		struct entry *entry = entry_at(check, i);

		if (!entry_has_parent(entry) || entry_is_removed(entry))
			continue;
		entry->up = vdc_image_index_find(check, entry->volume.parent, entry->domain);
		if (entry->up != NONE && !entry_is_removed(entry_at(check, entry->up)))
			entry_at(check, entry->up)->children++;
	}
}

static void check_capacity(struct vdc_image_check *check, const struct entry *entry,
			   const struct entry *parent)
{
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];

	if (entry->volume.capacity != VDC_UNSET && parent->volume.capacity != VDC_UNSET &&
	    entry->volume.capacity < parent->volume.capacity)
		vdc_image_found(check, VDC_IMAGE_CAPACITY_BELOW_PARENT, entry->domain, entry,
				"volume %s has %jd bytes, its parent %s has %jd", id_of(entry, a),
				(intmax_t)entry->volume.capacity, id_of(parent, b),
				(intmax_t)parent->volume.capacity);
	if (entry_same_image(entry, parent) && entry->volume.sequence && parent->volume.sequence &&
	    entry->volume.sequence <= parent->volume.sequence)
		vdc_image_found(check, VDC_IMAGE_SEQUENCE_NOT_GROWING, entry->domain, entry,
				"volume %s has sequence %u, its parent %s has %u", id_of(entry, a),
				entry->volume.sequence, id_of(parent, b), parent->volume.sequence);
}

static void check_parent(struct vdc_image_check *check, const struct entry *entry)
{
	char a[VDC_UUID_LEN + 1], b[VDC_UUID_LEN + 1];
	const struct entry *parent = entry->up == NONE ? NULL : entry_at(check, entry->up);

	if (!entry_has_parent(entry))
		return;
	if (entry_is_shared(entry))
		vdc_image_found(check, VDC_IMAGE_SHARED_WITH_PARENT, entry->domain, entry,
				"volume %s of a template is based on volume %s", id_of(entry, a),
				vdc_uuid_write(entry->volume.parent, b));
	if (entry->volume.format == VDC_DISK_RAW)
		vdc_image_found(check, VDC_IMAGE_CHILD_NOT_COW, entry->domain, entry,
				"volume %s is raw and has the parent %s", id_of(entry, a),
				vdc_uuid_write(entry->volume.parent, b));
	if (!parent || entry_is_removed(parent)) {
		vdc_image_found(check, VDC_IMAGE_PARENT_MISSING, entry->domain, entry,
				"volume %s is based on volume %s, which is %s", id_of(entry, a),
				vdc_uuid_write(entry->volume.parent, b),
				parent ? "being removed" : "not there");
		return;
	}
	if (!entry_same_image(entry, parent) && !entry_is_shared(parent) &&
	    parent->volume.flags & VDC_STORAGE_VOLUME_HAS_IMAGE)
		vdc_image_found(check, VDC_IMAGE_PARENT_OF_OTHER_IMAGE, entry->domain, entry,
				"volume %s is based on volume %s of another image, which is no "
				"template's",
				id_of(entry, a), id_of(parent, b));
	check_capacity(check, entry, parent);
}

static void check_children(struct vdc_image_check *check, const struct entry *entry)
{
	char id[VDC_UUID_LEN + 1];

	if (entry->children > 1 && !entry_is_shared(entry))
		vdc_image_found(check, VDC_IMAGE_CHAIN_FORK, entry->domain, entry,
				"%u volumes are based on volume %s, and it is no template's",
				entry->children, id_of(entry, id));
	if (entry->volume.voltype == VDC_VOLTYPE_LEAF && entry->children)
		vdc_image_found(check, VDC_IMAGE_LEAF_WITH_CHILD, entry->domain, entry,
				"volume %s is a leaf and another volume is based on it",
				id_of(entry, id));
	if (entry->volume.legality != VDC_LEGALITY_ILLEGAL)
		return;
	if (entry->children && (entry->flags & ENTRY_GOOD || !check->options.database))
		vdc_image_found(check, VDC_IMAGE_ILLEGAL_IN_CHAIN, entry->domain, entry,
				"volume %s is illegal in the middle of its chain",
				id_of(entry, id));
	else if (!(entry->flags & ENTRY_GOOD) && entry->flags & ENTRY_SEEN)
		vdc_image_found(check, VDC_IMAGE_ILLEGAL_ON_BOTH_SIDES, entry->domain, entry,
				"volume %s is illegal on storage and in the DB", id_of(entry, id));
}

/* The circle that entry I is in, whose volumes all have this walk. */
static void found_loop(struct vdc_image_check *check, uint32_t i)
{
	const struct entry *least = entry_at(check, i);
	char id[VDC_UUID_LEN + 1];
	uint32_t n = 1;

	for (uint32_t at = least->up; at != i; at = entry_at(check, at)->up, n++) {
		const struct entry *entry = entry_at(check, at);

		if (vdc_uuid_compare(entry->volume.id, least->volume.id) < 0)
			least = entry;
	}
	vdc_image_found(check, VDC_IMAGE_CHAIN_LOOP, least->domain, least,
			"volume %s is based on itself, by way of %u volumes", id_of(least, id), n);
}

/* Every volume is passed once: a walk ends where another one has been. */
static void find_loops(struct vdc_image_check *check, const struct domain *domain)
{
	uint32_t walk = 0;

	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		uint32_t at = i;

		walk++;
		while (at != NONE && !entry_at(check, at)->walk) {
			entry_at(check, at)->walk = walk;
			at = entry_at(check, at)->up;
		}
		if (at != NONE && entry_at(check, at)->walk == walk)
			found_loop(check, at);
	}
}

void vdc_image_check_chains(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];

	if (vdc_image_passed(check, domain))
		return;
	link_up(check, domain);
	find_loops(check, domain);
	for (uint32_t i = domain->first; i < domain->first + domain->n; i++) {
		const struct entry *entry = entry_at(check, i);

		if (entry_is_removed(entry))
			continue;
		check_parent(check, entry);
		if (entry->volume.status != VDC_STORAGE_VOLUME_INVALID)
			check_children(check, entry);
	}
	vdc_image_check_images(check, index);
}
