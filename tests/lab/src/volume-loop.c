/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * volume-loop attach BACKING OFFSET SIZE PREFIX    a part of BACKING as a block device; makes its
 *                                               node PREFIXn and leaves a process behind with
 *                                               which it goes; prints both
 * volume-loop grow NODE OFFSET SIZE             in place, whoever uses it
 * volume-loop refresh KEPT VOLUME               to the size that LVM's metadata say; KEPT begins with
 *                                               its node
 * What device-mapper does with a logical volume of one segment. A refresh reads the metadata itself: by processes
 * of LVM, one for the volume and one for its disk, it took 180 ms on a busy machine, more than what it is part of.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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

/* What LVM's documents call the label, the header of a physical volume and of its metadata. */
enum { SECTOR = 512, BLOCK = 4096, LABEL_AT = 20, PV_AREAS = 40, MDA_SIZE = 32, MDA_LOCATION = 40 };

static uint64_t number_at(const uint8_t *bytes)
{
	uint64_t ret;

	memcpy(&ret, bytes, sizeof(ret));
	return ret;
}

static int read_at(int fd, void *ret, uint64_t at, size_t len)
{
	return pread(fd, ret, len, (off_t)at) == (ssize_t)len ? 0 : -1;
}

/* Where the metadata begin: behind the areas for data, each list with an end of zeros. */
static uint64_t metadata_at(int fd, uint8_t *block)
{
	size_t at;

	if (read_at(fd, block, 0, BLOCK) || memcmp(block + SECTOR, "LABELONE", 8) != 0)
		return 0;
	at = SECTOR + block[SECTOR + LABEL_AT] + PV_AREAS;
	while (at + 32 < BLOCK && number_at(block + at))
		at += 16;
	return number_at(block + at + 16);
}

/* The text, that goes on at the front of its ring where it comes to the end; ends with NUL. */
static char *read_metadata(int fd, uint8_t *block)
{
	uint64_t area = metadata_at(fd, block), size, at, len;
	char *text;

	if (!area || read_at(fd, block, area, BLOCK))
		return NULL;
	size = number_at(block + MDA_SIZE);
	at = number_at(block + MDA_LOCATION);
	len = number_at(block + MDA_LOCATION + 8);
	if (size > UINT64_C(64) << 20 || at >= size || len > size - SECTOR)
		return NULL;
	text = calloc(1, len + 1);
	for (uint64_t done = 0, part; text && done < len; done += part, at += part) {
		if (at == size)
			at = SECTOR;
		part = BLOCK - at % BLOCK;
		part = part < size - at ? part : size - at;
		part = part < len - done ? part : len - done;
		if (read_at(fd, block, area + at / BLOCK * BLOCK, BLOCK))
			return NULL;
		memcpy(text + done, block + at % BLOCK, part);
	}
	return text;
}

/* Behind "NAME =" after FROM, which may be NULL; 0: there is none. */
static uint64_t value(const char *from, const char *name)
{
	const char *at = from ? strstr(from, name) : NULL;

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* In bytes; 0: it is not there, or has not just one segment. */
static uint64_t size_in(const char *text, const char *volume)
{
	const char *volumes = text ? strstr(text, "\nlogical_volumes {") : NULL, *at;
	char name[256];

	snprintf(name, sizeof(name), "\n%s {", volume);
	at = volumes ? strstr(volumes, name) : NULL;
	if (value(at, "\nsegment_count = ") != 1)
		return 0;
	return value(at, "\nextent_count = ") * value(text, "\nextent_size = ") * SECTOR;
}

/* Two at once, and the one that read first would end last. */
static int lock_kept(const char *kept, char node[64])
{
	int fd = open(kept, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX))
		return -1;
	node[read(fd, node, 63) > 0 ? strcspn(node, " \n") : 0] = '\0';
	return 0;
}

static int refresh(char **argv)
{
	uint8_t *block = aligned_alloc(BLOCK, BLOCK);
	struct loop_info64 info = { 0 };
	char node[64] = "", offset[32], size[32];
	int fd, backing;

	if (!block || lock_kept(argv[0], node))
		return fail(argv[0]);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info))
		return fail(node);
	close(fd);
	backing = open((char *)info.lo_file_name, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (backing < 0)
		return fail((char *)info.lo_file_name);
	snprintf(offset, sizeof(offset), "%llu", (unsigned long long)info.lo_offset);
	snprintf(size, sizeof(size), "%llu",
		 (unsigned long long)size_in(read_metadata(backing, block), argv[1]));
	errno = ENODATA;
	return strcmp(size, "0") == 0 ? fail(argv[1]) : grow((char *[]){ node, offset, size });
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "attach") == 0)
		return attach(argv + 2);
	if (argc == 5 && strcmp(argv[1], "grow") == 0)
		return grow(argv + 2);
	if (argc == 4 && strcmp(argv[1], "refresh") == 0)
		return refresh(argv + 2);
	fprintf(stderr, "volume-loop attach BACKING OFFSET SIZE PREFIX | grow NODE OFFSET SIZE | "
			"refresh KEPT VOLUME\n");
	return 2;
}
