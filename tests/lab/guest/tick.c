/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tick.h"

/* tick IMAGE [ACKED]: from outside, is what was acknowledged in the raw image? */
static int verify_image(const char *path, const char *acked_text)
{
	struct journal_state found;
	uint64_t acked = acked_text ? strtoull(acked_text, NULL, 10) : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 ? -errno : journal_scan(fd, acked, &found);

	if (!rc && !acked)
		rc = journal_scan(fd, acked = found.last, &found);
	if (rc) {
		fprintf(stderr, "%s: %s\n", path, strerror(-rc));
		return 2;
	}
	printf("acked=%" PRIu64 " first=%" PRIu64 " last=%" PRIu64 " lost=%" PRIu64 "\n", acked,
	       found.first, found.last, found.lost);
	close(fd);
	return found.lost != 0;
}

static void be_init(void)
{
	const char *option;
	int rc;

	boot_mount();
	boot_modules();
	clock_start();
	option = boot_option("ip4");
	if (option)
		boot_network(option);
	boot_watch_power_button();
	rc = disk_open("/dev/vda");
	if (rc && rc != -ENOENT)
		fprintf(stderr, "/dev/vda: %s\n", strerror(-rc));
	journal_start();
	stamp_start();
	option = boot_option("journal");
	if (option)
		journal_rate(strtoull(option, NULL, 10));
	printf("GUEST-UP uptime_ms=%" PRIu64 "\n", uptime_ms());
	fflush(stdout);
	serve();
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		be_init();
	if (argc < 2) {
		fprintf(stderr, "usage: tick IMAGE [ACKED]\n");
		return 2;
	}
	return verify_image(argv[1], argc > 2 ? argv[2] : NULL);
}
