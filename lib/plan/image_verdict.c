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

void vdc_image_check_verdict(struct vdc_image_check *check, uint32_t at, int64_t damaged,
			     int64_t leaked)
{
	check->verdicts = vdc_image_room(check->verdicts, check->n_verdicts, &check->verdicts_room,
					 sizeof(*check->verdicts));
	check->verdicts[check->n_verdicts++] =
		(struct verdict){ first_of_last(check) + at, damaged, leaked };
}

void vdc_image_check_verdicts(struct vdc_image_check *check)
{
	for (size_t i = 0; i < check->n_verdicts; i++) {
		const struct verdict *verdict = &check->verdicts[i];
		const struct entry *entry = entry_at(check, verdict->entry);
		char id[VDC_UUID_LEN + 1];

		vdc_uuid_write(entry->volume.id, id);
		if (verdict->damaged)
			vdc_image_found(check, VDC_IMAGE_DAMAGED, entry->domain, entry,
					"the image of volume %s has %jd errors", id,
					(intmax_t)verdict->damaged);
		if (verdict->leaked)
			vdc_image_found(check, VDC_IMAGE_LEAKED, entry->domain, entry,
					"the image of volume %s has %jd clusters that nothing "
					"refers to",
					id, (intmax_t)verdict->leaked);
	}
}
