/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains as wholes, each against the database and all against each other. */
#include <string.h>

#include "plan/image_part.h"

static void compare_domain(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];
	const struct vdc_storage_domain *row = domain->row;
	struct vdc_discrepancy *found;

	if (domain->self.format && row->storage_format > 0 &&
	    domain->self.format != row->storage_format) {
		const char *storage =
			vdc_enum_word(&vdc_storage_format_values, domain->self.format);
		const char *database =
			vdc_enum_word(&vdc_storage_format_values, row->storage_format);

		found = vdc_image_found(check, VDC_IMAGE_DOMAIN_FORMAT_DIFFERS, index, NULL,
					"the domain's metadata is of format %s on storage and of "
					"%s in the DB",
					storage, database);
		vdc_image_values(check, found, storage, database);
	}
	/* A dump of chains says nothing of it. */
	if (domain->self.class && domain->self.master != vdc_is_true(row->master)) {
		found = vdc_image_found(check, VDC_IMAGE_MASTER_DIFFERS, index, NULL,
					"the domain is %s on storage and is %s in the DB",
					domain->self.master ? "the master" : "not the master",
					domain->self.master ? "not" : "the master");
		vdc_image_values(check, found, domain->self.master ? "master" : "regular",
				 domain->self.master ? "regular" : "master");
	}
}

/* Domains are few. */
static void compare_masters(struct vdc_image_check *check, uint32_t index)
{
	const struct domain *domain = &check->domains[index];
	char id[VDC_UUID_LEN + 1];

	for (uint32_t i = 0; i < index; i++) {
		const struct domain *other = &check->domains[i];

		if (!other->self.master || !other->self.pool ||
		    strcmp(other->self.pool, domain->self.pool) != 0)
			continue;
		vdc_image_found(check, VDC_IMAGE_SEVERAL_MASTERS, index, NULL,
				"the domain says that it is the master, and so does %s",
				vdc_uuid_write(other->self.id, id));
	}
}

/* vdsm warns below a fifth, too. */
static void check_room(struct vdc_image_check *check, uint32_t index)
{
	const struct vdc_storage_self *self = &check->domains[index].self;

	if (self->metadata_size > 0 && self->metadata_free < self->metadata_size / 5)
		vdc_image_found(
			check, VDC_IMAGE_DOMAIN_METADATA_FULL, index, NULL,
			"LVM has %jd of %jd bytes left for the metadata of the volume group",
			(intmax_t)self->metadata_free, (intmax_t)self->metadata_size);
}

void vdc_image_check_domains(struct vdc_image_check *check)
{
	for (uint32_t i = 0; i < check->n_domains; i++) {
		const struct domain *domain = &check->domains[i];

		if (domain->self.unwell)
			vdc_image_found(check, VDC_IMAGE_DOMAIN_UNWELL, i, NULL,
					"the storage says that the domain is not whole");
		if (domain->self.nameless)
			vdc_image_found(check, VDC_IMAGE_DOMAIN_ID_MISSING, i, NULL,
					"the domain's metadata does not say which domain it is");
		if (domain->self.checksum_wrong)
			vdc_image_found(check, VDC_IMAGE_DOMAIN_CHECKSUM_WRONG, i, NULL,
					"the checksum of the domain's metadata is wrong");
		check_room(check, i);
		if (domain->self.areas_wrong)
			vdc_image_found(check, VDC_IMAGE_METADATA_AREAS_WRONG, i, NULL,
					"LVM's metadata is not on just the device of the volumes' "
					"metadata");
		if (domain->row)
			compare_domain(check, i);
		else if (check->options.database)
			vdc_image_found(check, VDC_IMAGE_DOMAIN_NOT_IN_DATABASE, i, NULL,
					"the DB does not know the domain, whose %u volumes were "
					"compared with nothing",
					domain->n);
		vdc_image_check_pool(check, i);
		if (domain->self.master && domain->self.pool)
			compare_masters(check, i);
	}
}
