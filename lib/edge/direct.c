/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/direct.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { CHUNK = VDC_DIRECT_LOOK };

struct vdc_direct {
	int fd;
	char *path;
	int64_t size;
	void *page; /* CHUNK bytes, aligned as the kernel wants them */
};

static int size_of(int fd, int64_t *ret)
{
	struct stat st;
	uint64_t bytes;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(fd, BLKGETSIZE64, &bytes))
			return -errno;
		*ret = (int64_t)bytes;
		return 0;
	}
	*ret = st.st_size;
	return S_ISREG(st.st_mode) ? 0 : -EINVAL;
}

int vdc_direct_open(const char *path, int writable, struct vdc_direct **ret, struct vdc_err *err)
{
	struct vdc_direct *direct;
	int64_t size = 0;
	int fd = open(path, (writable ? O_RDWR | O_DSYNC : O_RDONLY) | O_DIRECT | O_CLOEXEC), r;

	if (fd < 0 && errno == EINVAL)
		return vdc_err_set(err, -EOPNOTSUPP,
				   "%s: its file system has no direct I/O (O_DIRECT), which leases "
				   "and mailboxes need",
				   path);
	if (fd < 0)
		return vdc_err_set(err, -errno, "%s: %m", path);
	r = size_of(fd, &size);
	if (r) {
		close(fd);
		return vdc_err_set(err, r, "%s: neither a file nor a block device", path);
	}
	direct = vdc_alloc(sizeof(*direct));
	*direct = (struct vdc_direct){ .fd = fd, .path = vdc_strdup(path), .size = size };
	if (posix_memalign(&direct->page, VDC_DIRECT_UNIT, CHUNK))
		abort();
	*ret = direct;
	return 0;
}

void vdc_direct_close(struct vdc_direct *direct)
{
	if (!direct)
		return;
	close(direct->fd);
	free(direct->page);
	free(direct->path);
	free(direct);
}

static int check(const struct vdc_direct *direct, int64_t offset, size_t len, struct vdc_err *err)
{
	if (offset < 0 || offset % VDC_DIRECT_UNIT || len % VDC_DIRECT_UNIT)
		return vdc_err_set(err, -EINVAL, "%s: %zu bytes at %lld are no whole units",
				   direct->path, len, (long long)offset);
	return 0;
}

int vdc_direct_look(struct vdc_direct *direct, int64_t offset, size_t len, const void **ret,
		    struct vdc_err *err)
{
	int r = len > CHUNK ? vdc_err_set(err, -EINVAL, "%s: %zu bytes are too many at once",
					  direct->path, len)
			    : check(direct, offset, len, err);
	ssize_t n;

	if (r)
		return r;
	do
		n = pread(direct->fd, direct->page, len, offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return vdc_err_set(err, -errno, "%s: reading at %lld: %m", direct->path,
				   (long long)offset);
	if ((size_t)n < len)
		return vdc_err_set(err, -ENODATA, "%s: it ends at %lld", direct->path,
				   (long long)(offset + n));
	*ret = direct->page;
	return 0;
}

int vdc_direct_read(struct vdc_direct *direct, int64_t offset, void *data, size_t len,
		    struct vdc_err *err)
{
	char *to = data;
	int r = check(direct, offset, len, err);

	while (!r && len) {
		size_t part = len < CHUNK ? len : CHUNK;
		const void *page;

		r = vdc_direct_look(direct, offset, part, &page, err);
		if (r)
			break;
		memcpy(to, page, part);
		to += part;
		offset += (int64_t)part;
		len -= part;
	}
	return r;
}

int vdc_direct_write(struct vdc_direct *direct, int64_t offset, const void *data, size_t len,
		     struct vdc_err *err)
{
	const char *from = data;
	int r = check(direct, offset, len, err);

	while (!r && len) {
		size_t part = len < CHUNK ? len : CHUNK;
		ssize_t n;

		memcpy(direct->page, from, part);
		n = pwrite(direct->fd, direct->page, part, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return vdc_err_set(err, -errno, "%s: writing at %lld: %m", direct->path,
					   (long long)offset);
		if ((size_t)n < part)
			return vdc_err_set(err, -EIO, "%s: writing at %lld: cut short",
					   direct->path, (long long)offset);
		from += part;
		offset += (int64_t)part;
		len -= part;
	}
	return r;
}

static int write_zeros(struct vdc_direct *direct, int64_t offset, int64_t len, struct vdc_err *err)
{
	vdc_autofree void *zeros = vdc_alloc(CHUNK);
	int r = 0;

	for (int64_t part; len > 0 && !r; offset += part, len -= part) {
		part = len < CHUNK ? len : CHUNK;
		r = vdc_direct_write(direct, offset, zeros, (size_t)part, err);
	}
	return r;
}

int vdc_direct_zero(struct vdc_direct *direct, int64_t offset, int64_t len, struct vdc_err *err)
{
	uint64_t range[] = { (uint64_t)offset, (uint64_t)len };
	int r = check(direct, offset, (size_t)len, err);

	if (r || ioctl(direct->fd, BLKZEROOUT, range) == 0)
		return r;
	if (errno != ENOTTY && errno != EOPNOTSUPP && errno != EINVAL)
		return vdc_err_set(err, -errno, "%s: zeros at %lld: %m", direct->path,
				   (long long)offset);
	return write_zeros(direct, offset, len, err);
}

int64_t vdc_direct_size(const struct vdc_direct *direct)
{
	return direct->size;
}
