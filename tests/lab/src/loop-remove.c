/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop-remove NUMBER...: removes loop devices that nobody uses, which losetup does not offer. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TRIES 20
#define PAUSE_US 50000

/* What was bound a moment ago needs another one until it is free. */
static int remove_loop(int control, long number)
{
	char used[64];

	snprintf(used, sizeof(used), "/sys/block/loop%ld/loop/backing_file", number);
	for (int i = 0; i < TRIES; i++) {
		if (ioctl(control, LOOP_CTL_REMOVE, number) >= 0 || errno == ENODEV)
			return 0;
		if (errno != EBUSY)
			return -1;
		usleep(PAUSE_US);
	}
	return access(used, F_OK); /* others have it by now */
}

int main(int argc, char **argv)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), failed = 0;

	if (control < 0) {
		perror("/dev/loop-control");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		if (remove_loop(control, strtol(argv[i], NULL, 10))) {
			fprintf(stderr, "loop-remove: /dev/loop%s cannot be removed\n", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
