/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies beside volumes, and to whom it all belongs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act/image_folder_part.h"
#include "act/image_vm_lease.h"
#include "base/utf8.h"
#include "doc/lease_record.h"
#include "model/volume.h"
#include "plan/image_file.h"

enum { PATH_SIZE = 400, OWNER_SIZE = 24 };

/* A volume without a lease. */
struct image_lost {
	struct vdc_uuid image, volume;
};

/* Names are whatever somebody wrote: on one line, and such that a document can hold them. */
static void clean(char *text)
{
	for (char *c = text; *c; c++) {
		c += vdc_utf8_xml_span(c, strlen(c));
		if (!*c)
			break;
		*c = '?';
	}
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = '?';
}

static int tell(const struct folder *folder, const struct image *image, const char *name,
		struct vdc_storage_file file)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%.120s%s%.255s", image ? image->name : "", image ? "/" : "",
		 name);
	clean(path);
	file.path = path;
	if (image && image->known)
		file.image = image->id;
	return folder->sink->file(folder->sink->ctx, &file, folder->err);
}

/* Hidden ones are those of the file system: files that were removed while open, snapshots. */
int image_folder_stray(const struct folder *folder, const struct image *image, const char *name)
{
	if (*name == '.' || (!image && strcmp(name, "lost+found") == 0))
		return 0;
	return tell(folder, image, name,
		    (struct vdc_storage_file){ .problem = VDC_STORAGE_FILE_STRAY });
}

