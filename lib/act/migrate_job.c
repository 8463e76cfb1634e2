/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A job whose steps are moves, and the moves of such a job. */
#include <string.h>

#include "act/migrate.h"
#include "base/buf.h"
#include "model/vm.h"
#include "store/migration.h"
#include "store/store.h"

struct making {
	struct vdc_job *job;
	const struct vdc_move *moves;
	size_t n;
	struct vdc_arena *arena;
};

static int put_step(struct vdc_db *db, const struct making *making, const struct vdc_move *move,
		    struct vdc_err *err)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, making->arena);

	step->job.id = making->job->id;
	step->number = move->number;
	step->action = vdc_arena_strdup(making->arena, VDC_MIGRATE_STEP);
	step->status = VDC_JOB_QUEUED;
	step->object_kind = vdc_arena_strdup(making->arena, "vm");
	step->object_id = vdc_arena_strdup(making->arena, move->vm_id);
	step->object_name = vdc_arena_strdup(making->arena, move->vm_name);
	return vdc_store_put(db, &vdc_job_step_kind, step, making->arena, err);
}

static int make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct making *making = ctx;
	int r = vdc_store_put(db, &vdc_job_kind, making->job, making->arena, err);

	for (size_t i = 0; i < making->n && !r; i++)
		r = put_step(db, making, &making->moves[i], err);
	return r;
}

int vdc_move_job(struct vdc_db *db, const char *action, const char *plan,
		 const struct vdc_move *moves, size_t n, struct vdc_arena *arena, char **ret,
		 struct vdc_err *err)
{
	struct vdc_job *job = vdc_job_new(action, plan, arena);
	struct making making = { job, moves, n, arena };
	int r;

	job->description = n == 1 ? vdc_arena_format(arena, "move VM %s", moves[0].vm_name)
				  : vdc_arena_format(arena, "move %zu VMs", n);
	if (n == 1)
		vdc_job_about(job, &vdc_vm_kind, moves[0].vm_id, moves[0].vm_name, arena);
	r = vdc_db_transaction(db, make, &making, err);
	if (!r)
		*ret = job->id;
	return r;
}

bool vdc_job_is_open(int64_t status)
{
	return status == VDC_JOB_QUEUED || status == VDC_JOB_STARTED || status == VDC_JOB_PAUSED;
}

struct steps {
	struct vdc_arena *arena;
	struct vdc_buf moves;
};

static int add_step(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	struct steps *steps = ctx;
	const struct vdc_job_step *step = object;
	struct vdc_move move = {
		.number = step->number,
		.vm_id = vdc_arena_strdup(steps->arena, step->object_id),
		.vm_name = vdc_arena_strdup(steps->arena, step->object_name),
	};

	if (vdc_job_is_open(step->status) && step->object_id && step->action &&
	    strcmp(step->action, VDC_MIGRATE_STEP) == 0)
		vdc_buf_add(&steps->moves, &move, sizeof(move));
	return 0;
}

int vdc_moves_left(struct vdc_db *db, const char *job, struct vdc_arena *arena,
		   struct vdc_move **ret, size_t *n, struct vdc_err *err)
{
	struct steps steps = { .arena = arena };
	int r = vdc_store_each_of(db, &vdc_job_step_kind, vdc_kind_field(&vdc_job_step_kind, "job"),
				  job, 0, NULL, add_step, &steps, err);

	if (!r) {
		*n = steps.moves.len / sizeof(struct vdc_move);
		*ret = vdc_arena_alloc(arena, steps.moves.len + sizeof(struct vdc_move));
		if (*n)
			memcpy(*ret, steps.moves.data, steps.moves.len);
	}
	vdc_buf_free(&steps.moves);
	return r;
}
