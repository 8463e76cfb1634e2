/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * volume-loop attach BACKING OFFSET SIZE PREFIX    a part of BACKING as a block device; makes its
 *                                               node PREFIXn and leaves a process behind with
 *                                               which it goes; prints both
 * volume-loop grow NODE OFFSET SIZE             in place, whoever uses it
 * What device-mapper does with a logical volume of one segment.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TRIES 200
#define PAUSE_US 5000
#define LOOP_MAJOR 7

static int fail(const char *what)
{
	fprintf(stderr, "volume-loop: %s: %s\n", what, strerror(errno));
	return 1;
}

static int make_node(const char *prefix, int number, char *path, size_t size)
{
	snprintf(path, size, "%s%d", prefix, number);
	unlink(path);
	return mknod(path, S_IFBLK | 0660, makedev(LOOP_MAJOR, (unsigned)number));
}

/* Others look for a free one at the same time. */
static int configure(int control, const struct loop_config *config, const char *prefix, char *path,
		     size_t size)
{
	for (int i = 0; i < TRIES; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE), fd;

		if (number < 0 || make_node(prefix, number, path, size))
			return -1;
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, config) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
		unlink(path);
		if (errno != EBUSY && errno != ENXIO && errno != EAGAIN)
			return -1;
		usleep(PAUSE_US);
	}
	return -1;
}

static int attach(char **argv)
{
	struct loop_config config = { 0 };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), sector = 512, fd;
	int backing = open(argv[0], O_RDWR | O_DIRECT | O_CLOEXEC);
	char path[256];
	pid_t keeper;

	if (control < 0 || backing < 0)
		return fail(control < 0 ? "/dev/loop-control" : argv[0]);
	ioctl(backing, BLKSSZGET, &sector);
	config.fd = (unsigned)backing;
	config.block_size = (unsigned)sector;
	config.info.lo_offset = strtoull(argv[1], NULL, 10);
	config.info.lo_sizelimit = strtoull(argv[2], NULL, 10);
	config.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO;
	snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", argv[0]);
	fd = configure(control, &config, argv[3], path, sizeof(path));
	if (fd < 0)
		return fail("no loop device");
	keeper = fork();
	if (keeper < 0)
		return fail("fork");
	if (keeper == 0) {
		setsid();
		dup2(fd, 0);
		close_range(1, ~0U, 0);
		for (;;)
			pause();
	}
	printf("%s %d\n", path, (int)keeper);
	return 0;
}

static int grow(char **argv)
{
	int fd = open(argv[0], O_RDWR | O_CLOEXEC);
	struct loop_info64 info;

	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info))
		return fail(argv[0]);
	info.lo_offset = strtoull(argv[1], NULL, 10);
	info.lo_sizelimit = strtoull(argv[2], NULL, 10);
	for (int i = 0; i < TRIES; i++) {
		if (ioctl(fd, LOOP_SET_STATUS64, &info) == 0)
			return 0;
		if (errno != EAGAIN)
			break;
		usleep(PAUSE_US);
	}
	return fail(argv[0]);
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "attach") == 0)
		return attach(argv + 2);
	if (argc == 5 && strcmp(argv[1], "grow") == 0)
		return grow(argv + 2);
	fprintf(stderr, "volume-loop attach BACKING OFFSET SIZE PREFIX | grow NODE OFFSET SIZE\n");
	return 2;
}
