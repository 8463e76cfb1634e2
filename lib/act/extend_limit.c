/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume of a block domain as its tags and its slot of the volume "metadata" tell it, which is read
 * where it lies: nothing of the group need be active. */
#include <errno.h>
#include <string.h>

#include "act/extend_part.h"
#include "act/image_group.h"
#include "base/number.h"
#include "doc/volume_metadata.h"
#include "edge/direct.h"
#include "model/volume.h"

#define SLOT_TAG "MD_"
#define METADATA "metadata"

/* Formats to V4 have slots of 512 bytes from the start, V5 of 8192 behind the first MiB. */
enum { SLOT_V4 = 512, SLOT_V5 = 8192, FIRST_V5 = 1024 * 1024 };
enum { MOST_SLOTS = 1 << 20 };

static bool slot_of(const char *tags, int64_t *ret)
{
	for (const char *tag = tags; *tag; tag += strcspn(tag, ","), tag += *tag == ',') {
		vdc_autofree char *word = vdc_strndup(tag, strcspn(tag, ","));

		if (strncmp(word, SLOT_TAG, strlen(SLOT_TAG)) == 0)
			return !vdc_int_parse(word + strlen(SLOT_TAG), ret, NULL) && *ret >= 0 &&
			       *ret < MOST_SLOTS;
	}
	return false;
}

static int read_metadata(struct vdc_lvm *lvm, const char *group_name, int64_t offset, void *data,
			 size_t len, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_image_group *group;
	const struct vdc_lvm_part *part;
	struct vdc_lvm_layout layout;
	int r = vdc_lvm_layout_of(lvm, group_name, METADATA, arena, &layout, err);

	if (r)
		return r;
	group = vdc_image_group_new(&layout);
	part = vdc_image_group_part(group, METADATA);
	r = part ? vdc_image_group_read(group, part, offset, data, len, err)
		 : vdc_err_set(err, -ENOENT, "volume group %s has no volume %s", group_name,
			       METADATA);
	vdc_image_group_free(group);
	return r;
}

static int read_slot(struct vdc_lvm *lvm, const struct vdc_lockspace *space, int64_t slot,
		     char text[SLOT_V5], size_t *len, struct vdc_err *err)
{
	const bool v5 = space->storage_format == VDC_STORAGE_V5;
	const int64_t offset = v5 ? FIRST_V5 + slot * SLOT_V5 : slot * SLOT_V4;
	const size_t skip = (size_t)(offset % VDC_DIRECT_UNIT);
	char unit[SLOT_V5];
	int r = read_metadata(lvm, space->volume_group, offset - (int64_t)skip, unit,
			      v5 ? SLOT_V5 : VDC_DIRECT_UNIT, err);

	*len = v5 ? SLOT_V5 : SLOT_V4;
	if (!r)
		memcpy(text, unit + skip, *len);
	return r;
}

int extend_look(struct vdc_lvm *lvm, const struct vdc_lockspace *space, const char *volume,
		struct extend_volume *ret, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_volume says;
	struct vdc_lvm_volume found;
	struct vdc_uuid domain = { 0 }, id = { 0 };
	char text[SLOT_V5];
	int64_t slot;
	size_t len;
	int r = vdc_lvm_volume(lvm, space->volume_group, volume, arena, &found, err);

	if (r)
		return r;
	ret->size = found.size;
	ret->capacity = VDC_UNSET;
	ret->preallocated = false;
	/* What nobody says sets no limit: a VM that waits for space is worse. */
	if (!slot_of(found.tags, &slot) || read_slot(lvm, space, slot, text, &len, NULL))
		return 0;
	vdc_uuid_read(space->id, &domain);
	vdc_uuid_read(volume, &id);
	says = vdc_storage_volume(id);
	vdc_volume_metadata_read(text, len, domain, arena, &says);
	if (says.status == VDC_STORAGE_VOLUME_INVALID)
		return 0;
	ret->capacity = says.capacity;
	ret->preallocated = says.allocation == VDC_ALLOCATION_PREALLOCATED;
	return 0;
}
