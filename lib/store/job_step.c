/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the owner of a job writes: each in one transaction that looks at the lease first. */
#include <errno.h>

#include "base/time.h"
#include "store/job.h"
#include "store/statements.h"
#include "store/store.h"

static const char tries_so_far[] =
	"SELECT COALESCE(tries, 0) FROM steps WHERE job_id = $1 AND number = $2";

const struct vdc_statement vdc_job_step_statements[] = {
	{ "tries of a step", tries_so_far },
	{ NULL, NULL },
};

struct writing {
	const struct vdc_job_lease *lease;
	const struct vdc_kind *kind;
	void *object;
	struct vdc_arena *arena;
};

static int write_guarded(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	int r = vdc_job_guard(w->lease, db, err);

	return r < 0 ? r : vdc_store_put(db, w->kind, w->object, w->arena, err);
}

static int take_tries(void *ctx, const struct vdc_value *columns, size_t n vdc_unused,
		      struct vdc_err *err vdc_unused)
{
	*(int64_t *)ctx = vdc_db_as_int(&columns[0], 0);
	return 0;
}

static int begin(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct writing *w = ctx;
	struct vdc_job_step *step = w->object;
	const struct vdc_value key[] = { vdc_db_text(step->job.id), vdc_db_int(step->number) };
	int64_t tries = 0;
	int r = vdc_db_run(db, tries_so_far, key, 2, take_tries, &tries, NULL, err);

	step->tries = tries + 1;
	return r < 0 ? r : write_guarded(db, ctx, err);
}

int vdc_job_step_begin(const struct vdc_job_lease *lease, struct vdc_db *db,
		       struct vdc_job_step *step, struct vdc_arena *arena, struct vdc_err *err)
{
	struct writing w = { lease, &vdc_job_step_kind, step, arena };

	step->job.id = vdc_arena_strdup(arena, vdc_job_lease_id(lease));
	step->status = VDC_JOB_STARTED;
	step->start_time = vdc_time_now();
	return vdc_db_transaction(db, begin, &w, err);
}

int vdc_job_step_end(const struct vdc_job_lease *lease, struct vdc_db *db,
		     struct vdc_job_step *step, enum vdc_job_status status, const char *message,
		     struct vdc_arena *arena, struct vdc_err *err)
{
	struct writing w = { lease, &vdc_job_step_kind, step, arena };

	step->status = status;
	step->end_time = vdc_time_now();
	if (message)
		step->message = vdc_arena_strdup(arena, message);
	return vdc_db_transaction(db, write_guarded, &w, err);
}

int vdc_job_update(const struct vdc_job_lease *lease, struct vdc_db *db, struct vdc_job *job,
		   struct vdc_arena *arena, struct vdc_err *err)
{
	struct writing w = { lease, &vdc_job_kind, job, arena };

	job->id = vdc_arena_strdup(arena, vdc_job_lease_id(lease));
	job->last_updated = vdc_time_now();
	return vdc_db_transaction(db, write_guarded, &w, err);
}
