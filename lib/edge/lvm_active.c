/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/lvm_active.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/time.h"
#include "edge/lvm_part.h"
#include "edge/lvm_volume.h"

#define PAUSE (VDC_SECOND / 50)

enum { NAMES_MOST = 16 };

static bool is_there(const char *group, const char *name)
{
	vdc_autofree char *path = vdc_format("/dev/%s/%s", group, name);
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

static const char *first_missing(const char *group, const char *const *names)
{
	while (*names && is_there(group, *names))
		names++;
	return *names;
}

static int run(const char *const *argv, int64_t limit_us, struct vdc_err *err)
{
	const struct vdc_proc proc = { .argv = argv, .limit_us = limit_us };
	vdc_autoend end = { 0 };
	int r = vdc_proc_run(&proc, &end, err);

	if (r || !end.status)
		return r;
	/* Whether it is one of the group or of the volume, it says. */
	r = strstr(vdc_buf_str(&end.err), "not found") ||
			    strstr(vdc_buf_str(&end.err), "Failed to find")
		    ? -ENOENT
		    : -EIO;
	return vdc_err_set(err, r, "lvchange: %.300s", vdc_proc_complaint(&end));
}

/* What makes the links in /dev may need a moment more. */
static int await(const char *group, const char *const *names, int64_t until, struct vdc_err *err)
{
	const char *missing;

	while ((missing = first_missing(group, names))) {
		if (vdc_time_monotonic() > until)
			return vdc_err_set(err, -ETIMEDOUT,
					   "/dev/%s/%s: the volume is active and its device does "
					   "not come; is udev running?",
					   group, missing);
		usleep(PAUSE);
	}
	return 0;
}

int vdc_lvm_activate(const char *group, const char *const *names, const char *const *devices,
		     int64_t limit_us, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	vdc_autoarena *arena = vdc_arena_new();
	const char *argv[NAMES_MOST + 8] = { "lvchange", "--activate", "y" };
	vdc_autobuf only = { 0 };
	size_t n = 3;
	int r = 0;

	if (!first_missing(group, names))
		return 0;
	if (devices) {
		r = vdc_lvm_only(devices, &only, err);
		argv[n++] = "--config";
		argv[n++] = vdc_buf_str(&only);
	}
	for (size_t i = 0; names[i] && i < NAMES_MOST && !r; i++) {
		if (!vdc_lvm_name_valid(group) || !vdc_lvm_name_valid(names[i]))
			r = vdc_err_set(err, -EINVAL, "'%.130s/%.130s' is no logical volume", group,
					names[i]);
		argv[n++] = vdc_arena_format(arena, "%s/%s", group, names[i]);
	}
	if (!r)
		r = run(argv, limit_us, err);
	return r ? r : await(group, names, until, err);
}
