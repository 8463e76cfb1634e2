/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who writes to this disk? Ten times a second the guest puts its host, its boot and a counter into the
 * last block, after looking whether what it wrote last is still there. If not, a second machine has
 * the disk: an intruder, which is never forgotten. The host's name is on /dev/vdb, a file that each
 * host has of its own.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tick.h"

static struct {
	char host[64], boot[64], before[64];
	uint64_t count, boots, intruders;
	off_t place;
	char *block;
	int written;
} stamp;

#define HOST_TRIES 600 /* a busy machine finds its disks late */

static void read_host(void)
{
	FILE *file = NULL;

	for (int try = 0; try < HOST_TRIES && !(file = fopen("/dev/vdb", "re")); try++)
		sleep_ms(TICK_MS);
	if (!file || !fgets(stamp.host, sizeof(stamp.host), file))
		stamp.host[0] = '\0';
	stamp.host[strcspn(stamp.host, "\n")] = '\0';
	if (file)
		fclose(file);
}

/* What stands there: its boot, and what is to be gone on with. */
static int look(char boot[64])
{
	char host[64];
	uint64_t count, boots, intruders;

	if (pread(disk_fd(), stamp.block, BLOCK, stamp.place) != BLOCK)
		return 0;
	stamp.block[BLOCK - 1] = '\0';
	if (sscanf(stamp.block,
		   "host=%63s boot=%63s count=%" SCNu64 " boots=%" SCNu64 " intruders=%" SCNu64,
		   host, boot, &count, &boots, &intruders) != 5)
		return 0;
	if (!stamp.written) {
		snprintf(stamp.before, sizeof(stamp.before), "%s", host);
		stamp.count = count;
		stamp.boots = boots;
	}
	if (intruders > stamp.intruders)
		stamp.intruders = intruders;
	return 1;
}

static int text(char *out, size_t size)
{
	return snprintf(out, size,
			"host=%s boot=%s count=%" PRIu64 " boots=%" PRIu64 " intruders=%" PRIu64
			" before=%s\n",
			stamp.host, stamp.boot, stamp.count, stamp.boots, stamp.intruders,
			stamp.before);
}

static void put(void)
{
	char boot[64] = "";

	if (look(boot) && stamp.written && strcmp(boot, stamp.boot) != 0)
		stamp.intruders++;
	if (!stamp.written)
		stamp.boots++;
	stamp.count++;
	memset(stamp.block, 0, BLOCK);
	text(stamp.block, BLOCK);
	stamp.written |= pwrite(disk_fd(), stamp.block, BLOCK, stamp.place) == BLOCK;
}

static void *run(void *unused)
{
	(void)unused;
	read_host();
	while (stamp.host[0]) {
		put();
		sleep_ms(TICK_MS);
	}
	free(stamp.block);
	return NULL;
}

void stamp_start(void)
{
	uint64_t size;

	if (disk_fd() < 0 || ioctl(disk_fd(), BLKGETSIZE64, &size))
		return;
	first_line("/proc/sys/kernel/random/boot_id", stamp.boot, sizeof(stamp.boot));
	snprintf(stamp.before, sizeof(stamp.before), "none");
	stamp.place = (off_t)(size / BLOCK * BLOCK - BLOCK);
	stamp.block = aligned_alloc(BLOCK, BLOCK);
	if (stamp.block)
		start_thread(run, NULL);
}

void stamp_report(const struct request *request, struct reply *reply)
{
	char line[512];

	(void)request;
	text(line, sizeof(line));
	line[strcspn(line, "\n")] = '\0';
	reply_ok(reply, "%s", line);
}
