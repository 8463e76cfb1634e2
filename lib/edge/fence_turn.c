/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/fence_turn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/log.h"
#include "base/time.h"

#define PAUSE (VDC_SECOND / 100)

static const struct vdc_folder caches = {
	.setting = VDC_SETTING_CACHE_DIRECTORY,
	.root = "/var/cache/vdc",
	.variable = "XDG_CACHE_HOME",
	.home = ".cache",
};

/* FNV-1a. Two devices with the same one would only wait for each other. */
static uint64_t hash(uint64_t so_far, const char *text)
{
	for (; *text; text++)
		so_far = (so_far ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return so_far * UINT64_C(0x100000001b3); /* so that "a" "b" is not "ab" "" */
}

static char *path_of(const struct vdc_fence_device *device)
{
	vdc_autofree char *folder = vdc_folder_path(&caches);
	vdc_autofree char *port = vdc_format("%" PRId64, device->port);
	vdc_autofree char *turns = vdc_format("%s/fence-turns", folder);
	uint64_t name = hash(UINT64_C(0xcbf29ce484222325), device->address);

	vdc_folder_make(turns);
	name = hash(hash(name, port), device->username ? device->username : "");
	return vdc_format("%s/%016" PRIx64, turns, name);
}

/* The lock of one of the places at the device. -EAGAIN: all are taken. */
static int try_places(const char *path, int64_t places)
{
	for (int64_t i = 0; i < places; i++) {
		vdc_autofree char *place = vdc_format("%s.%" PRId64, path, i);
		int fd = open(place, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		close(fd);
	}
	return -EAGAIN;
}

int vdc_fence_turn(const struct vdc_fence_device *device, int *ret, struct vdc_err *err)
{
	const int64_t places = vdc_setting_number(VDC_SETTING_FENCE_DEVICE_CALLS);
	const int64_t limit = vdc_setting_number(VDC_SETTING_FENCE_DEVICE_WAIT);
	const int64_t until = vdc_time_monotonic() + limit;
	vdc_autofree char *path = NULL;
	char text[VDC_TIME_LEN + 1];
	int fd;

	*ret = -1;
	if (!device->address || !places)
		return 0;
	path = path_of(device);
	while ((fd = try_places(path, places)) == -EAGAIN) {
		if (vdc_time_monotonic() >= until)
			return vdc_err_set(err, -EBUSY,
					   "other calls kept the device at %s busy for %s",
					   device->address, vdc_duration_format(limit, text));
		vdc_sleep(PAUSE);
	}
	if (fd < 0)
		vdc_log(VDC_LOG_WARNING, "%s: %s; calls to one fence device may meet", path,
			strerror(-fd));
	else
		*ret = fd;
	return 0;
}
