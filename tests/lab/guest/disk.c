/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tick.h"

/* how many of the blocks behind the journal are remembered as written */
#define REMEMBERED 8192
/* where the filling starts, behind those */
#define FILL_START (JOURNAL_BLOCKS + REMEMBERED)
#define FILL_CHECK 16 /* one block of so many is read back: every cluster of 64 KiB */
#define MIB (UINT64_C(1) << 20)

static struct {
	int fd;
	uint64_t blocks; /* those behind the journal */
	pthread_mutex_t lock;
	uint64_t sequence;
	uint64_t written[REMEMBERED];
} disk = { .fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER };

static struct {
	_Atomic uint64_t done, goal, errors, pace_ms;
} fill;

int disk_open(const char *path)
{
	uint64_t size;
	int fd = open(path, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, BLKGETSIZE64, &size) || size < (JOURNAL_BLOCKS + 1) * BLOCK) {
		close(fd);
		return -ENOSPC;
	}
	disk.blocks = size / BLOCK - JOURNAL_BLOCKS;
	disk.fd = fd;
	return 0;
}

int disk_fd(void)
{
	return disk.fd;
}

int disk_put(uint64_t place, uint64_t sequence)
{
	struct record *record = aligned_alloc(BLOCK, sizeof(*record));
	int rc = 0;

	if (!record)
		return -ENOMEM;
	record_make(record, place, sequence);
	errno = EIO;
	if (pwrite(disk.fd, record, sizeof(*record), (off_t)(place * BLOCK)) != BLOCK)
		rc = -errno;
	free(record);
	return rc;
}

static int get(uint64_t place, uint64_t *sequence)
{
	struct record *record = aligned_alloc(BLOCK, sizeof(*record));
	int rc = 0;

	if (!record)
		return -ENOMEM;
	errno = EIO;
	if (pread(disk.fd, record, sizeof(*record), (off_t)(place * BLOCK)) != BLOCK)
		rc = -errno;
	else
		*sequence = record_check(record, place);
	free(record);
	return rc;
}

static int usable(uint64_t block, struct reply *reply)
{
	if (disk.fd < 0)
		reply_error(reply, "no disk");
	else if (block >= disk.blocks)
		reply_error(reply, "block=%" PRIu64 " blocks=%" PRIu64, block, disk.blocks);
	else
		return 1;
	return 0;
}

void disk_write(const struct request *request, struct reply *reply)
{
	uint64_t block = request->number[0], sequence;
	int rc;

	if (!usable(block, reply))
		return;
	pthread_mutex_lock(&disk.lock);
	sequence = ++disk.sequence;
	rc = disk_put(JOURNAL_BLOCKS + block, sequence);
	if (!rc && block < REMEMBERED)
		disk.written[block] = sequence;
	pthread_mutex_unlock(&disk.lock);
	if (rc)
		reply_error(reply, "write of block %" PRIu64 ": %s", block, strerror(-rc));
	else
		reply_ok(reply, "block=%" PRIu64 " sequence=%" PRIu64, block, sequence);
}

/* -EILSEQ: it does not hold what was acknowledged last, or, if that is not known, no record */
static int check_block(uint64_t block, uint64_t *sequence)
{
	uint64_t expected = block < REMEMBERED ? disk.written[block] : 0;
	int rc = get(JOURNAL_BLOCKS + block, sequence);

	if (rc)
		return rc;
	return *sequence == 0 || (expected && *sequence != expected) ? -EILSEQ : 0;
}

void disk_read(const struct request *request, struct reply *reply)
{
	uint64_t block = request->number[0], sequence = 0;
	int rc;

	if (!usable(block, reply))
		return;
	pthread_mutex_lock(&disk.lock);
	rc = check_block(block, &sequence);
	pthread_mutex_unlock(&disk.lock);
	if (rc == -EILSEQ)
		reply_error(reply, "block=%" PRIu64 " holds sequence=%" PRIu64, block, sequence);
	else if (rc)
		reply_error(reply, "read of block %" PRIu64 ": %s", block, strerror(-rc));
	else
		reply_ok(reply, "block=%" PRIu64 " sequence=%" PRIu64, block, sequence);
}

/* how many of the blocks written by request are not as they were acknowledged */
static uint64_t count_bad(uint64_t *checked)
{
	uint64_t bad = 0, sequence;

	*checked = 0;
	pthread_mutex_lock(&disk.lock);
	for (uint64_t block = 0; block < REMEMBERED; block++) {
		if (!disk.written[block])
			continue;
		++*checked;
		if (check_block(block, &sequence))
			bad++;
	}
	pthread_mutex_unlock(&disk.lock);
	return bad;
}

/* the same of the filling */
static uint64_t count_bad_fill(void)
{
	uint64_t bad = 0, end = FILL_START + fill.done * (MIB / BLOCK), sequence;

	for (uint64_t place = FILL_START; place < end; place += FILL_CHECK)
		if (get(place, &sequence) || !sequence)
			bad++;
	return bad;
}

void disk_verify(const struct request *request, struct reply *reply)
{
	struct journal_state journal;
	uint64_t acked, checked, bad;
	int rc;

	(void)request;
	if (!usable(0, reply))
		return;
	rc = journal_verify(&journal, &acked);
	if (rc) {
		reply_error(reply, "journal: %s", strerror(-rc));
		return;
	}
	bad = count_bad(&checked) + count_bad_fill();
	(bad || journal.lost ? reply_error : reply_ok)(
		reply,
		"acked=%" PRIu64 " first=%" PRIu64 " last=%" PRIu64 " lost=%" PRIu64
		" blocks=%" PRIu64 " bad=%" PRIu64,
		acked, journal.first, journal.last, journal.lost, checked, bad);
}

static int write_mib(uint64_t number, char *buffer)
{
	uint64_t place = FILL_START + number * (MIB / BLOCK);

	for (uint64_t i = 0; i < MIB / BLOCK; i++)
		record_make((struct record *)(buffer + i * BLOCK), place + i, number + 1);
	errno = EIO;
	return pwrite(disk.fd, buffer, MIB, (off_t)(place * BLOCK)) == (ssize_t)MIB ? 0 : -errno;
}

static void *fill_run(void *unused)
{
	char *buffer = aligned_alloc(BLOCK, MIB);

	(void)unused;
	while (buffer && fill.done < fill.goal) {
		if (write_mib(fill.done, buffer))
			fill.errors++;
		else
			fill.done++;
		sleep_ms(fill.pace_ms);
	}
	free(buffer);
	fill.goal = 0;
	return NULL;
}

/* grow what is allocated of the disk, a MiB at a time; without a size, say how far it is */
void disk_fill(const struct request *request, struct reply *reply)
{
	uint64_t mib = request->number[0], idle = 0, room;

	if (!usable(0, reply))
		return;
	room = disk.blocks > REMEMBERED ? (disk.blocks - REMEMBERED) / (MIB / BLOCK) : 0;
	if (mib > room) {
		reply_error(reply, "there is room for %" PRIu64 " MiB", room);
		return;
	}
	if (mib && atomic_compare_exchange_strong(&fill.goal, &idle, mib)) {
		fill.pace_ms = request->number[1];
		fill.done = 0;
		start_thread(fill_run, NULL);
	}
	reply_ok(reply, "filled=%" PRIu64 " errors=%" PRIu64 " running=%d", fill.done, fill.errors,
		 fill.goal != 0);
}
