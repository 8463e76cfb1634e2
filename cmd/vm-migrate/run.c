/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vm-migrate, and vm-migrate resume. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/words.h"
#include "cli/migration_options.h"
#include "cli/work.h"
#include "store/store.h"
#include "vm_migrate.h"

int vm_migrate_run(struct vdc_call *call, struct vdc_err *err)
{
	struct vm_migrate_request request;
	char *job;
	int r = vm_migrate_read(call, &request, err);

	if (r)
		return r;
	if (vdc_given(call, "explain"))
		return vm_migrate_explain(call, &request, err);
	if (vdc_given(call, "dry-run"))
		return vm_migrate_preview(call, &request, err);
	if (!request.n)
		return 0;
	r = vdc_move_job(vdc_call_db(call), VDC_MOVE_ACTION,
			 vm_migrate_write_options(&request, vdc_call_arena(call)), request.moves,
			 request.n, vdc_call_arena(call), &job, err);
	return r ? r : vm_migrate_do_job(call, job, &request, err);
}

static int read_job(struct vdc_call *call, const struct vdc_job *job,
		    struct vm_migrate_request *ret, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *to = vdc_line_value(job->plan, "to", arena);
	const char *cluster = vdc_line_value(job->plan, "cluster", arena);
	int r = vdc_moves_left(vdc_call_db(call), job->id, arena, &ret->moves, &ret->n, err);

	if (r)
		return r;
	ret->options = vdc_migrate_options();
	vdc_migration_options_parse(job->plan, &ret->options);
	for (size_t i = 0; i < ret->n; i++) {
		ret->moves[i].to_id = to;
		ret->moves[i].cluster_id = cluster;
	}
	return 0;
}

static int resume(struct vdc_call *call, const struct vdc_job *job, struct vdc_err *err)
{
	struct vm_migrate_request request;
	int r = vdc_work_take_up(call, job, VDC_MOVE_ACTION, err);

	if (!r)
		r = read_job(call, job, &request, err);
	return r ? r : vm_migrate_do_job(call, job->id, &request, err);
}

int vm_migrate_resume(struct vdc_call *call, struct vdc_err *err)
{
	return vdc_work_resume(call, VDC_MOVE_ACTION, resume, err);
}
