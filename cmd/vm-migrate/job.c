/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of a run: carried out, its result printed. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/progress.h"
#include "store/store.h"
#include "vm_migrate.h"

/* Where there is no terminal, a line of progress now and then is enough. */
#define QUIET_TIME (10 * VDC_SECOND)

struct watching {
	struct vdc_progress *progress;
	bool terminal;
	int64_t said;
	size_t done;
	int signals;
};

static void tell_bytes(struct watching *watching, const struct vdc_move_report *report)
{
	const struct vdc_move *move = report->move;
	const int64_t mib = 1024 * 1024, now = vdc_time_monotonic();
	char eta[VDC_TIME_LEN + 1] = "?";

	if (report->total <= 0 || (!watching->terminal && now - watching->said < QUIET_TIME))
		return;
	watching->said = now;
	if (report->eta_us >= 0)
		vdc_duration_format(report->eta_us, eta);
	vdc_progress_step(watching->progress, "%s: %s to %s: %lld of %lld MiB, %lld MiB/s, %s left",
			  move->vm_name, move->from_name, move->to_name,
			  (long long)(report->done / mib), (long long)(report->total / mib),
			  (long long)(report->rate / mib), eta);
}

static void told(void *ctx, const struct vdc_move_report *report)
{
	struct watching *watching = ctx;
	const struct vdc_move *move = report->move;
	struct vdc_progress *progress = watching->progress;

	switch (report->news) {
	case VDC_MOVE_BEGUN:
		vdc_progress_step(progress, "%s: %s to %s: begun", move->vm_name, move->from_name,
				  move->to_name);
		break;
	case VDC_MOVE_ADOPTED:
		vdc_progress_step(progress,
				  "%s: a migration away from %s is under way: waiting for it",
				  move->vm_name, move->from_name);
		break;
	case VDC_MOVE_PROGRESS:
		tell_bytes(watching, report);
		break;
	case VDC_MOVE_LATE:
		vdc_progress_step(progress,
				  "%s: its time is up, and post-copy cannot be cancelled: waiting",
				  move->vm_name);
		break;
	case VDC_MOVE_WAITS:
		vdc_progress_step(progress, "%s: waiting: %s", move->vm_name, report->text);
		break;
	case VDC_MOVE_ENDED:
		vdc_progress_step(progress, "%s: %s%s%s", move->vm_name,
				  vdc_enum_word(&vdc_move_end_values, move->end),
				  move->reason ? ": " : "", move->reason ? move->reason : "");
		vdc_progress_done(progress, ++watching->done);
		break;
	}
}

static int take_signal(void *ctx)
{
	const struct watching *watching = ctx;
	struct signalfd_siginfo info;

	return read(watching->signals, &info, sizeof(info)) == sizeof(info);
}

static int open_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int vm_migrate_exit_code(const struct vdc_move *moves, size_t n)
{
	static const enum vdc_exit codes[] = {
		[VDC_MOVE_DONE] = VDC_EXIT_OK,		[VDC_MOVE_PLANNED] = VDC_EXIT_OK,
		[VDC_MOVE_STAYED] = VDC_EXIT_FINDINGS,	[VDC_MOVE_REFUSED] = VDC_EXIT_REFUSED,
		[VDC_MOVE_BUSY] = VDC_EXIT_BUSY,	[VDC_MOVE_SKIPPED] = VDC_EXIT_FINDINGS,
		[VDC_MOVE_STOPPED] = VDC_EXIT_FINDINGS, [VDC_MOVE_UNKNOWN] = VDC_EXIT_UNREACHABLE,
	};
	enum vdc_exit code = VDC_EXIT_OK;
	size_t good = 0;

	for (size_t i = 0; i < n; i++) {
		enum vdc_exit one = moves[i].end ? codes[moves[i].end] : VDC_EXIT_FINDINGS;

		good += one == VDC_EXIT_OK;
		if (one != VDC_EXIT_OK)
			code = code == VDC_EXIT_OK || code == one ? one : VDC_EXIT_FINDINGS;
	}
	return good && good < n ? VDC_EXIT_PARTLY : code;
}

static int print(struct vdc_call *call, const char *job, const struct vm_migrate_request *request,
		 struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_migration_kind, &list, err);

	for (size_t i = 0; i < request->n && !r; i++) {
		const struct vdc_move *move = &request->moves[i];
		struct vdc_migration *row = vdc_object_new(&vdc_migration_kind, arena);

		row->id = vdc_arena_strdup(arena, move->vm_id);
		row->vm = vdc_arena_strdup(arena, move->vm_name);
		row->from = vdc_arena_strdup(arena, move->from_name);
		row->to = vdc_arena_strdup(arena, move->to_name);
		row->result = move->end;
		row->reason = vdc_arena_strdup(arena, move->reason);
		row->job = vdc_arena_strdup(arena, job);
		if (move->end == VDC_MOVE_DONE && move->took_us)
			row->took = move->took_us / 1000;
		if (move->downtime_ms >= 0)
			row->downtime = move->downtime_ms;
		r = vdc_list_add(list, row, err);
	}
	return r ? r : vdc_list_end(list, err);
}

static int close_job(struct vdc_call *call, const struct vdc_job_lease *lease, int code,
		     struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = code == VDC_EXIT_OK ? VDC_JOB_FINISHED : VDC_JOB_FAILED;
	job->end_time = vdc_time_now();
	job->exit_code = code;
	job->percent = 100;
	return vdc_job_update(lease, vdc_call_db(call), job, arena, err);
}

int vm_migrate_do_job(struct vdc_call *call, const char *job, struct vm_migrate_request *request,
		      struct vdc_err *err)
{
	struct watching watching = { .signals = open_signals() };
	struct vdc_job_lease *lease = NULL;
	int r = vdc_job_acquire(vdc_call_db(call), job, VDC_JOB_TTL, &lease, err);
	int code = VDC_EXIT_OK;

	if (r)
		return r;
	watching.progress = vdc_progress_new(request->n);
	watching.terminal = isatty(STDERR_FILENO);
	watching.said = vdc_time_monotonic();
	request->options.told = told;
	request->options.ctx = &watching;
	request->options.stop_fd = watching.signals;
	request->options.stop_taken = take_signal;
	r = vdc_move_vms(vdc_call_db(call), lease, &request->options, request->moves, request->n,
			 vdc_call_arena(call), err);
	vdc_progress_free(watching.progress);
	if (!r) {
		code = vm_migrate_exit_code(request->moves, request->n);
		r = close_job(call, lease, code, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : vdc_call_db(call));
	if (watching.signals >= 0)
		close(watching.signals);
	if (!r)
		r = print(call, job, request, err);
	return r ? r : code;
}
