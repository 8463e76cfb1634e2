/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody found who looked into the images. */
#include "plan/image_part.h"

static uint32_t first_of_last(const struct vdc_image_check *check)
{
	return check->domains[check->n_domains - 1].first;
}

bool vdc_image_check_next_cow(const struct vdc_image_check *check, uint32_t *at)
{
	const struct domain *domain = &check->domains[check->n_domains - 1];

	for (; *at < domain->n; ++*at) {
		const struct vdc_storage_volume *volume =
			&entry_at(check, domain->first + *at)->volume;

		if (volume->format == VDC_DISK_COW && volume->status == VDC_STORAGE_VOLUME_OK &&
		    volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE)
			return true;
	}
	return false;
}

void vdc_image_check_volume_at(const struct vdc_image_check *check, uint32_t at,
			       char image[VDC_UUID_LEN + 1], char volume[VDC_UUID_LEN + 1])
{
	const struct entry *entry = entry_at(check, first_of_last(check) + at);

	vdc_uuid_write(entry->volume.image, image);
	vdc_uuid_write(entry->volume.id, volume);
}

void vdc_image_check_verdict(struct vdc_image_check *check, uint32_t at,
			     const struct vdc_image_look *look)
{
	entry_at(check, first_of_last(check) + at)->flags |= ENTRY_CLOSED;
	if (!look->damaged && !look->leaked && !look->stale_bitmaps && !look->bitmaps_in_use)
		return;
	check->verdicts = vdc_image_room(check->verdicts, check->n_verdicts, &check->verdicts_room,
					 sizeof(*check->verdicts));
	check->verdicts[check->n_verdicts++] = (struct verdict){ first_of_last(check) + at, *look };
}

/* What its header says is told there, where it was read, too. */
static void check_bitmaps(struct vdc_image_check *check, const struct entry *entry,
			  const struct vdc_image_look *look, const char *id)
{
	if (entry->volume.header)
		return;
	if (look->stale_bitmaps)
		vdc_image_found(check, VDC_IMAGE_BITMAPS_STALE, entry->domain, entry,
				"volume %s was written to without its bitmaps", id);
	if (look->bitmaps_in_use)
		vdc_image_found(check, VDC_IMAGE_BITMAPS_IN_USE, entry->domain, entry,
				"volume %s has bitmaps in use, and nobody has it open", id);
}

void vdc_image_check_verdicts(struct vdc_image_check *check)
{
	for (size_t i = 0; i < check->n_verdicts; i++) {
		const struct vdc_image_look *look = &check->verdicts[i].look;
		const struct entry *entry = entry_at(check, check->verdicts[i].entry);
		char id[VDC_UUID_LEN + 1];

		vdc_uuid_write(entry->volume.id, id);
		if (look->damaged)
			vdc_image_found(check, VDC_IMAGE_DAMAGED, entry->domain, entry,
					"the image of volume %s has %jd errors", id,
					(intmax_t)look->damaged);
		if (look->leaked)
			vdc_image_found(check, VDC_IMAGE_LEAKED, entry->domain, entry,
					"the image of volume %s has %jd clusters that nothing "
					"refers to",
					id, (intmax_t)look->leaked);
		check_bitmaps(check, entry, look, id);
	}
}
