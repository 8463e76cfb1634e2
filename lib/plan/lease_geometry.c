/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/lease_geometry.h"

#include <errno.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)
#define EXTENT (128 * MIB)
#define MAILBOX_FILE (16 * MIB)
#define METADATA_RESERVED (17 * MIB)

enum {
	SLOTS_RESERVED = 100
}; /* of "leases": what lies behind is made with the volume that it is of */

/* What an area of each size can hold when records are 4096 bytes; with 512 the smallest holds all. */
static const struct vdc_lease_geometry large[] = {
	{ 4096, 1 * MIB, 250 },
	{ 4096, 2 * MIB, 500 },
	{ 4096, 4 * MIB, 1000 },
	{ 4096, 8 * MIB, VDC_LEASE_HOSTS },
};
static const struct vdc_lease_geometry small = { 512, 1 * MIB, VDC_LEASE_HOSTS };

bool vdc_storage_is_block(int64_t storage_type)
{
	return storage_type == VDC_STORAGE_FCP || storage_type == VDC_STORAGE_ISCSI;
}

static bool holds_leases(int64_t storage_type)
{
	switch (storage_type) {
	case VDC_STORAGE_NFS:
	case VDC_STORAGE_FCP:
	case VDC_STORAGE_ISCSI:
	case VDC_STORAGE_LOCALFS:
	case VDC_STORAGE_POSIXFS:
	case VDC_STORAGE_GLUSTERFS:
		return true;
	default:
		return false;
	}
}

static int check_format(int64_t format, int64_t storage_type, struct vdc_err *err)
{
	const char *type = vdc_enum_word(&vdc_storage_type_values, storage_type);

	if (!holds_leases(storage_type))
		return vdc_err_set(err, -EINVAL,
				   "storage of type %s holds no leases; nfs, posixfs, glusterfs, "
				   "localfs, iscsi and fcp do",
				   storage_type ? type : "(none)");
	if (format < VDC_STORAGE_V2 || format > VDC_STORAGE_V5)
		return vdc_err_set(err, -EINVAL,
				   "a storage domain of format %s has no leases of sanlock; v3 and "
				   "later have, and v2 on iscsi and fcp",
				   format ? vdc_enum_word(&vdc_storage_format_values, format)
					  : "(none)");
	if (format == VDC_STORAGE_V2 && !vdc_storage_is_block(storage_type))
		return vdc_err_set(err, -EINVAL,
				   "format v2 is for iscsi and fcp; on %s take v3 or later", type);
	return 0;
}

static int check_sector(int64_t format, int64_t storage_type, int64_t sector, struct vdc_err *err)
{
	if (sector != 512 && sector != 4096)
		return vdc_err_set(err, -EINVAL, "a sector of %lld bytes; 512 and 4096 go",
				   (long long)sector);
	if (sector == 4096 && format != VDC_STORAGE_V5)
		return vdc_err_set(err, -EINVAL, "sectors of 4096 bytes need format v5, not %s",
				   vdc_enum_word(&vdc_storage_format_values, format));
	if (sector == 4096 && storage_type == VDC_STORAGE_NFS)
		return vdc_err_set(err, -EINVAL,
				   "nfs always has sectors of 512 bytes, whatever lies below it");
	return 0;
}

int vdc_lease_geometry(int64_t format, int64_t storage_type, int64_t sector, int64_t hosts,
		       struct vdc_lease_geometry *ret, struct vdc_err *err)
{
	int r = check_format(format, storage_type, err);

	sector = sector ?: 512;
	if (!r)
		r = check_sector(format, storage_type, sector, err);
	if (r)
		return r;
	hosts = hosts ?: sector == 512 ? VDC_LEASE_HOSTS : VDC_LEASE_HOSTS_PRESET;
	if (hosts < 1 || hosts > VDC_LEASE_HOSTS)
		return vdc_err_set(err, -EINVAL, "room for %lld hosts; 1 to %d go",
				   (long long)hosts, VDC_LEASE_HOSTS);
	*ret = small;
	for (size_t i = VDC_COUNT(large); sector == 4096 && i-- > 0;)
		if (hosts <= large[i].hosts)
			*ret = large[i];
	return 0;
}

int64_t vdc_lease_hosts(int64_t sector, int64_t alignment)
{
	if (sector == small.sector && alignment == small.alignment)
		return small.hosts;
	for (size_t i = 0; i < VDC_COUNT(large); i++)
		if (sector == large[i].sector && alignment == large[i].alignment)
			return large[i].hosts;
	return 0;
}

bool vdc_lease_geometry_valid(const struct vdc_lease_geometry *geometry)
{
	return vdc_lease_hosts(geometry->sector, geometry->alignment) > 0;
}

static int64_t extents(int64_t size)
{
	return (size + EXTENT - 1) / EXTENT * EXTENT;
}

size_t vdc_lease_volumes(int64_t format, int64_t storage_type,
			 const struct vdc_lease_geometry *geometry,
			 struct vdc_lease_volume ret[VDC_LEASE_VOLUMES])
{
	const struct vdc_lease_volume all[VDC_LEASE_VOLUMES] = {
		{ "metadata", 512 * MIB, METADATA_RESERVED },
		{ "ids", extents(geometry->alignment), geometry->alignment },
		{ "inbox", EXTENT, MIB },
		{ "outbox", EXTENT, MIB },
		{ "leases", 2048 * geometry->alignment, SLOTS_RESERVED * geometry->alignment },
		{ "master", 1024 * MIB, MIB },
		/* VM leases: V4 and later */
		{ "xleases", 1024 * geometry->alignment, 2 * geometry->alignment },
	};
	bool block = vdc_storage_is_block(storage_type);
	size_t n = 0;

	for (size_t i = 0; i < VDC_LEASE_VOLUMES; i++) {
		/* On files it is a directory. */
		if (!block && strcmp(all[i].name, "master") == 0)
			continue;
		if (format < VDC_STORAGE_V4 && strcmp(all[i].name, "xleases") == 0)
			continue;
		ret[n] = all[i];
		if (!block)
			ret[n].size = strstr(all[i].name, "box") ? MAILBOX_FILE : 0;
		n++;
	}
	return n;
}
