/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/work.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/time.h"

/* Where there is no terminal, a line of progress now and then is enough. */
#define QUIET_TIME (10 * VDC_SECOND)

static bool is_too_soon(struct vdc_work_watch *watch, const struct vdc_move_report *report)
{
	int64_t now = vdc_time_monotonic();

	if (report->news != VDC_MOVE_PROGRESS || watch->terminal)
		return false;
	if (now - watch->said < QUIET_TIME)
		return true;
	watch->said = now;
	return false;
}

void vdc_work_told_move(void *ctx, const struct vdc_move_report *report)
{
	struct vdc_work_watch *watch = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	const char *line = vdc_work_move_line(report, arena);

	if (line && !is_too_soon(watch, report))
		vdc_progress_step(watch->progress, "%s", line);
	if (report->news == VDC_MOVE_ENDED)
		vdc_progress_done(watch->progress, ++watch->done);
}

bool vdc_work_signal_came(int signals)
{
	struct signalfd_siginfo info;

	return read(signals, &info, sizeof(info)) == sizeof(info);
}

int vdc_work_take_signal(void *ctx)
{
	return vdc_work_signal_came(((const struct vdc_work_watch *)ctx)->signals);
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static void tell_step(struct vdc_work_watch *watch, const struct vdc_work_news *news)
{
	const char *how = news->status == VDC_JOB_STARTED
				  ? "begun"
				  : vdc_enum_word(&vdc_job_status_values, news->status);

	vdc_progress_step(watch->progress, "%s: %s%s%s: %s%s%s", or_nothing(news->host),
			  or_nothing(news->action), news->vm ? " " : "", or_nothing(news->vm), how,
			  news->text ? ": " : "", or_nothing(news->text));
}

void vdc_work_told(void *ctx, const struct vdc_work_news *news)
{
	struct vdc_work_watch *watch = ctx;

	switch (news->kind) {
	case VDC_WORK_MOVE:
		vdc_work_told_move(ctx, news->move);
		break;
	case VDC_WORK_STEP:
		tell_step(watch, news);
		break;
	case VDC_WORK_NOTE:
		vdc_progress_step(watch->progress, "%s: %s", or_nothing(news->host), news->text);
		break;
	case VDC_WORK_WAITS:
		vdc_progress_step(watch->progress, "%s%s%s: waiting: %s", or_nothing(news->host),
				  news->vm ? ": VM " : "", or_nothing(news->vm), news->text);
		break;
	}
}

int vdc_work_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void vdc_work_begin(struct vdc_work_watch *watch, size_t total)
{
	*watch = (struct vdc_work_watch){
		.progress = vdc_progress_new(total),
		.terminal = isatty(STDERR_FILENO),
		.said = vdc_time_monotonic(),
		.signals = vdc_work_signals(),
	};
}

void vdc_work_end(struct vdc_work_watch *watch)
{
	vdc_progress_free(watch->progress);
	if (watch->signals >= 0)
		close(watch->signals);
}
