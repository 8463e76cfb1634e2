/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of LVM's shell: a folder for LVM_SYSTEM_DIR. lvmlocal.conf wins over lvm.conf, so
 * lvm.conf and the list of devices are links to the system's, and what is ours follows in lvmlocal.conf
 * on what the system has there. The folder's name is a sum of that text: it is written once.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"
#include "base/folder.h"
#include "edge/lvm_part.h"

enum { MOST_BYTES = 1024 * 1024 };

static const char ours[] =
	"global { use_aio=0 activation=0 units=\"b\" suffix=0 wait_for_locks=1 }\n"
	"report { output_format=\"json\" time_format=\"%s\" }\n"
	"log { report_command_log=1 command_log_selection=\"all\" }\n"
	"backup { backup=0 archive=0 }\n";

int vdc_lvm_only(const char *const *devices, struct vdc_buf *out, struct vdc_err *err)
{
	vdc_buf_puts(out, "devices { use_devicesfile=0 hints=\"none\" filter=[");
	for (; *devices; devices++) {
		if (**devices != '/')
			return vdc_err_set(err, -EINVAL, "%.200s is no path of a device", *devices);
		vdc_buf_puts(out, "\"a|^");
		for (const char *at = *devices; *at; at++) {
			if (strchr(".+", *at))
				vdc_buf_printf(out, "[%c]", *at);
			else if (strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789/_-:"
					    "ABCDEFGHIJKLMNOPQRSTUVWXYZ@=,"))
				vdc_buf_putc(out, *at);
			else
				return vdc_err_set(
					err, -EINVAL,
					"%.200s: LVM cannot be told a device of that name",
					*devices);
		}
		vdc_buf_puts(out, "$|\",");
	}
	vdc_buf_puts(out, "\"r|.*|\"] }\n");
	return 0;
}

static int read_local(const char *system, struct vdc_buf *out, struct vdc_err *err)
{
	vdc_autofree char *path = vdc_format("%s/lvmlocal.conf", system);
	FILE *in = fopen(path, "re");
	char part[4096];
	size_t n;
	int r = 0;

	if (!in)
		return errno == ENOENT ? 0 : vdc_err_set(err, -errno, "%s: %m", path);
	while ((n = fread(part, 1, sizeof(part), in)) > 0 && out->len < MOST_BYTES)
		vdc_buf_add(out, part, n);
	if (n || ferror(in))
		r = vdc_err_set(err, n ? -EFBIG : -errno, "%s: it cannot be read", path);
	fclose(in);
	vdc_buf_putc(out, '\n');
	return r;
}

static int write_file(const char *path, const struct vdc_buf *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text->data, text->len) != (ssize_t)text->len)
		r = errno ? -errno : -EIO;
	close(fd);
	return r;
}

static void link_to(const char *system, const char *name, const char *folder)
{
	vdc_autofree char *target = vdc_format("%s/%s", system, name);
	vdc_autofree char *link = vdc_format("%s/%s", folder, name);

	if (access(target, F_OK) == 0)
		(void)!symlink(target, link);
}

static void drop(const char *folder)
{
	static const char *const names[] = { "lvmlocal.conf", "lvm.conf", "devices", "profile" };

	for (size_t i = 0; i < VDC_COUNT(names); i++) {
		vdc_autofree char *path = vdc_format("%s/%s", folder, names[i]);

		unlink(path);
	}
	rmdir(folder);
}

/* Beside its place and moved there: it is there whole, or not. */
static int make(const char *system, const char *folder, const struct vdc_buf *text,
		struct vdc_err *err)
{
	vdc_autofree char *new = vdc_format("%s.%d", folder, (int)getpid());
	vdc_autofree char *local = vdc_format("%s/lvmlocal.conf", new);
	int r;

	vdc_folder_make(new);
	r = write_file(local, text);
	if (!r) {
		link_to(system, "lvm.conf", new);
		link_to(system, "devices", new);
		link_to(system, "profile", new);
		if (rename(new, folder) && errno != ENOTEMPTY && errno != EEXIST)
			r = -errno;
	}
	drop(new);
	return r ? vdc_err_set(err, r, "%s: %s", folder, strerror(-r)) : 0;
}

int vdc_lvm_folder(const char *const *devices, char **ret, struct vdc_err *err)
{
	const char *system = secure_getenv("LVM_SYSTEM_DIR") ?: "/etc/lvm";
	vdc_autofree char *folder = NULL;
	vdc_autobuf text = { 0 };
	struct stat st;
	int r = read_local(system, &text, err);

	vdc_buf_puts(&text, ours);
	if (!r && devices)
		r = vdc_lvm_only(devices, &text, err);
	if (r)
		return r;
	folder = vdc_format(
		"%s/%016" PRIx64, vdc_setting_text(VDC_SETTING_LVM_DIRECTORY),
		vdc_fnv(vdc_fnv(VDC_FNV_START, system, strlen(system)), text.data, text.len));
	if (stat(folder, &st))
		r = make(system, folder, &text, err);
	else if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		r = vdc_err_set(err, -EPERM, "%s: it is not ours", folder);
	if (!r)
		*ret = vdc_steal(folder);
	return r;
}
