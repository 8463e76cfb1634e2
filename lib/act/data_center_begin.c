/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new upgrade of a data centre: its job, with a step for each cluster. */
#include "act/data_center_part.h"
#include "act/upgrade_job.h"
#include "store/events.h"

struct beginning {
	const struct vdc_data_center_request *request;
	struct vdc_job *job;
	struct vdc_arena *arena;
};

int vdc_data_center_upgrade_is_free(struct vdc_db *db, const struct vdc_data_center *data_center,
				    struct vdc_arena *arena, struct vdc_err *err)
{
	return upgrade_is_free(db, VDC_DATA_CENTER_UPGRADE_ACTION, &vdc_data_center_kind,
			       data_center->id, data_center->name, arena, err);
}

static int put_step(struct vdc_db *db, const struct beginning *b, int64_t number,
		    const char *action, const struct vdc_kind *kind, const void *object,
		    struct vdc_err *err)
{
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, b->arena);

	step->job.id = b->job->id;
	step->number = number;
	step->action = vdc_arena_strdup(b->arena, action);
	step->status = VDC_JOB_QUEUED;
	step->object_kind = vdc_arena_strdup(b->arena, kind->name);
	step->object_id = vdc_arena_strdup(b->arena, vdc_object_id(object));
	step->object_name = vdc_arena_strdup(b->arena, vdc_object_name(kind, object));
	return vdc_store_put(db, &vdc_job_step_kind, step, b->arena, err);
}

static int put_steps(struct vdc_db *db, const struct beginning *b, struct vdc_err *err)
{
	const struct vdc_data_center_request *request = b->request;
	int64_t number = 1;
	int r = 0;

	for (size_t i = 0; i < request->n_clusters && !r; i++)
		r = put_step(db, b, number++, VDC_UPGRADE_ACTION, &vdc_cluster_kind,
			     request->clusters[i], err);
	if (!r && request->raise_level)
		r = put_step(db, b, number, DATA_CENTER_RAISE_STEP, &vdc_data_center_kind,
			     request->data_center, err);
	return r;
}

/* Two of them cannot come to be: the transactions are one after the other. */
static int make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct beginning *b = ctx;
	const struct vdc_data_center *data_center = b->request->data_center;
	int r = vdc_data_center_upgrade_is_free(db, data_center, b->arena, err);

	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, b->job, b->arena, err);
	if (!r)
		r = put_steps(db, b, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "data_center_upgrade_begun",
				  &vdc_data_center_kind, data_center, err, "%s has begun: job %s",
				  b->job->description, b->job->id);
}

int vdc_data_center_upgrade_begin(struct vdc_db *db, const struct vdc_data_center_request *request,
				  struct vdc_arena *arena, char **ret, struct vdc_err *err)
{
	const struct vdc_data_center *data_center = request->data_center;
	struct vdc_job *job = vdc_job_new(VDC_DATA_CENTER_UPGRADE_ACTION, NULL, arena);
	struct beginning beginning = { request, job, arena };
	int r;

	vdc_job_about(job, &vdc_data_center_kind, data_center->id, data_center->name, arena);
	job->description = vdc_arena_format(arena, "upgrade of %s %s", vdc_data_center_kind.word,
					    data_center->name);
	job->percent = 0;
	job->state = vdc_arena_strdup(arena, request->options);
	r = vdc_db_transaction(db, make, &beginning, err);
	if (!r)
		*ret = job->id;
	return r;
}
