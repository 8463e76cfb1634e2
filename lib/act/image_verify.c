/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/image_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/image_folder.h"
#include "base/log.h"
#include "doc/image_header.h"
#include "edge/qemu_img.h"

/* Bytes of a qcow2 header of version 3 (qemu, docs/interop/qcow2.txt): its version, and features without
 * which it cannot be read, one of which is that its data lies in another file. */
enum { HEADER = 80, AT_VERSION = 7, AT_FEATURES = 79, DATA_OUTSIDE = 1 << 2 };

struct volume {
	char image[VDC_UUID_LEN + 1], id[VDC_UUID_LEN + 1];
	char *path;
	int fd;
};

/* The file itself, by no link, so that nobody leads us elsewhere. */
static int open_volume(const char *folder, const struct volume *volume)
{
	vdc_autofree char *images = vdc_format("%s/images/%s", folder, volume->image);
	int at = open(images, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int fd;

	if (at < 0)
		return -errno;
	fd = openat(at, volume->id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	fd = fd < 0 ? -errno : fd;
	close(at);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}

static bool has_data_outside(int fd)
{
	unsigned char header[HEADER];

	return pread(fd, header, HEADER, 0) == HEADER && header[AT_VERSION] >= 3 &&
	       header[AT_FEATURES] & DATA_OUTSIDE;
}

/* What qemu-img check passes over. */
static void look_at_bitmaps(int fd, struct vdc_image_look *look)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_storage_header header = { 0 };
	char bytes[VDC_IMAGE_HEADER_MAX];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
	struct stat st;

	if (n < 0 || fstat(fd, &st) < 0 ||
	    !vdc_image_header_read(bytes, (size_t)n, st.st_size, arena, &header))
		return;
	vdc_image_bitmaps_read(fd, arena, &header);
	look->stale_bitmaps = header.stale_bitmaps;
	look->bitmaps_in_use = header.bitmaps_in_use;
}

static int is_open(const struct volume *volume, struct vdc_image_verify *verify)
{
	int r = vdc_qemu_img_is_open(volume->fd);

	verify->open += r > 0;
	return r;
}

/* 1: there is a verdict; 0: it is open, or was opened meanwhile. */
static int judge(const struct volume *volume, struct vdc_image_verify *verify,
		 struct vdc_image_look *ret, struct vdc_err *err)
{
	struct vdc_image_verdict verdict;
	int r;

	if (volume->fd < 0)
		return vdc_err_set(err, volume->fd, "%s", strerror(-volume->fd));
	if (has_data_outside(volume->fd))
		return vdc_err_set(err, -EOPNOTSUPP, "its data lies in another file");
	r = is_open(volume, verify);
	if (r < 0)
		return vdc_err_set(err, r, "its locks cannot be asked for: %s", strerror(-r));
	if (r)
		return 0;
	r = vdc_qemu_img_check(volume->path, verify->limit_us, &verdict, err);
	if (r)
		return r;
	ret->damaged = verdict.corruptions + verdict.errors;
	ret->leaked = verdict.leaks;
	look_at_bitmaps(volume->fd, ret);
	r = is_open(volume, verify);
	return r ? 0 : 1;
}

static int verify_one(struct vdc_image_check *check, uint32_t at,
		      const struct vdc_image_source *source, struct vdc_image_verify *verify,
		      struct vdc_err *err)
{
	struct vdc_image_look look = { 0 };
	struct volume volume = { .fd = -1 };
	struct vdc_err why = { 0 };
	int r;

	vdc_image_check_volume_at(check, at, volume.image, volume.id);
	if (verify->step)
		verify->step(verify->ctx, volume.id);
	volume.path = vdc_format("%s/images/%s/%s", source->path, volume.image, volume.id);
	volume.fd = open_volume(source->path, &volume);
	r = judge(&volume, verify, &look, &why);
	if (volume.fd >= 0)
		close(volume.fd);
	free(volume.path);
	if (r == -ENOENT && volume.fd >= 0)
		return vdc_err_set(err, r, "--check: %s; it comes with QEMU", vdc_err_text(&why));
	if (r < 0) {
		verify->skipped++;
		vdc_log(VDC_LOG_NOTICE, "%s: volume %s is not checked: %s", source->label,
			volume.id, vdc_err_text(&why));
	} else if (r) {
		vdc_image_check_verdict(check, at, &look);
	}
	return 0;
}

int vdc_image_verify(struct vdc_image_check *check, const struct vdc_image_source *source,
		     struct vdc_image_verify *verify, struct vdc_err *err)
{
	uint32_t at = 0;
	int r = 0;

	while (!r && vdc_image_check_next_cow(check, &at)) {
		if (source->kind == VDC_IMAGE_FOLDER)
			r = verify_one(check, at, source, verify, err);
		else
			verify->skipped++;
		at++;
	}
	return r;
}
