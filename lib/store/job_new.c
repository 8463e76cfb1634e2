/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A job that begins now. */
#include "base/time.h"
#include "edge/user.h"
#include "store/events.h"
#include "store/job.h"
#include "store/store.h"

struct vdc_job *vdc_job_new(const char *action, const char *plan, struct vdc_arena *arena)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->action = vdc_arena_strdup(arena, action);
	job->status = VDC_JOB_STARTED;
	job->start_time = vdc_time_now();
	job->actor = vdc_arena_strdup(arena, vdc_user_caller());
	job->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	job->plan = vdc_arena_strdup(arena, plan);
	return job;
}

void vdc_job_about(struct vdc_job *job, const struct vdc_kind *kind, const char *id,
		   const char *name, struct vdc_arena *arena)
{
	job->object_kind = vdc_arena_strdup(arena, kind->name);
	job->object_id = vdc_arena_strdup(arena, id);
	job->object_name = vdc_arena_strdup(arena, name);
}

struct creating {
	struct vdc_job *job;
	struct vdc_arena *arena;
};

static int create(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct creating *creating = ctx;

	return vdc_store_put(db, &vdc_job_kind, creating->job, creating->arena, err);
}

int vdc_job_create(struct vdc_db *db, struct vdc_job *job, struct vdc_arena *arena,
		   struct vdc_err *err)
{
	struct creating creating = { job, arena };

	return vdc_db_transaction(db, create, &creating, err);
}

int vdc_job_open_or_new(struct vdc_db *db, struct vdc_job *job, struct vdc_arena *arena, char **ret,
			struct vdc_err *err)
{
	char *open = NULL;
	int r = vdc_job_open_about(db, job->action, job->object_id, NULL, arena, &open, err);

	if (!r && !open)
		r = vdc_store_put(db, &vdc_job_kind, job, arena, err);
	if (!r)
		*ret = open ?: job->id;
	return r;
}
