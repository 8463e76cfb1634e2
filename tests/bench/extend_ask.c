/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * extend_ask mailbox LOCKSPACES SPM-FOLDER DOMAIN VOLUMES SIZE STEP RUNS
 * extend_ask database URL - DOMAIN VOLUMES SIZE STEP RUNS
 * extend_ask disk FOLDER
 *
 * Has the VOLUMES 00000000-…, 00000001-… of DOMAIN, which have SIZE bytes, grow by STEP: the first one RUNS
 * times alone, for milliseconds from a request to its answer, then all at once, for the rate. DISK: how
 * long 4 KiB take that are to be on the disk.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/extend_ask.h"
#include "base/setting.h"
#include "base/time.h"
#include "store/store.h"

#define LIMIT (60 * VDC_SECOND)
enum { ROUNDS = 5, WRITES = 100, PAGE = 4096 };

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void print(int64_t *took, int n)
{
	qsort(took, (size_t)n, sizeof(*took), by_value);
	printf("median %.2f high %.2f longest %.2f", (double)took[n / 2] / 1e3,
	       (double)took[n * 99 / 100] / 1e3, (double)took[n - 1] / 1e3);
}

static int disk(const char *folder)
{
	vdc_autofree char *path = vdc_format("%s/page", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_DIRECT | O_DSYNC | O_CLOEXEC, 0600);
	int64_t took[WRITES];
	void *page;

	if (fd < 0 || posix_memalign(&page, PAGE, PAGE))
		return 1;
	memset(page, 1, PAGE);
	for (int i = 0; i < WRITES; i++) {
		int64_t begun = vdc_time_monotonic();

		if (pwrite(fd, page, PAGE, 0) != PAGE)
			return 1;
		took[i] = vdc_time_monotonic() - begun;
	}
	print(took, WRITES);
	printf("\n");
	free(page);
	close(fd);
	return 0;
}

struct asking {
	struct vdc_extend_ask *ask;
	const char *domain;
	int64_t size, step;
	int volumes;
};

static int send_for(const struct asking *a, int volume, int64_t size, struct vdc_err *err)
{
	struct vdc_extend_request request = { .size = size };

	snprintf(request.domain, sizeof(request.domain), "%s", a->domain);
	snprintf(request.volume, sizeof(request.volume), "%08x-0000-4000-8000-000000000000",
		 (unsigned)volume);
	return vdc_extend_ask_send(a->ask, &request, err);
}

/* N answers, each of SIZE at least. */
static int wait_for(const struct asking *a, int n, int64_t size, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + LIMIT;
	struct pollfd fd = { .fd = vdc_extend_ask_fd(a->ask), .events = POLLIN };

	while (n && vdc_time_monotonic() < until) {
		struct vdc_extend_answer answer;
		int r;

		poll(&fd, 1, 1000);
		while (n && (r = vdc_extend_ask_answer(a->ask, &answer, err)) != 0) {
			if (r < 0)
				return r;
			if (answer.size < size)
				return vdc_err_set(err, -1, "refused: %s", answer.text);
			n--;
		}
	}
	return n ? vdc_err_set(err, -1, "%d answers did not come", n) : 0;
}

static int alone(struct asking *a, int runs, struct vdc_err *err)
{
	vdc_autofree int64_t *took = vdc_alloc((size_t)runs * sizeof(*took));
	int64_t size = a->size;
	int r = 0;

	for (int i = 0; i < runs && !r; i++) {
		int64_t begun;

		vdc_sleep(1000 * (i * 7 % 41)); /* out of step with whoever looks */
		begun = vdc_time_monotonic();
		size += a->step;
		r = send_for(a, 0, size, err);
		if (!r)
			r = wait_for(a, 1, size, err);
		took[i] = vdc_time_monotonic() - begun;
	}
	if (!r)
		print(took, runs);
	return r;
}

static int together(struct asking *a, struct vdc_err *err)
{
	const int64_t begun = vdc_time_monotonic();
	int64_t size = a->size;
	int r = 0;

	for (int round = 0; round < ROUNDS && !r; round++) {
		size += a->step;
		for (int i = 1; i <= a->volumes && !r; i++)
			r = send_for(a, i, size, err);
		if (!r)
			r = wait_for(a, a->volumes, size, err);
	}
	if (!r)
		printf(" rate %.1f\n",
		       ROUNDS * a->volumes * 1e6 / (double)(vdc_time_monotonic() - begun));
	return r;
}

static int open_way(char **argv, struct vdc_arena *arena, struct vdc_extend_ask_options *options,
		    struct vdc_err *err)
{
	struct vdc_lockspaces spaces;
	struct vdc_lockspace *master;
	struct vdc_db *db;
	int r;

	if (strcmp(argv[1], "database") == 0) {
		options->transport = VDC_EXTEND_DATABASE;
		r = vdc_store_open(argv[2], 0, &db, err);
		options->db = db;
		return r;
	}
	options->transport = VDC_EXTEND_MAILBOX;
	r = vdc_setting_set(VDC_SETTING_LOCKSPACES, argv[2], err)
			    ?: vdc_setting_set(VDC_SETTING_SPM_DIRECTORY, argv[3], err)
			    ?: vdc_lockspaces_load(arena, &spaces, err)
			    ?: vdc_lockspaces_master(&spaces, NULL, &master, err);
	options->master = r ? NULL : master;
	return r;
}

int main(int argc, char **argv)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_extend_ask_options options = { 0 };
	struct vdc_err err = { 0 };
	struct asking a = { 0 };
	int r;

	if (argc == 3)
		return disk(argv[2]);
	if (argc != 9)
		return 2;
	a = (struct asking){ .domain = argv[4],
			     .volumes = atoi(argv[5]),
			     .size = atoll(argv[6]),
			     .step = atoll(argv[7]) };
	r = open_way(argv, arena, &options, &err) ?: vdc_extend_ask_open(&options, &a.ask, &err);
	if (!r)
		r = alone(&a, atoi(argv[8]), &err);
	if (!r)
		r = together(&a, &err);
	vdc_extend_ask_close(a.ask);
	if (r)
		fprintf(stderr, "extend_ask: %s\n", vdc_err_text(&err));
	return r ? 1 : 0;
}
