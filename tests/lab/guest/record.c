/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tick.h"

#define RECORD_MAGIC UINT64_C(0x64726f6365727476)

/* FNV-1a over 32-bit words: cheap under emulation, and enough to see a torn or mixed block */
static uint32_t checksum(const struct record *record)
{
	uint32_t sum = 2166136261u;

	sum = (sum ^ (uint32_t)record->sequence) * 16777619u;
	sum = (sum ^ (uint32_t)(record->sequence >> 32)) * 16777619u;
	sum = (sum ^ (uint32_t)record->place) * 16777619u;
	for (size_t i = 0; i < sizeof(record->filler) / sizeof(record->filler[0]); i++)
		sum = (sum ^ record->filler[i]) * 16777619u;
	return sum;
}

void record_make(struct record *record, uint64_t place, uint64_t sequence)
{
	uint32_t noise = (uint32_t)(sequence * 2654435761u + place) | 1u;

	record->magic = RECORD_MAGIC;
	record->sequence = sequence;
	record->place = place;
	for (size_t i = 0; i < sizeof(record->filler) / sizeof(record->filler[0]); i++) {
		noise ^= noise << 13;
		noise ^= noise >> 17;
		noise ^= noise << 5;
		record->filler[i] = noise;
	}
	record->checksum = checksum(record);
}

uint64_t record_check(const struct record *record, uint64_t place)
{
	if (record->magic != RECORD_MAGIC || record->place != place)
		return 0;
	return record->checksum == checksum(record) ? record->sequence : 0;
}

/* the sequence number of every slot of the journal, 0 where there is none */
static int read_slots(int fd, uint64_t sequences[JOURNAL_BLOCKS])
{
	enum { CHUNK = 64 };
	struct record *chunk = aligned_alloc(BLOCK, CHUNK * sizeof(*chunk));
	int rc = 0;

	if (!chunk)
		return -ENOMEM;
	for (uint64_t at = 0; at < JOURNAL_BLOCKS && !rc; at += CHUNK) {
		ssize_t n = pread(fd, chunk, CHUNK * sizeof(*chunk), (off_t)(at * BLOCK));

		if (n < 0)
			rc = -errno;
		for (uint64_t i = 0; i < CHUNK && !rc; i++)
			sequences[at + i] = (i + 1) * BLOCK <= (uint64_t)n
						    ? record_check(&chunk[i], at + i)
						    : 0;
	}
	free(chunk);
	return rc;
}

int journal_scan(int fd, uint64_t acked, struct journal_state *state)
{
	uint64_t sequences[JOURNAL_BLOCKS];
	struct journal_state found = { 0, 0, 0 };
	int rc = read_slots(fd, sequences);

	if (rc)
		return rc;
	for (uint64_t i = 0; i < JOURNAL_BLOCKS; i++)
		if (sequences[i] > found.last)
			found.last = sequences[i];
	found.first = found.last;
	while (found.first > 1 && sequences[(found.first - 1) % JOURNAL_BLOCKS] == found.first - 1)
		found.first--;
	/* a slot may hold the record that came a whole round later, and is not acknowledged yet */
	for (uint64_t s = acked > JOURNAL_BLOCKS - 1 ? acked - JOURNAL_BLOCKS + 2 : 1; s <= acked;
	     s++)
		if (sequences[s % JOURNAL_BLOCKS] != s &&
		    sequences[s % JOURNAL_BLOCKS] != s + JOURNAL_BLOCKS)
			found.lost++;
	*state = found;
	return 0;
}
