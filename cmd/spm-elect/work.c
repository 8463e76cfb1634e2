/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect work: the manager's lease is kept for work that somebody does elsewhere, and asked for. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "spm_elect.h"

/* Whoever works says something now and then, or is taken for hung. */
#define QUIET_TIME (600 * VDC_SECOND)

enum { MOST_LINE = 64 };

/* 1: a line; 0: the end. */
static int next_line(char line[MOST_LINE], int64_t limit_us, struct vdc_err *err)
{
	const int64_t until = vdc_time_monotonic() + limit_us;
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t len = 0;

	while (len < MOST_LINE) {
		int64_t left = until - vdc_time_monotonic();
		ssize_t n;

		if (left <= 0)
			return vdc_err_set(err, -ETIMEDOUT,
					   "nothing was said for %d s: the work is taken for dead",
					   (int)(limit_us / VDC_SECOND));
		if (poll(&fd, 1, (int)(left / 1000) + 1) <= 0)
			continue;
		n = read(fd.fd, line + len, 1);
		if (n <= 0)
			return 0;
		if (line[len] == '\n') {
			line[len] = '\0';
			return 1;
		}
		len++;
	}
	return vdc_err_set(err, -EINVAL, "a line that is too long");
}

static int say(const char *word, int64_t lver, struct vdc_err *err)
{
	if (printf("%s %" PRId64 "\n", word, lver) < 0 || fflush(stdout))
		return vdc_err_set(err, -errno, "standard output: %m");
	return 0;
}

static int serve(struct vdc_call *call, struct vdc_spm_work *work, struct vdc_err *err)
{
	const int64_t limit = vdc_int_option(call, "timeout", QUIET_TIME);
	const int64_t lver = vdc_spm_work_lver(work);
	char line[MOST_LINE];
	int r = say("lver", lver, err), next = 0;

	while (!r) {
		next = next_line(line, limit, err);
		if (next <= 0)
			return next;
		if (strcmp(line, "check") == 0)
			r = vdc_spm_work_check(work, err);
		else
			r = vdc_err_set(err, -EINVAL, "'%s' is not understood: check is", line);
		if (!r)
			r = say("held", lver, err);
	}
	return r;
}

int spm_elect_work(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_spm_work *work = NULL;
	struct vdc_lockspace *space;
	int r = spm_elect_master(call, &space, err);

	if (!r)
		r = vdc_spm_work_begin(space, vdc_int_option(call, "lver", VDC_UNSET), &work, err);
	if (!r)
		r = serve(call, work, err);
	vdc_spm_work_end(work);
	return r;
}