static bool is_there(const struct image *image, const char *name)
{
	struct stat st;

	return fstatat(image->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

int image_folder_lease_alone(const struct folder *folder, const struct image *image,
			     struct vdc_uuid volume, const char *name)
{
	char id[VDC_UUID_LEN + 1], meta[VDC_UUID_LEN + 6];

	snprintf(id, sizeof(id), "%.36s", name);
	snprintf(meta, sizeof(meta), "%s.meta", id);
	if (image->removed || is_there(image, id) || is_there(image, meta))
		return 0;
	return tell(folder, image, name,
		    (struct vdc_storage_file){ .problem = VDC_STORAGE_FILE_LEASE_ALONE,
					       .volume = volume });
}

static int check_rights(const struct folder *folder, const struct image *image, const char *name,
			const struct stat *st, struct vdc_uuid volume, bool data)
{
	const struct vdc_image_file_rights rights = { .uid = st->st_uid,
						      .gid = st->st_gid,
						      .mode = st->st_mode & 07777,
						      .domain_uid = folder->uid,
						      .domain_gid = folder->gid,
						      .data = data };
	struct vdc_storage_file file = { .problem = VDC_STORAGE_FILE_OWNER, .volume = volume };
	char is[OWNER_SIZE], should[OWNER_SIZE];
	int r = 0;

	if (!st->st_nlink || !S_ISREG(st->st_mode))
		return 0;
	file.is = is;
	if (vdc_image_owner_differs(&rights)) {
		snprintf(is, sizeof(is), "%u:%u", rights.uid, rights.gid);
		snprintf(should, sizeof(should), "%u:%u", rights.domain_uid, rights.domain_gid);
		file.should = should;
		r = tell(folder, image, name, file);
	}
	file.should = vdc_image_mode_should(&rights);
	if (r || !file.should)
		return r;
	snprintf(is, sizeof(is), "%04o", rights.mode);
	file.problem = VDC_STORAGE_FILE_MODE;
	return tell(folder, image, name, file);
}

/* What the lease's file has in it: 0, or what is wrong, with the name it is in. */
static int judge_lease(const struct folder *folder, const void *data, ssize_t n, const char *id,
		       struct vdc_lease_record *record)
{
	char domain[VDC_UUID_LEN + 1];

	if (n < VDC_LEASE_RECORD_SIZE)
		return VDC_STORAGE_FILE_LEASE_MISSING;
	vdc_lease_record_read(data, (size_t)n, record);
	if (record->kind == VDC_LEASE_RECORD_BLANK || record->kind == VDC_LEASE_RECORD_CLEARED)
		return VDC_STORAGE_FILE_LEASE_MISSING;
	if (record->kind != VDC_LEASE_RECORD_RESOURCE)
		*record->name = *record->space = '\0';
	return strcmp(record->name, id) == 0 &&
			       (vdc_uuid_blank(folder->domain) ||
				strcmp(record->space, vdc_uuid_write(folder->domain, domain)) == 0)
		       ? 0
		       : VDC_STORAGE_FILE_LEASE_OF_OTHER;
}

static int check_lease(struct folder *folder, const struct image *image, struct vdc_uuid volume,
		       const char *id)
{
	char name[VDC_UUID_LEN + 7], data[VDC_LEASE_RECORD_SIZE], is[2 * VDC_LEASE_NAME + 8];
	struct vdc_storage_file file = { .volume = volume };
	const struct image_lost lost = { image->id, volume };
	struct vdc_lease_record record = { 0 };
	struct stat st = { 0 };
	ssize_t n;

	snprintf(name, sizeof(name), "%s.lease", id);
	n = image_folder_read_small(image->fd, name, data, sizeof(data), &st);
	if (n == -ENOENT) {
		vdc_buf_add(&folder->without, &lost, sizeof(lost));
		return 0;
	}
	if (n < 0 && image_folder_unless_gone(folder, image, name, n))
		return (int)n;
	folder->lease_seen = true;
	file.problem = (uint8_t)judge_lease(folder, data, n, id, &record);
	if (*record.name && file.problem == VDC_STORAGE_FILE_LEASE_OF_OTHER) {
		snprintf(is, sizeof(is), "%s of %s", record.name, record.space);
		clean(is);
		file.is = is;
	}
	n = file.problem ? tell(folder, image, name, file) : 0;
	return n ? (int)n : check_rights(folder, image, name, &st, volume, true);
}

int image_folder_beside(struct folder *folder, const struct image *image,
			const struct vdc_storage_volume *volume, const struct stat *data,
			const struct stat *meta)
{
	bool shared = volume->voltype == VDC_VOLTYPE_SHARED;
	char id[VDC_UUID_LEN + 1], name[VDC_UUID_LEN + 6];
	int r;

	if (image->removed || volume->flags & VDC_STORAGE_VOLUME_COPY)
		return 0;
	vdc_uuid_write(volume->id, id);
	snprintf(name, sizeof(name), "%s.meta", id);
	r = check_rights(folder, image, id, data, volume->id, !shared);
	r = r ?: check_rights(folder, image, name, meta, volume->id, false);
	return r || !folder->leases ? r : check_lease(folder, image, volume->id, id);
}

int image_folder_leases_end(const struct folder *folder)
{
	const struct image_lost *all = (const void *)folder->without.data;
	size_t n = folder->lease_seen ? folder->without.len / sizeof(*all) : 0;
	char id[VDC_UUID_LEN + 1], name[VDC_UUID_LEN + 7];
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		const struct image image = { .name = id, .id = all[i].image, .known = true };

		snprintf(name, sizeof(name), "%s.lease", vdc_uuid_write(all[i].volume, id));
		vdc_uuid_write(all[i].image, id);
		r = tell(folder, &image, name,
			 (struct vdc_storage_file){ .problem = VDC_STORAGE_FILE_LEASE_MISSING,
						    .volume = all[i].volume });
	}
	return r;
}

static int read_vm_leases(void *ctx, int64_t offset, void *data, size_t len, struct vdc_err *err)
{
	ssize_t n = pread(*(const int *)ctx, data, len, offset);

	if (n < 0)
		return vdc_err_set(err, -errno, "dom_md/xleases: %s", strerror(errno));
	return (size_t)n < len ? -ENODATA : 0;
}

int image_folder_vm_leases(int fd, const struct folder *folder, struct vdc_storage_self *self)
{
	int file = openat(fd, "dom_md/xleases", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct vdc_image_vm_leases from = { .ctx = &file, .read = read_vm_leases };
	struct stat st;
	int r = 0;

	if (file < 0 && errno != ENOENT && errno != ELOOP && errno != EACCES)
		return vdc_err_set(folder->err, -errno, "dom_md/xleases: %s", strerror(errno));
	if (file < 0)
		return 0;
	if (fstat(file, &st) == 0 && S_ISREG(st.st_mode)) {
		from.size = st.st_size;
		r = vdc_image_vm_leases_read(&from, folder->sink, self, folder->err);
	}
	close(file);
	return r;
}
