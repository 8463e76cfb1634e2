/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/image_file.h"

#include "plan/image_part.h"

/* vdsm:kvm on every host; QEMU is another user and of that group. */
enum { KVM = 36 };

enum { OWNER_READS = 0400, OWNER_WRITES = 0200, GROUP_BOTH = 060, OTHERS_WRITE = 02 };

bool vdc_image_owner_differs(const struct vdc_image_file_rights *rights)
{
	return rights->domain_uid == KVM && rights->domain_gid == KVM &&
	       (rights->uid != KVM || rights->gid != KVM);
}

const char *vdc_image_mode_should(const struct vdc_image_file_rights *rights)
{
	bool by_group = rights->data && rights->gid == KVM;

	if (rights->mode & OTHERS_WRITE)
		return "not be written by all";
	if (!(rights->mode & OWNER_READS))
		return "be read by its owner";
	if (rights->data && !(rights->mode & OWNER_WRITES))
		return "be written by its owner";
	if (by_group && (rights->mode & GROUP_BOTH) != GROUP_BOTH)
		return "be read and written by its group";
	return NULL;
}

static void about_lease(struct vdc_image_check *check, uint32_t index,
			const struct vdc_storage_file *file, const struct entry *entry)
{
	struct vdc_discrepancy *found;
	char id[VDC_UUID_LEN + 1];

	vdc_uuid_write(file->volume, id);
	if (file->problem == VDC_STORAGE_FILE_LEASE_MISSING)
		found = vdc_image_found(check, VDC_IMAGE_LEASE_MISSING, index, entry,
					"volume %s has no lease in %s", id, file->path);
	else if (file->problem == VDC_STORAGE_FILE_LEASE_OF_OTHER)
		found = vdc_image_found(check, VDC_IMAGE_LEASE_OF_OTHER, index, entry,
					"the lease of volume %s in %s is in the name of %s", id,
					file->path, file->is ? file->is : "something else");
	else
		found = vdc_image_found(check, VDC_IMAGE_LEASE_LEFTOVER, index, entry,
					"the lease %s is of a volume that is not there",
					file->path);
	vdc_image_values(check, found, file->is, file->should);
	vdc_image_about(check, found, file->path);
}

static void about_rights(struct vdc_image_check *check, uint32_t index,
			 const struct vdc_storage_file *file, const struct entry *entry)
{
	const char *is = file->is ? file->is : "?", *should = file->should ? file->should : "?";
	struct vdc_discrepancy *found;

	if (file->problem == VDC_STORAGE_FILE_OWNER)
		found = vdc_image_found(check, VDC_IMAGE_OWNER_DIFFERS, index, entry,
					"%s belongs to %s, and the domain to %s", file->path, is,
					should);
	else
		found = vdc_image_found(check, VDC_IMAGE_MODE_WRONG, index, entry,
					"%s has the mode %s, and should %s", file->path, is,
					should);
	vdc_image_values(check, found, file->is, NULL);
	vdc_image_about(check, found, file->path);
}

static void about(struct vdc_image_check *check, uint32_t index,
		  const struct vdc_storage_file *file)
{
	uint32_t i = vdc_image_index_find(check, file->volume, index);
	const struct entry *entry =
		vdc_uuid_blank(file->volume) || i == NONE ? NULL : entry_at(check, i);

	switch (file->problem) {
	case VDC_STORAGE_FILE_STRAY:
		vdc_image_about(check,
				vdc_image_found(check, VDC_IMAGE_STRAY_FILE, index, NULL,
						"%s belongs to no volume", file->path),
				file->path);
		break;
	case VDC_STORAGE_FILE_OWNER:
	case VDC_STORAGE_FILE_MODE:
		about_rights(check, index, file, entry);
		break;
	default:
		about_lease(check, index, file, entry);
	}
}

void vdc_image_check_files(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];

	if (vdc_image_passed(check, domain))
		return;
	for (size_t i = 0; i < domain->n_files; i++)
		about(check, index, &domain->files[i]);
}
