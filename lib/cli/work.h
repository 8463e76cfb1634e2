/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands that carry long work out have in common: signals, the lines that they say meanwhile, the
 * job and its end. */
#pragma once

#include "act/work_news.h"
#include "base/buf.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "store/job.h"

/*
 *	vdc_work_begin(&watch, total);             before any thread: the lease of a job has one
 *	r = vdc_job_acquire(...);
 *	options.told = vdc_work_told_move;
 *	options.ctx = &watch;
 *	options.stop_fd = watch.signals;
 *	options.stop_taken = vdc_work_take_signal;
 *	...
 *	vdc_work_end(&watch);
 */
struct vdc_work_watch {
	struct vdc_progress *progress;
	bool terminal;
	int64_t said;
	size_t done;
	int signals; /* readable: somebody asked to stop, by SIGINT or SIGTERM */
};

void vdc_work_begin(struct vdc_work_watch *watch, size_t total);
void vdc_work_end(struct vdc_work_watch *watch);

/* SIGINT and SIGTERM as something to be read from now on; -1: not to be had. The signals alone. */
int vdc_work_signals(void);
bool vdc_work_signal_came(int signals); /* takes one */

/* CTX of these is the watch. */
vdc_move_told_fn vdc_work_told_move;
vdc_work_told_fn vdc_work_told;
int vdc_work_take_signal(void *ctx);

/* What befalls a migration, for people: "VM web1: h1 to h2: done in 12s". In ARENA; NULL: not worth a
 * line. */
const char *vdc_work_move_line(const struct vdc_move_report *report, struct vdc_arena *arena);

/* The jobs that the operands name, else all of ACTION that are not over; struct vdc_job * each. */
int vdc_work_jobs(struct vdc_call *call, const char *action, struct vdc_buf *jobs,
		  struct vdc_err *err);

/* FN for each of the jobs that the operands name, else of all of ACTION that are not over; the worst of
 * what it returns. */
int vdc_work_resume(struct vdc_call *call, const char *action,
		    int (*fn)(struct vdc_call *call, const struct vdc_job *job,
			      struct vdc_err *err),
		    struct vdc_err *err);

/* Before a job is gone on with: -EINVAL when it is none of ACTION, or over. Waits until its owner,
 * who may have been killed, does not count any more; -EBUSY names it. */
int vdc_work_take_up(struct vdc_call *call, const struct vdc_job *job, const char *action,
		     struct vdc_err *err);

/* That waiting alone. */
int vdc_work_await_owner(struct vdc_call *call, const char *job, struct vdc_err *err);

int vdc_work_close_job(struct vdc_call *call, const struct vdc_job_lease *lease, int code,
		       struct vdc_err *err);

/* Of many that ended each with a code: what they have in common, or that only some did well. */
enum vdc_exit vdc_work_exit(const enum vdc_exit *codes, size_t n);
