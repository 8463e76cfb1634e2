/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One reading: where a domain's metadata lies by its layout, and how much room it has. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "act/storage_read_part.h"
#include "base/proc.h"
#include "base/time.h"
#include "edge/direct.h"

/* Of programs of lvm; all of it has the limit of the reading. */
#define PROGRAM_TIME (60 * VDC_SECOND)
#define PATIENCE "60" /* seconds, for those before it */
enum { N_HOLDER = 7, MOST_WORDS = 12 };

/* A file that ends before is as good: the storage answered. */
static int read_start(const char *path, struct vdc_err *err)
{
	char page[VDC_DIRECT_UNIT];
	struct vdc_direct *direct;
	int r = vdc_direct_open(path, 0, &direct, err);

	if (r)
		return r;
	r = vdc_direct_read(direct, 0, page, sizeof(page), err);
	vdc_direct_close(direct);
	return r == -ENODATA ? 0 : r;
}

/* Its entries come from the server, unlike its attributes. */
static int read_folder(const char *path, struct vdc_err *err)
{
	DIR *folder = opendir(path);

	if (!folder)
		return vdc_err_set(err, -errno, "%s: %m", path);
	errno = 0;
	if (!readdir(folder) && errno) {
		int r = vdc_err_set(err, -errno, "%s: %m", path);

		closedir(folder);
		return r;
	}
	closedir(folder);
	return 0;
}

/* What an unmounted file system leaves is an empty folder, so a domain must have what its format says. */
int storage_read_files(const struct vdc_domain_reading *reading, struct vdc_err *err)
{
	static const char *const files[] = { "metadata", "ids" };

	for (size_t i = 0; i < VDC_COUNT(files); i++) {
		vdc_autofree char *path =
			vdc_format("%s/%s/dom_md/%s", reading->path, reading->id, files[i]);
		int r = read_start(path, err);

		if (r != -ENOENT)
			return r;
	}
	if (reading->storage_format <= 0)
		return read_folder(reading->path, err);
	return vdc_err_set(err, -ENOENT, "%s has no storage domain %s: is it mounted there?",
			   reading->path, reading->id);
}

void storage_space_files(const struct vdc_domain_reading *reading, struct storage_sight *sight)
{
	struct statvfs fs;
	uint64_t unit;

	if (statvfs(reading->path, &fs))
		return;
	unit = fs.f_frsize ? fs.f_frsize : fs.f_bsize;
	sight->available = (int64_t)(fs.f_bavail * unit);
	sight->used = (int64_t)((fs.f_blocks - fs.f_bfree) * unit);
}

bool storage_is_group(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+_.-";
	size_t len = strlen(name);

	return len && len < 128 && name[0] != '-' && name[strspn(name, allowed)] == '\0' &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/*
 * A program of lvm that takes no lock of lvm's and writes nothing; its first line without blanks around
 * it. When it hangs in the kernel and we are killed, others still wait for it: flock(1), which waits for
 * it in a session of its own, keeps LOCK. (lvm closes what it inherits.)
 */
static int ask_lvm(const char *lock, const char *const *words, struct vdc_proc_end *end,
		   char **line, struct vdc_err *err)
{
	const char *argv[N_HOLDER + MOST_WORDS + 1] = { "setsid", "--fork", "--wait", "flock",
							"-w",	  PATIENCE, lock };
	const struct vdc_proc proc = { .argv = argv, .limit_us = PROGRAM_TIME };
	vdc_autofree char *path = vdc_format("%s:/usr/sbin:/sbin", getenv("PATH") ?: "/usr/bin");
	char *text;
	int r;

	for (size_t i = 0; words[i] && i < MOST_WORDS; i++)
		argv[N_HOLDER + i] = words[i];
	setenv("PATH", path, 1);
	r = vdc_proc_run(&proc, end, err);
	if (r)
		return r;
	if (end->status)
		return vdc_err_set(err, -EIO, "%s", vdc_proc_complaint(end));
	text = end->out.data + strspn(end->out.data, " \n");
	text[strcspn(text, "\n")] = '\0';
	while (*text && text[strlen(text) - 1] == ' ')
		text[strlen(text) - 1] = '\0';
	*line = text;
	return 0;
}

/* Where the volume is not active, as on a host that no VM needs it on. */
static int read_disk(const char *group, const char *lock, struct vdc_err *err)
{
	vdc_autofree char *select = vdc_format("vg_name=%s", group);
	const char *const argv[] = { "pvs",	"--readonly", "--noheadings", "-o",
				     "pv_name", "-S",	      select,	      NULL };
	vdc_autoend end = { 0 };
	char *disk = NULL;
	int r = ask_lvm(lock, argv, &end, &disk, err);

	if (r)
		return r;
	if (disk[0] != '/')
		return vdc_err_set(err, -ENOENT, "there is no volume group %s", group);
	return read_start(disk, err);
}

int storage_read_block(const struct vdc_domain_reading *reading, const char *lock,
		       struct vdc_err *err)
{
	vdc_autofree char *path = vdc_format("/dev/%s/metadata", reading->volume_group);
	int r = read_start(path, err);

	return r == -ENOENT ? read_disk(reading->volume_group, lock, err) : r;
}

void storage_space_block(const struct vdc_domain_reading *reading, const char *lock,
			 struct storage_sight *sight)
{
	const char *const argv[] = {
		"vgs", "--readonly",	  "--noheadings", "--nosuffix",		 "--units", "b",
		"-o",  "vg_size,vg_free", "--",		  reading->volume_group, NULL
	};
	vdc_autoend end = { 0 };
	char *line = NULL, *rest;
	long long size, free;

	if (ask_lvm(lock, argv, &end, &line, NULL))
		return;
	size = strtoll(line, &rest, 10);
	free = strtoll(rest, &rest, 10);
	if (*rest || size <= 0 || free < 0 || free > size)
		return;
	sight->available = free;
	sight->used = size - free;
}
