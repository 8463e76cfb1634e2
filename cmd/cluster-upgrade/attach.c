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
	struct following f;
	struct cluster_upgrade_printer *printer;
	int64_t last;	     /* when there were news; monotonic */
	int64_t waited_said; /* of what it waits for */
	int64_t long_said;   /* of how long it takes: the time it had taken */
	int64_t away_said;
	int signals;
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

	vdc_upgrade_view(vdc_upgrade_watch_seen(p->f.watch), arena, &view);
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

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Until it is worth to look again; Ctrl-C is passed on. */
static int wait_a_while(struct printing *p, struct vdc_err *err)
{
	struct pollfd fds[] = { { .fd = p->signals, .events = POLLIN }, { .fd = STDOUT_FILENO } };
	struct signalfd_siginfo info;

	poll(fds, VDC_COUNT(fds), 500);
	if (vdc_stdout_broken())
		return -EPIPE;
	if (p->signals < 0 || read(p->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	vdc_log(VDC_LOG_NOTICE, "%s",
		p->f.asked ? "asking the run to abort what moves"
			   : "asking the run to stop after what moves; once more aborts that too");
	return following_interrupt(&p->f, err);
}

static int follow(struct printing *p, struct vdc_err *err)
{
	int r = 1;

	for (bool first = true;; first = false) {
		if (r == 1) {
			vdc_upgrade_watch_tell(p->f.watch,
					       p->f.flags & CLUSTER_UPGRADE_FROM_START && first,
					       told, p);
			if (following_is_over(&p->f))
				return 0;
			say_what_for(p);
		} else if (p->f.away) {
			vdc_wait_say_away(&p->away_said, vdc_call_db(p->f.call),
					  vdc_time_monotonic() - p->f.away);
		}
		r = cluster_upgrade_printer_error(p->printer, err);
		if (!r)
			r = wait_a_while(p, err);
		if (!r)
			r = following_look(&p->f, err);
		if (r < 0)
			return r;
	}
}

static int end(struct printing *p, struct vdc_err *err)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(p->f.watch)->job;
	int code = following_code(&p->f), r;
	vdc_autofree char *resume = NULL;

	if (vdc_upgrade_is_open(job))
		resume = vdc_format("nobody carries it out; cluster-upgrade resume %s goes on",
				    job->id);
	r = cluster_upgrade_printer_end(p->printer, (enum vdc_job_status)job->status, code,
					resume ? resume : job->message, err);
	return r ? r : code;
}

static int print(struct printing *p, struct vdc_err *err)
{
	const struct vdc_job *job = vdc_upgrade_watch_seen(p->f.watch)->job;
	int r;

	p->signals = p->f.flags & CLUSTER_UPGRADE_CTRL_C ? open_signals() : -1;
	p->last = vdc_time_monotonic();
	if (job->start_time != VDC_UNSET)
		p->long_said = (vdc_upgrade_watch_seen(p->f.watch)->now - job->start_time) /
			       SAY_LONG * SAY_LONG;
	p->printer = cluster_upgrade_printer_new(p->f.call, job->id, job->object_name);
	r = follow(p, err);
	if (!r)
		r = end(p, err);
	cluster_upgrade_printer_free(p->printer);
	if (p->signals >= 0)
		close(p->signals);
	return r;
}

static bool wants_screen(struct vdc_call *call)
{
	return !vdc_given(call, "no-view") && vdc_call_output(call) == VDC_OUTPUT_TABLE;
}

int cluster_upgrade_attach(struct vdc_call *call, const char *job, unsigned flags,
			   struct vdc_err *err)
{
	struct printing p = { .f = { .call = call, .job = job, .flags = flags } };
	int r = following_open(&p.f, err), code;

	if (r)
		return r;
	r = wants_screen(call) && !following_is_over(&p.f) ? cluster_upgrade_view(&p.f, &code, err)
							   : -ENOTTY;
	if (r == -ENOTTY)
		code = r = print(&p, err);
	following_close(&p.f);
	return r < 0 ? r : code;
}
