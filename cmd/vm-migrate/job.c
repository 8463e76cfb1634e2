/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of a run: carried out, its result printed. */
#include <errno.h>

#include "cli/list.h"
#include "cli/work.h"
#include "vm_migrate.h"

int vm_migrate_exit_code(const struct vdc_move *moves, size_t n, struct vdc_arena *arena)
{
	static const enum vdc_exit codes[] = {
		[VDC_MOVE_DONE] = VDC_EXIT_OK,		[VDC_MOVE_PLANNED] = VDC_EXIT_OK,
		[VDC_MOVE_STAYED] = VDC_EXIT_FINDINGS,	[VDC_MOVE_REFUSED] = VDC_EXIT_REFUSED,
		[VDC_MOVE_BUSY] = VDC_EXIT_BUSY,	[VDC_MOVE_SKIPPED] = VDC_EXIT_FINDINGS,
		[VDC_MOVE_STOPPED] = VDC_EXIT_FINDINGS, [VDC_MOVE_UNKNOWN] = VDC_EXIT_UNREACHABLE,
	};
	enum vdc_exit *all = vdc_arena_alloc(arena, (n + 1) * sizeof(*all));

	for (size_t i = 0; i < n; i++)
		all[i] = moves[i].end ? codes[moves[i].end] : VDC_EXIT_FINDINGS;
	return vdc_work_exit(all, n);
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

int vm_migrate_do_job(struct vdc_call *call, const char *job, struct vm_migrate_request *request,
		      struct vdc_err *err)
{
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	int code = VDC_EXIT_OK, r;

	vdc_work_begin(&watch, request->n);
	r = vdc_job_acquire(vdc_call_db(call), job, VDC_JOB_TTL, &lease, err);
	request->options.told = vdc_work_told_move;
	request->options.ctx = &watch;
	request->options.stop_fd = watch.signals;
	request->options.stop_taken = vdc_work_take_signal;
	if (!r)
		r = vdc_move_vms(vdc_call_db(call), lease, &request->options, request->moves,
				 request->n, vdc_call_arena(call), err);
	if (!r) {
		code = vm_migrate_exit_code(request->moves, request->n, vdc_call_arena(call));
		r = vdc_work_close_job(call, lease, code, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : vdc_call_db(call));
	vdc_work_end(&watch);
	if (!r)
		r = print(call, job, request, err);
	return r ? r : code;
}
