/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The special files of a file domain, MOUNT-POINT/ID/dom_md/NAME. What vdsm makes there has the mode
 * 0660 and belongs to vdsm:kvm, as the mount point does: new files belong to whom that belongs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/lockspace_part.h"
#include "plan/lease_geometry.h"

enum { FOLDER_MODE = 0755, FILE_MODE = 0660 };

/* Root may be nobody on the server: then the file is whose the server says. */
static void give(int fd, const struct stat *owner)
{
	(void)!fchown(fd, owner->st_uid, owner->st_gid);
}

/* Opens the folder NAME in PARENT, and makes it if it is not there. PATH is for messages. */
static int enter(int parent, const char *name, const char *path, const struct stat *owner,
		 struct vdc_err *err)
{
	bool made = mkdirat(parent, name, FOLDER_MODE) == 0;
	int fd = openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return vdc_err_set(err, -errno, "%s: %m", path);
	if (made)
		give(fd, owner);
	return fd;
}

static int make_file(int folder, const char *name, int64_t size, const struct stat *owner,
		     struct vdc_err *err)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			FILE_MODE);
	int r = 0;

	if (fd < 0)
		return errno == EEXIST ? 0 : vdc_err_set(err, -errno, "file %s: %m", name);
	give(fd, owner);
	if (fchmod(fd, FILE_MODE) || ftruncate(fd, size))
		r = vdc_err_set(err, -errno, "file %s: %m", name);
	close(fd);
	return r;
}

static int make_files(const struct vdc_lockspace *space, int folder, const struct stat *owner,
		      struct vdc_err *err)
{
	const struct vdc_lease_geometry geometry = { space->block_size, space->alignment, 0 };
	struct vdc_lease_volume all[VDC_LEASE_VOLUMES];
	size_t n = vdc_lease_volumes(space->storage_format, VDC_STORAGE_POSIXFS, &geometry, all);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = make_file(folder, all[i].name, all[i].size, owner, err);
	return r;
}

/* The folder of the files, and the domain's above it, below the mount point MOUNT/DOMAIN/FOLDER. */
static int make_folders(const struct vdc_lockspace *space, char *path, struct vdc_err *err)
{
	char *folder = strrchr(path, '/'), *domain;
	struct stat owner;
	int top, middle, r;

	*folder = '\0';
	domain = strrchr(path, '/');
	if (!domain || domain == path)
		return vdc_err_set(err, -EINVAL, "%s: no folder in a mount point", space->ids);
	*domain = '\0';
	top = open(path, O_DIRECTORY | O_CLOEXEC);
	if (top < 0 || fstat(top, &owner))
		return vdc_err_set(err, -errno, "%s: %m; is storage domain %s mounted here?", path,
				   space->name);
	r = middle = enter(top, domain + 1, space->ids, &owner, err);
	if (middle >= 0) {
		r = enter(middle, folder + 1, space->ids, &owner, err);
		close(middle);
	}
	close(top);
	return r;
}

int vdc_lockspace_make_files(const struct vdc_lockspace *space, struct vdc_err *err)
{
	vdc_autofree char *path =
		vdc_strndup(space->ids, (size_t)(strrchr(space->ids, '/') - space->ids));
	int folder = open(path, O_DIRECTORY | O_CLOEXEC), r = folder;
	struct stat owner;

	if (folder < 0 && errno == ENOENT)
		r = folder = make_folders(space, path, err);
	else if (folder < 0)
		r = vdc_err_set(err, -errno, "%s: %m", path);
	if (folder < 0)
		return r;
	r = fstat(folder, &owner) ? vdc_err_set(err, -errno, "%s: %m", path)
				  : make_files(space, folder, &owner, err);
	close(folder);
	return r;
}
