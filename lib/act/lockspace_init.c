/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lockspace and the manager's lease, made where there was nothing; what is there is never written over. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "act/lockspace_part.h"
#include "act/spm_part.h"
#include "doc/lease_record.h"
#include "edge/direct.h"
#include "plan/lease_geometry.h"

static int refuse(const char *path, int64_t offset, const struct vdc_lease_record *record,
		  struct vdc_err *err)
{
	static const char *const what[] = {
		[VDC_LEASE_RECORD_HOST] = "the lockspace of",
		[VDC_LEASE_RECORD_RESOURCE] = "a lease of",
		[VDC_LEASE_RECORD_DAMAGED] = "a damaged lease of",
	};

	if (record->kind == VDC_LEASE_RECORD_FOREIGN || !what[record->kind])
		return vdc_err_set(
			err, -EEXIST,
			"%s, offset %lld: something that is no lease lies there; nothing "
			"was written",
			path, (long long)offset);
	return vdc_err_set(err, -EPERM,
			   "%s, offset %lld: %s %s%s%s lies there; made anew it would begin with "
			   "version 0, and whoever holds the old one could not tell",
			   path, (long long)offset, what[record->kind], record->space,
			   record->name[0] ? ", " : "", record->name);
}

/* 1: it is what we would make; 0: nothing is there. */
static int compare(const struct vdc_lockspace *space, const char *path, int64_t offset,
		   const struct vdc_lease_record *record, enum vdc_lease_record_kind kind,
		   const char *name, struct vdc_err *err)
{
	if (record->kind == VDC_LEASE_RECORD_BLANK || record->kind == VDC_LEASE_RECORD_CLEARED)
		return 0;
	if (record->kind != kind || strcmp(record->space, space->id) != 0 ||
	    (name && strcmp(record->name, name) != 0))
		return refuse(path, offset, record, err);
	if (record->sector != space->block_size ||
	    (record->alignment && record->alignment != space->alignment))
		return vdc_err_set(
			err, -EPERM,
			"%s, offset %lld: it is there with sectors of %u bytes and areas "
			"of %lld MiB, not with %lld bytes and %lld MiB",
			path, (long long)offset, record->sector,
			(long long)(record->alignment >> 20), (long long)space->block_size,
			(long long)(space->alignment >> 20));
	return 1;
}

static int look_at_lockspace(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const int64_t n = space->alignment / space->block_size;
	vdc_autofree void *data = NULL;
	struct vdc_lease_record record;
	int r = vdc_lockspace_read_area(space, &data, err), known = 0;

	for (int64_t i = 0; i < n && r >= 0; i++) {
		const char *at = (const char *)data + i * space->block_size;

		vdc_lease_record_read(at, VDC_LEASE_RECORD_SIZE, &record);
		r = compare(space, space->ids, i * space->block_size, &record,
			    VDC_LEASE_RECORD_HOST, NULL, err);
		known = i == 0 ? r : known;
	}
	/* sanlock writes the first record last: without it the area was never finished. */
	return r < 0 ? r : known;
}

static int look_at_lease(const struct vdc_lockspace *space, const struct vdc_sanlock_lease *lease,
			 struct vdc_err *err)
{
	char data[VDC_DIRECT_UNIT] = "";
	struct vdc_lease_record record;
	struct vdc_direct *direct;
	int r = vdc_direct_open(space->leases, 0, &direct, err);

	if (r)
		return r;
	if (vdc_direct_size(direct) >= lease->place.offset + (int64_t)sizeof(data))
		r = vdc_direct_read(direct, lease->place.offset, data, sizeof(data), err);
	vdc_direct_close(direct);
	vdc_lease_record_read(data, VDC_LEASE_RECORD_SIZE, &record);
	return r ? r
		 : compare(space, space->leases, lease->place.offset, &record,
			   VDC_LEASE_RECORD_RESOURCE, lease->name, err);
}

