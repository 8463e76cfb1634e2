/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lab's guest: a program that is init of a virtual machine, counts ticks, keeps a journal
 * on its disk and answers one-line requests on TCP port 7, so that a test can see from inside
 * whether the machine ever stood still or lost a write.
 */
#ifndef TICK_H
#define TICK_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

#define TICK_MS 100
#define BLOCK 4096
#define JOURNAL_BLOCKS 1024
#define TICK_PORT 7

/* a word and up to two numbers */
struct request {
	const char *word;
	unsigned int count; /* of the numbers that were given */
	uint64_t number[2];
};

/* "ok …" or "error …", without the newline */
struct reply {
	char text[2048];
};

typedef void request_fn(const struct request *request, struct reply *reply);

__attribute__((format(printf, 2, 3))) void reply_ok(struct reply *reply, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void reply_error(struct reply *reply, const char *fmt, ...);

/* start a thread that nobody waits for, with a small stack */
void start_thread(void *(*run)(void *), void *arg);
void sleep_ms(uint64_t ms);
uint64_t uptime_ms(void);

/* boot.c: the first and the last things of a machine */
void boot_mount(void);
void boot_modules(void);
const char *boot_option(const char *name);
void boot_network(const char *address_and_prefix);
void boot_watch_power_button(void);
request_fn boot_report;

/* stamp.c: who writes to the disk */
void stamp_start(void);
request_fn stamp_report;
/* WORD is poweroff, reboot or panic: how a machine ends */
int boot_is_end(const char *word);
void boot_end(const char *word);

/* clock.c: ticks, and the time that the machine was not running */
void clock_start(void);
request_fn clock_report, clock_pause, clock_reset;

/* record.c: one block that knows where it belongs and whether it is whole */
struct record {
	uint64_t magic;
	uint64_t sequence;
	uint64_t place; /* block number on the disk */
	uint32_t checksum;
	uint32_t filler[(BLOCK - 28) / 4];
} __attribute__((packed));
_Static_assert(sizeof(struct record) == BLOCK, "a record is a block");

void record_make(struct record *record, uint64_t place, uint64_t sequence);
/* the sequence number, or 0 if this is no whole record of that place */
uint64_t record_check(const struct record *record, uint64_t place);

struct journal_state {
	uint64_t first, last; /* the newest unbroken run of records */
	uint64_t lost;	      /* acknowledged records that are not there */
};
/* read the journal from FD; ACKED is the last sequence number known to be acknowledged */
int journal_scan(int fd, uint64_t acked, struct journal_state *state);

/* disk.c: blocks that are acknowledged only when they are on the disk; 0 or -errno */
int disk_open(const char *path);
int disk_fd(void); /* -1: there is no disk */
int disk_put(uint64_t place, uint64_t sequence);
request_fn disk_write, disk_read, disk_verify, disk_fill;

/* journal.c: numbered records, written one after the other round the start of the disk */
void journal_start(void);
void journal_rate(uint64_t per_second);
request_fn journal_report;
/* what is on the disk against what was acknowledged */
int journal_verify(struct journal_state *state, uint64_t *acked);

/* load.c: memory that changes faster than it can be copied */
request_fn load_dirty;

/* devices.c: what hangs on its PCI bus, and the address of its network card */
request_fn devices_report;
/* of a file, or "?" */
void first_line(const char *path, char *line, size_t size);

/* serve.c */
void serve(void) __attribute__((noreturn));

#endif
