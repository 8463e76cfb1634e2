/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Following a run until it is over: the screen, or a line for each thing that happens. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/progress.h"
#include "cli/stdio.h"
#include "follow.h"

/* A run that takes long says so, and what it waits for, also when there is always some news. */
#define SAY_LONG (900 * VDC_SECOND)

struct printing {
	struct following *f;
	struct cluster_upgrade_printer *printer;
	int64_t last;	     /* when there were news; monotonic */
	int64_t waited_said; /* of what it waits for */
	int64_t long_said;   /* of how long it takes: the time it had taken */
	int64_t away_said;
};

static void told(void *ctx, const struct vdc_work_news *news)
{
	struct printing *p = ctx;

	if (news->kind != VDC_WORK_MOVE || news->move->news != VDC_MOVE_PROGRESS)
		p->last = vdc_time_monotonic();
	cluster_upgrade_told(p->printer, news);
}

static void say_waits(struct printing *p, const char *text)
{
	const struct vdc_work_news news = { .kind = VDC_WORK_WAITS,
					    .status = VDC_UNSET,
					    .text = text };

	cluster_upgrade_told(p->printer, &news);
}

static void say_what_for(struct printing *p)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_upgrade_view view;
	int64_t now = vdc_time_monotonic();
	bool due = vdc_wait_is_due(&p->waited_said, now - p->last);

	vdc_upgrade_view(vdc_upgrade_watch_seen(p->f->watch), arena, &view);
	if (view.run.elapsed != VDC_UNSET &&
	    view.run.elapsed * VDC_SECOND - p->long_said >= SAY_LONG) {
		p->long_said = view.run.elapsed * VDC_SECOND / SAY_LONG * SAY_LONG;
		due = true;
	}
	if (due && view.run.waits)
		say_waits(p, vdc_arena_format(
				     arena, "%s; so far %s, %lld of %lld hosts upgraded",
				     view.run.waits, vdc_upgrade_time(view.run.elapsed, arena),
				     (long long)view.run.hosts_done, (long long)view.run.hosts));
}

int following_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int following_wait(struct following *f, int signals, struct vdc_err *err)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = STDOUT_FILENO } };
	struct signalfd_siginfo info;

	poll(fds, VDC_COUNT(fds), 500);
	if (vdc_stdout_broken())
		return -EPIPE;
	if (signals < 0 || read(signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	vdc_log(VDC_LOG_NOTICE, "%s",
		f->asked ? "asking the run to abort what moves"
			 : "asking the run to stop after what moves; once more aborts that too");
	return following_interrupt(f, err);
}

static int follow(struct printing *p, int signals, struct vdc_err *err)
{
	int r = 1;

	for (bool first = true;; first = false) {
		if (r == 1) {
			vdc_upgrade_watch_tell(p->f->watch,
					       p->f->flags & CLUSTER_UPGRADE_FROM_START && first,
					       told, p);
			if (following_is_over(p->f))
				return 0;
			say_what_for(p);
		} else if (p->f->away) {
			vdc_wait_say_away(&p->away_said, vdc_call_db(p->f->call),
					  vdc_time_monotonic() - p->f->away);
		}
		r = cluster_upgrade_printer_error(p->printer, err);
		if (!r)
			r = following_wait(p->f, signals, err);
		if (!r)
			r = following_look(p->f, err);
		if (r < 0)
			return r;
	}
}

int following_lines(struct following *f, struct cluster_upgrade_printer *printer, int signals,
		    struct vdc_err *err)
{
	const struct vdc_upgrade_seen *seen = vdc_upgrade_watch_seen(f->watch);
	struct printing p = { .f = f, .printer = printer, .last = vdc_time_monotonic() };

	if (seen->job->start_time != VDC_UNSET)
		p.long_said = (seen->now - seen->job->start_time) / SAY_LONG * SAY_LONG;
	return follow(&p, signals, err);
}

int following_end(struct following *f, struct cluster_upgrade_printer *printer, struct vdc_err *err)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(f->watch)->job;
	int code = following_code(f), r;
	vdc_autofree char *resume = NULL;

	if (vdc_upgrade_is_open(job))
		resume = vdc_format("nobody carries it out; cluster-upgrade resume %s goes on",
				    job->id);
	r = cluster_upgrade_printer_end(printer, (enum vdc_job_status)job->status, code,
					resume ? resume : job->message, err);
	return r ? r : code;
}

static int print(struct following *f, struct vdc_err *err)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(f->watch)->job;
	int signals = f->flags & CLUSTER_UPGRADE_CTRL_C ? following_signals() : -1;
	struct cluster_upgrade_printer *printer =
		cluster_upgrade_printer_new(f->call, job->id, &vdc_cluster_kind, job->object_name);
	int r = following_lines(f, printer, signals, err);

	if (!r)
		r = following_end(f, printer, err);
	cluster_upgrade_printer_free(printer);
	if (signals >= 0)
		close(signals);
	return r;
}

int following_screen(struct following *f, int *code, struct vdc_err *err)
{
	if (vdc_given(f->call, "no-view") || vdc_call_output(f->call) != VDC_OUTPUT_TABLE ||
	    following_is_over(f))
		return -ENOTTY;
	return cluster_upgrade_view(f, code, err);
}

static int attach_cluster(struct following *f, struct vdc_err *err)
{
	int code, r = following_screen(f, &code, err);

	if (r == -ENOTTY)
		return print(f, err);
	return r < 0 ? r : code;
}

int cluster_upgrade_attach(struct vdc_call *call, const char *job, unsigned flags,
			   struct vdc_err *err)
{
	struct following f = { .call = call, .job = job, .flags = flags };
	int r = following_open(&f, err);

	if (r)
		return r;
	r = cluster_upgrade_is_of_data_center(vdc_upgrade_watch_seen(f.watch)->job)
		    ? cluster_upgrade_attach_data_center(&f, err)
		    : attach_cluster(&f, err);
	following_close(&f);
	return r;
}