/* All special volumes are made, under the names that all hosts know. */
static int check_paths(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const char *end = strrchr(space->ids, '/');
	vdc_autofree char *folder = space->volume_group
					    ? vdc_format("/dev/%s", space->volume_group)
					    : vdc_strndup(space->ids, (size_t)(end - space->ids));
	vdc_autofree char *ids = vdc_format("%s/ids", folder);
	vdc_autofree char *leases = vdc_format("%s/leases", folder);

	if (!*folder || strcmp(ids, space->ids) != 0 || strcmp(leases, space->leases) != 0)
		return vdc_err_set(err, -EINVAL,
				   "the paths %s and %s are not those of a storage domain: ids and "
				   "leases in one folder, or of its volume group",
				   space->ids, space->leases);
	return 0;
}

/* Until this process ends. */
static int lock(const struct vdc_lockspace *space, const char *path, int flags, struct vdc_err *err)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return vdc_err_set(err, -errno, "%s: %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	/* Where a file system has no locks this host's alone has to do. */
	return errno == EWOULDBLOCK
		       ? vdc_err_set(err, -EAGAIN,
				     "domain %s is made ready by another process just now",
				     space->name)
		       : 0;
}

/* Two would both find nothing, and the slower one would make what is in use by then: of a host there is
 * one, and of files one of all hosts, as far as their file system's locks go. */
static int lock_host(const struct vdc_lockspace *space, struct vdc_err *err)
{
	vdc_autofree char *path = spm_path(space->id, ".init");

	return spm_make_folder(err) ?: lock(space, path, O_RDWR | O_CREAT, err);
}

/* CLAIM: NULL where a lock of the file system does the same. */
static int make_areas(const struct vdc_lockspace *space, const struct vdc_lockspace_claim *claim,
		      struct vdc_err *err)
{
	const struct vdc_sanlock_space place = vdc_lockspace_place(space);
	const struct vdc_sanlock_lease lease = vdc_lockspace_spm_lease(space);
	int has_lease = 0, r = look_at_lockspace(space, err), has_space = r;

	if (r >= 0)
		has_lease = r = look_at_lease(space, &lease, err);
	if (r >= 0 && claim)
		r = vdc_lockspace_claim_check(claim, err);
	if (r >= 0 && !has_space)
		r = vdc_sanlock_write_space(&place, (unsigned)space->io_timeout, err);
	if (r >= 0 && !has_lease)
		r = vdc_sanlock_write_lease(&lease, err);
	return r < 0 ? r : 0;
}

static int make_files(const struct vdc_lockspace *space, struct vdc_err *err)
{
	int r = vdc_lockspace_make_files(space, err);

	r = r ?: lock(space, space->ids, O_RDWR, err);
	return r ?: make_areas(space, NULL, err);
}

/* 1: nothing is to be made, and so nothing is claimed: the manager may be changing the group. */
static int is_made(const struct vdc_lockspace *space, struct vdc_err *err)
{
	const struct vdc_sanlock_lease lease = vdc_lockspace_spm_lease(space);
	int r = vdc_lockspace_find_volumes(space, err);

	if (r > 0)
		r = look_at_lockspace(space, err);
	return r > 0 ? look_at_lease(space, &lease, err) : r;
}

static int make_volumes(const struct vdc_lockspace *space, struct vdc_err *err)
{
	struct vdc_lockspace_claim *claim = NULL;
	int r = is_made(space, err);

	if (r)
		return r < 0 ? r : 0;
	r = vdc_lockspace_claim(space, &claim, err);
	r = r ?: vdc_lockspace_make_volumes(space, err);
	r = r ?: make_areas(space, claim, err);
	vdc_lockspace_claim_end(claim);
	return r;
}

static int make(const struct vdc_lockspace *space, struct vdc_err *err)
{
	int r = check_paths(space, err) ?: lock_host(space, err);

	if (r)
		return r;
	return space->volume_group ? make_volumes(space, err) : make_files(space, err);
}

int vdc_lockspace_init(const struct vdc_lockspace *space, int64_t limit_us, struct vdc_err *err)
{
	return vdc_lockspace_do(space, make, limit_us, err);
}
