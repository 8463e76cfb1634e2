/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "edge/user.h"

static bool is_trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid() || owner == vdc_user_caller_id();
}

/* Somebody else's link could name any file that root may read. */
static int check_link(const char *path, struct vdc_err *err)
{
	struct stat st;

	if (lstat(path, &st))
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	if (S_ISLNK(st.st_mode) && !is_trusted(st.st_uid))
		return vdc_err_set(err, -EPERM,
				   "password file %s is a link of somebody else (uid %u)", path,
				   st.st_uid);
	return 0;
}

static int check_file(const char *path, int fd, mode_t forbidden, struct vdc_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return vdc_err_set(err, -EINVAL, "password file %s is not a file", path);
	if (!is_trusted(st.st_uid))
		return vdc_err_set(err, -EPERM,
				   "password file %s belongs to somebody else (uid %u)", path,
				   st.st_uid);
	if (st.st_mode & forbidden)
		return vdc_err_set(err, -EPERM,
				   "password file %s: others may read or write it (mode %04o); "
				   "chmod 600",
				   path, st.st_mode & 07777u);
	return 0;
}

int vdc_secret_file_open(const char *path, mode_t forbidden, struct vdc_err *err)
{
	int fd, r = check_link(path, err);

	if (r)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return vdc_err_set(err, -errno, "password file %s: %m", path);
	r = check_file(path, fd, forbidden, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	fcntl(fd, F_SETFL, 0);
	return fd;
}

/* Nobody may keep us waiting with a pipe. */
static int wait_for(int fd, int64_t limit)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int64_t left = limit - vdc_time_monotonic();
	int n = poll(&input, 1, left > 0 ? (int)(left / 1000) : 0);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n ? 0 : -ETIMEDOUT;
}

ssize_t vdc_secret_file_read(int fd, bool line, int64_t limit_us, struct vdc_secret *ret)
{
	int64_t limit = vdc_time_monotonic() + limit_us;
	size_t have = 0;

	while (have < sizeof(ret->text)) {
		int r = wait_for(fd, limit);
		ssize_t n = r ? r : read(fd, ret->text + have, 1);

		if (!r && n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return r ? r : -errno;
		if (!n)
			break;
		if (ret->text[have++] == '\n' && line)
			break;
	}
	return (ssize_t)have;
}
