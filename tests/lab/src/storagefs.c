// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * storagefs BACKING CONTROL MOUNTPOINT [FUSE-OPTION...]
 *
 * What one lab host sees of the storage that all of them share: BACKING, passed through. It stands
 * where a real host has its cable, so it can be cut and slowed for this host alone, files that are
 * open included: nothing is cached, every operation asks CONTROL first.
 *
 * CONTROL holds one line "MODE MS": MODE is ok, fail (EIO) or hang (until it changes), MS is added
 * to each operation.
 */
#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static int backing;
static int control;

struct line {
	char mode[8];
	long ms;
};

/* The line is rewritten in place: a read that catches it half-written is repeated by the caller. */
static int read_control(struct line *line)
{
	char text[32];
	ssize_t n = pread(control, text, sizeof(text) - 1, 0);

	if (n <= 0 || text[n - 1] != '\n')
		return -EAGAIN;
	text[n] = '\0';
	return sscanf(text, "%7s %ld", line->mode, &line->ms) == 2 ? 0 : -EAGAIN;
}

static void sleep_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

/* Every operation passes here; returns 0 or -EIO. */
static int gate(void)
{
	struct line line;

	while (read_control(&line) || !strcmp(line.mode, "hang"))
		sleep_ms(20);
	if (!strcmp(line.mode, "fail"))
		return -EIO;
	if (line.ms > 0)
		sleep_ms(line.ms);
	return 0;
}

static const char *rel(const char *path)
{
	return path[1] ? path + 1 : ".";
}

static int done(int rc)
{
	return rc < 0 ? -errno : 0;
}

static int fs_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	int rc = gate();

	if (rc)
		return rc;
	if (fi)
		return done(fstat((int)fi->fh, st));
	return done(fstatat(backing, rel(path), st, AT_SYMLINK_NOFOLLOW));
}

static int fs_readlink(const char *path, char *buf, size_t size)
{
	int rc = gate();
	ssize_t n = rc ? 0 : readlinkat(backing, rel(path), buf, size - 1);

	if (rc || n < 0)
		return rc ? rc : -errno;
	buf[n] = '\0';
	return 0;
}

static int fs_mkdir(const char *path, mode_t mode)
{
	int rc = gate();

	return rc ? rc : done(mkdirat(backing, rel(path), mode));
}

static int fs_unlink(const char *path)
{
	int rc = gate();

	return rc ? rc : done(unlinkat(backing, rel(path), 0));
}

static int fs_rmdir(const char *path)
{
	int rc = gate();

	return rc ? rc : done(unlinkat(backing, rel(path), AT_REMOVEDIR));
}

static int fs_symlink(const char *target, const char *path)
{
	int rc = gate();

	return rc ? rc : done(symlinkat(target, backing, rel(path)));
}

static int fs_link(const char *from, const char *to)
{
	int rc = gate();

	return rc ? rc : done(linkat(backing, rel(from), backing, rel(to), 0));
}

static int fs_rename(const char *from, const char *to, unsigned int flags)
{
	int rc = gate();

	return rc ? rc : done(renameat2(backing, rel(from), backing, rel(to), flags));
}

static int fs_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	int rc = gate();

	(void)fi;
	return rc ? rc : done(fchmodat(backing, rel(path), mode, 0));
}

