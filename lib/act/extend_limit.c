/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume of a block domain as its tags and its slot of the volume "metadata" tell it. */
#include <errno.h>
#include <string.h>

#include "act/extend_part.h"
#include "base/number.h"
#include "doc/volume_metadata.h"
#include "edge/direct.h"
#include "model/volume.h"

#define SLOT_TAG "MD_"

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

static int read_slot(const struct vdc_lockspace *space, int64_t slot, char text[SLOT_V5],
		     size_t *len)
{
	const bool v5 = space->storage_format == VDC_STORAGE_V5;
	vdc_autofree char *path = vdc_format("/dev/%s/metadata", space->volume_group);
	int64_t offset = v5 ? FIRST_V5 + slot * SLOT_V5 : slot * SLOT_V4;
	char unit[SLOT_V5];
	struct vdc_direct *direct;
	size_t skip = v5 ? 0 : (size_t)(offset % VDC_DIRECT_UNIT);
	int r = vdc_direct_open(path, 0, &direct, NULL);

	if (r)
		return r;
	r = vdc_direct_read(direct, offset - (int64_t)skip, unit, v5 ? SLOT_V5 : VDC_DIRECT_UNIT,
			    NULL);
	vdc_direct_close(direct);
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
	*ret = (struct extend_volume){ .size = found.size, .capacity = VDC_UNSET };
	if (!slot_of(found.tags, &slot) || read_slot(space, slot, text, &len))
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
