/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the master of a data centre says of the whole of it. */
#include <string.h>

#include "base/number.h"
#include "plan/image_part.h"

void vdc_image_check_data_center(struct vdc_image_check *check,
				 const struct vdc_data_center *data_center)
{
	struct center one = { .master_version = data_center->master_version };

	if (!data_center->id || !vdc_uuid_read(data_center->id, &one.id))
		return;
	check->centers = vdc_image_room(check->centers, check->n_centers, &check->centers_room,
					sizeof(*check->centers));
	check->centers[check->n_centers++] = one;
}

void vdc_image_know_domain(struct vdc_image_check *check, const struct vdc_storage_domain *row)
{
	struct member one;

	if (!row->id || !row->data_center.id || !vdc_uuid_read(row->id, &one.id) ||
	    !vdc_uuid_read(row->data_center.id, &one.center))
		return;
	check->members = vdc_image_room(check->members, check->n_members, &check->members_room,
					sizeof(*check->members));
	check->members[check->n_members++] = one;
}

static void compare_version(struct vdc_image_check *check, uint32_t index,
			    const struct center *center)
{
	int64_t version = check->domains[index].self.master_version;
	struct vdc_discrepancy *found;
	char a[VDC_INT_LEN + 1], b[VDC_INT_LEN + 1];

	if (version <= 0 || center->master_version <= 0 || version == center->master_version)
		return;
	found = vdc_image_found(check, VDC_IMAGE_MASTER_VERSION_DIFFERS, index, NULL,
				"the master has version %jd on storage and %jd in the DB",
				(intmax_t)version, (intmax_t)center->master_version);
	vdc_image_values(check, found, vdc_int_text(version, a),
			 vdc_int_text(center->master_version, b));
}

static void tell(struct vdc_image_check *check, uint32_t index, struct vdc_uuid member, bool mapped)
{
	struct vdc_discrepancy *found;
	char id[VDC_UUID_LEN + 1];

	vdc_uuid_write(member, id);
	found = vdc_image_found(check, VDC_IMAGE_POOL_MAP_DIFFERS, index, NULL,
				"domain %s is in the map of the data centre on %s only", id,
				mapped ? "storage" : "the DB's side");
	vdc_image_about(check, found, id);
}

/* "DOMAIN:STATUS,DOMAIN:STATUS" */
static bool next_mapped(const char **map, struct vdc_uuid *ret)
{
	char id[VDC_UUID_LEN + 1] = "";

	while (**map) {
		size_t len = strcspn(*map, ",");

		if (len >= VDC_UUID_LEN)
			memcpy(id, *map, VDC_UUID_LEN);
		*map += len + ((*map)[len] ? 1 : 0);
		if (len >= VDC_UUID_LEN && vdc_uuid_read(id, ret))
			return true;
	}
	return false;
}

static bool maps(const char *map, struct vdc_uuid id)
{
	struct vdc_uuid one;

	while (next_mapped(&map, &one))
		if (vdc_uuid_equal(one, id))
			return true;
	return false;
}

static bool is_member(const struct vdc_image_check *check, struct vdc_uuid id,
		      struct vdc_uuid center)
{
	for (size_t i = 0; i < check->n_members; i++)
		if (vdc_uuid_equal(check->members[i].id, id) &&
		    vdc_uuid_equal(check->members[i].center, center))
			return true;
	return false;
}

/* Domains are few. */
static void compare_map(struct vdc_image_check *check, uint32_t index, struct vdc_uuid center)
{
	const char *map = check->domains[index].self.pool_map, *rest = map;
	struct vdc_uuid id;

	while (rest && next_mapped(&rest, &id))
		if (!is_member(check, id, center))
			tell(check, index, id, true);
	for (size_t i = 0; map && i < check->n_members; i++)
		if (vdc_uuid_equal(check->members[i].center, center) &&
		    !maps(map, check->members[i].id))
			tell(check, index, check->members[i].id, false);
}

void vdc_image_check_pool(struct vdc_image_check *check, uint32_t index)
{
	const struct vdc_storage_self *self = &check->domains[index].self;
	struct vdc_uuid id;

	if (!self->master || !self->pool || !vdc_uuid_read(self->pool, &id))
		return;
	for (size_t i = 0; i < check->n_centers; i++)
		if (vdc_uuid_equal(check->centers[i].id, id))
			compare_version(check, index, &check->centers[i]);
	if (check->options.database && check->domains[index].row)
		compare_map(check, index, id);
}