static int fs_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	int rc = gate();

	(void)fi;
	return rc ? rc : done(fchownat(backing, rel(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int fs_utimens(const char *path, const struct timespec tv[2], struct fuse_file_info *fi)
{
	int rc = gate();

	(void)fi;
	return rc ? rc : done(utimensat(backing, rel(path), tv, AT_SYMLINK_NOFOLLOW));
}

/* O_DIRECT would ask alignment of libfuse's buffers; nothing is cached above this file anyway. */
static int open_backing(const char *path, int flags, mode_t mode, struct fuse_file_info *fi)
{
	int rc = gate();
	int fd = rc ? -1 : openat(backing, rel(path), (flags & ~O_DIRECT) | O_CLOEXEC, mode);

	if (fd < 0)
		return rc ? rc : -errno;
	fi->fh = (uint64_t)fd;
	return 0;
}

static int fs_open(const char *path, struct fuse_file_info *fi)
{
	return open_backing(path, fi->flags, 0, fi);
}

static int fs_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	return open_backing(path, fi->flags | O_CREAT, mode, fi);
}

static int fs_release(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	return done(close((int)fi->fh));
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	int fd = -1;
	int rc = gate();

	if (rc)
		return rc;
	if (fi)
		return done(ftruncate((int)fi->fh, size));
	fd = openat(backing, rel(path), O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = done(ftruncate(fd, size));
	close(fd);
	return rc;
}

static int fs_read(const char *path, char *buf, size_t size, off_t at, struct fuse_file_info *fi)
{
	int rc = gate();
	ssize_t n = rc ? rc : pread((int)fi->fh, buf, size, at);

	(void)path;
	return rc ? rc : n < 0 ? -errno : (int)n;
}

static int fs_write(const char *path, const char *buf, size_t size, off_t at,
		    struct fuse_file_info *fi)
{
	int rc = gate();
	ssize_t n = rc ? rc : pwrite((int)fi->fh, buf, size, at);

	(void)path;
	return rc ? rc : n < 0 ? -errno : (int)n;
}

static int fs_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	int rc = gate();

	(void)path;
	return rc ? rc : done(data_only ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}

static int fs_fallocate(const char *path, int mode, off_t at, off_t len, struct fuse_file_info *fi)
{
	int rc = gate();

	(void)path;
	return rc ? rc : done(fallocate((int)fi->fh, mode, at, len));
}

static off_t fs_lseek(const char *path, off_t at, int whence, struct fuse_file_info *fi)
{
	int rc = gate();
	off_t pos = rc ? rc : lseek((int)fi->fh, at, whence);

	(void)path;
	return rc ? rc : pos < 0 ? -errno : pos;
}

static int fs_statfs(const char *path, struct statvfs *st)
{
	int rc = gate();

	(void)path;
	return rc ? rc : done(fstatvfs(backing, st));
}

static int fs_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t at,
		      struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	struct dirent *entry;
	DIR *dir;
	int fd = -1;
	int rc = gate();

	(void)at;
	(void)fi;
	(void)flags;
	if (rc)
		return rc;
	fd = openat(backing, rel(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		fill(buf, entry->d_name, NULL, 0, 0);
	closedir(dir);
	return 0;
}

static void *fs_init(struct fuse_conn_info *conn, struct fuse_config *cfg)
{
	(void)conn;
	cfg->direct_io = 1;
	cfg->use_ino = 1;
	cfg->nullpath_ok = 0;
	cfg->hard_remove = 1;
	cfg->attr_timeout = 0;
	cfg->entry_timeout = 0;
	cfg->negative_timeout = 0;
	return NULL;
}

static const struct fuse_operations operations = {
	.init = fs_init,
	.getattr = fs_getattr,
	.readlink = fs_readlink,
	.mkdir = fs_mkdir,
	.unlink = fs_unlink,
	.rmdir = fs_rmdir,
	.symlink = fs_symlink,
	.link = fs_link,
	.rename = fs_rename,
	.chmod = fs_chmod,
	.chown = fs_chown,
	.utimens = fs_utimens,
	.open = fs_open,
	.create = fs_create,
	.release = fs_release,
	.truncate = fs_truncate,
	.read = fs_read,
	.write = fs_write,
	.fsync = fs_fsync,
	.fallocate = fs_fallocate,
	.lseek = fs_lseek,
	.statfs = fs_statfs,
	.readdir = fs_readdir,
};

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	fprintf(stderr, "storagefs: %s: %s\n", path, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: storagefs BACKING CONTROL MOUNTPOINT [FUSE-OPTION...]\n");
		return 2;
	}
	umask(0);
	backing = open_or_die(argv[1], O_PATH | O_DIRECTORY);
	control = open_or_die(argv[2], O_RDONLY);
	argv[2] = argv[0];
	return fuse_main(argc - 2, argv + 2, &operations, NULL);
}
