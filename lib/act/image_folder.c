/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_folder_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doc/image_header.h"
#include "doc/volume_metadata.h"

#define REMOVED "_remove_me_"

enum { DOMAIN_METADATA_MAX = 65536 };

/* A regular file that is small; what it is short of is no error. The number of bytes, or an errno. */
ssize_t image_folder_read_small(int folder, const char *name, void *out, size_t size,
				struct stat *st)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = -EINVAL;

	if (fd < 0)
		return -errno;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode)) {
		n = pread(fd, out, size, 0);
		n = n < 0 ? -errno : n;
	}
	close(fd);
	return n;
}

static int open_folder(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* What another one may have put there instead of a file, or taken away, is no error; else R is. */
int image_folder_unless_gone(const struct folder *folder, const struct image *image,
			     const char *name, ssize_t r)
{
	if (r >= 0 || r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -EINVAL || r == -ENXIO)
		return 0;
	return vdc_err_set(folder->err, (int)r, "images/%s%s%s: %s", image->name, *name ? "/" : "",
			   name, strerror((int)-r));
}

static int read_metadata(const struct folder *folder, const struct image *image, const char *name,
			 struct vdc_storage_volume *volume, struct stat *st)
{
	char file[VDC_UUID_LEN + 6], text[VDC_VOLUME_METADATA_MAX];
	ssize_t n;

	snprintf(file, sizeof(file), "%.36s.meta", name);
	n = image_folder_read_small(image->fd, file, text, sizeof(text), st);
	volume->status = VDC_STORAGE_VOLUME_INVALID;
	if (n == -ENOENT)
		volume->flags |= VDC_STORAGE_VOLUME_NO_METADATA;
	else if (n >= 0)
		vdc_volume_metadata_read(text, (size_t)n, folder->domain, folder->arena, volume);
	return image_folder_unless_gone(folder, image, file, n);
}

/* A template's volume has a name in the folder of each image that is based on it. */
static void place(const struct image *image, struct vdc_storage_volume *volume)
{
	if (image->removed)
		volume->status = VDC_STORAGE_VOLUME_REMOVED;
	if (!image->known)
		return;
	if (!(volume->flags & VDC_STORAGE_VOLUME_HAS_IMAGE)) {
		volume->image = image->id;
		volume->flags |= VDC_STORAGE_VOLUME_HAS_IMAGE;
	} else if (!vdc_uuid_equal(volume->image, image->id)) {
		volume->flags |= VDC_STORAGE_VOLUME_COPY;
	}
}

void vdc_image_bitmaps_read(int fd, struct vdc_arena *arena, struct vdc_storage_header *header)
{
	char *directory;
	ssize_t n;

	if (!header->bitmaps_size)
		return;
	directory = vdc_arena_alloc(arena, header->bitmaps_size);
	n = pread(fd, directory, header->bitmaps_size, header->bitmaps_at);
	header->bitmaps_in_use = n > 0 && vdc_image_bitmaps_in_use(directory, (size_t)n);
}

static void read_bitmaps(const struct folder *folder, const struct image *image, const char *name,
			 struct vdc_storage_header *header)
{
	int fd = openat(image->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	vdc_image_bitmaps_read(fd, folder->arena, header);
	close(fd);
}

static int read_header(const struct folder *folder, const struct image *image, const char *name,
		       struct vdc_storage_volume *volume)
{
	char bytes[VDC_IMAGE_HEADER_MAX];
	struct stat st;
	ssize_t n = image_folder_read_small(image->fd, name, bytes, sizeof(bytes), &st);
	struct vdc_storage_header *header;

	if (n < 0)
		return image_folder_unless_gone(folder, image, name, n);
	header = vdc_arena_alloc(folder->arena, sizeof(*header));
	vdc_image_header_read(bytes, (size_t)n, volume->apparent_size, folder->arena, header);
	volume->header = header;
	if (header->bitmaps_size)
		read_bitmaps(folder, image, name, header);
	return 0;
}

static int read_volume(struct folder *folder, const struct image *image, const char *name)
{
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 0 });
	struct stat st, meta = { 0 };
	int r;

	if (!vdc_uuid_read(name, &volume.id))
		return image_folder_stray(folder, image, name);
	if (fstatat(image->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return image_folder_unless_gone(folder, image, name, -errno);
	vdc_arena_reset(folder->arena);
	r = read_metadata(folder, image, name, &volume, &meta);
	if (S_ISREG(st.st_mode)) {
		volume.apparent_size = st.st_size;
		volume.true_size = (int64_t)st.st_blocks * 512;
		if (!r && folder->deep)
			r = read_header(folder, image, name, &volume);
	} else {
		volume.status = VDC_STORAGE_VOLUME_INVALID;
	}
	place(image, &volume);
	r = r ?: folder->sink->volume(folder->sink->ctx, &volume, folder->err);
	return r ?: image_folder_beside(folder, image, &volume, &st, &meta);
}

/* VOLUME.meta without VOLUME. */
static int read_left_over(struct folder *folder, const struct image *image, const char *name)
{
	struct vdc_storage_volume volume = vdc_storage_volume((struct vdc_uuid){ 0 });
	char id[VDC_UUID_LEN + 1];
	struct stat st;
	int r;

	snprintf(id, sizeof(id), "%.36s", name);
	if (!vdc_uuid_read(id, &volume.id))
		return image_folder_stray(folder, image, name);
	if (strcmp(name + VDC_UUID_LEN, ".lease") == 0)
		return image_folder_lease_alone(folder, image, volume.id, name);
	if (strcmp(name + VDC_UUID_LEN, ".meta") != 0)
		return image_folder_stray(folder, image, name);
	if (fstatat(image->fd, id, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		return 0;
	vdc_arena_reset(folder->arena);
	r = read_metadata(folder, image, id, &volume, &st);
	volume.flags |= VDC_STORAGE_VOLUME_NO_DATA;
	place(image, &volume);
	return r ? r : folder->sink->volume(folder->sink->ctx, &volume, folder->err);
}

/* Calls FN for each name in the folder FD, which is closed. */
static int each_name(int fd,
		     int (*fn)(struct folder *folder, struct image *image, const char *name),
		     struct folder *folder, struct image *image)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		close(fd);
		return image_folder_unless_gone(folder, image, "", r);
	}
	for (errno = 0; !r && (entry = readdir(dir)); errno = 0)
		r = fn(folder, image, entry->d_name);
	if (!r)
		r = image_folder_unless_gone(folder, image, "", -errno);
	closedir(dir);
	return r;
}

static int take_file(struct folder *folder, struct image *image, const char *name)
{
	size_t len = strlen(name);

	if (len == VDC_UUID_LEN)
		return read_volume(folder, image, name);
	return len > VDC_UUID_LEN ? read_left_over(folder, image, name)
				  : image_folder_stray(folder, image, name);
}

static int take_image(struct folder *folder, struct image *images, const char *name)
{
	struct image image = { .name = name, .removed = !strncmp(name, REMOVED, strlen(REMOVED)) };
	const char *id = image.removed ? name + strlen(REMOVED) : name;

	image.known = vdc_uuid_read(id, &image.id);
	if (!image.known && !image.removed)
		return image_folder_stray(folder, NULL, name);
	image.fd = open_folder(images->fd, name);
	if (image.fd == -ENOTDIR || image.fd == -ELOOP)
		return image_folder_stray(folder, NULL, name);
	if (image.fd < 0)
		return image_folder_unless_gone(folder, &image, "", image.fd);
	return each_name(image.fd, take_file, folder, &image);
}

static int read_images(int fd, struct folder *folder)
{
	struct image images = { .fd = open_folder(fd, "images"), .name = "" };

	if (images.fd < 0)
		return vdc_err_set(folder->err, images.fd, "images: %s", strerror(-images.fd));
	return each_name(images.fd, take_image, folder, &images);
}

static int read_self(int fd, struct vdc_arena *arena, struct vdc_storage_self *ret,
		     struct stat *st, struct vdc_err *err)
{
	int folder = open_folder(fd, "dom_md");
	char *text = vdc_arena_alloc(arena, DOMAIN_METADATA_MAX);
	ssize_t n = folder < 0 ? folder
			       : image_folder_read_small(folder, "metadata", text,
							 DOMAIN_METADATA_MAX, st);

	if (folder >= 0)
		close(folder);
	if (n < 0)
		return vdc_err_set(err, n == -EACCES ? -EACCES : -EINVAL,
				   "it is no storage domain: dom_md/metadata: %s",
				   strerror((int)-n));
	vdc_domain_metadata_read(text, (size_t)n, arena, ret);
	return 0;
}

int vdc_image_folder_read(int fd, struct vdc_uuid id, bool deep,
			  const struct vdc_image_dump_sink *sink, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autoarena *kept = vdc_arena_new();
	struct folder folder = { .sink = sink, .arena = arena, .deep = deep, .err = err };
	struct vdc_storage_self self;
	struct stat st;
	int r = read_self(fd, kept, &self, &st, err);

	if (r)
		return r;
	self.nameless = !self.has_id;
	folder.domain = self.nameless ? id : self.id;
	folder.uid = st.st_uid;
	folder.gid = st.st_gid;
	folder.leases = self.format >= VDC_STORAGE_V3 && self.type != VDC_STORAGE_LOCALFS;
	r = read_images(fd, &folder);
	r = r ?: image_folder_leases_end(&folder);
	r = r ?: image_folder_vm_leases(fd, &folder, &self);
	vdc_buf_free(&folder.without);
	return r ? r : sink->self(sink->ctx, &self, err);
}
