/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The upgrade of a data centre is read, opened again, asked to stop, and ends. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/data_center_part.h"
#include "act/upgrade_job.h"
#include "base/buf.h"
#include "store/store.h"

static const char state[] = "job=";

const char *vdc_data_center_child(const struct vdc_job_step *step)
{
	bool has_one = step->state && strncmp(step->state, state, strlen(state)) == 0;

	return has_one ? step->state + strlen(state) : NULL;
}

struct looking {
	const char *id;
	struct vdc_arena *arena;
	struct vdc_data_center_seen *seen;
	struct vdc_buf steps;
};

static int add_step(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	vdc_buf_add(&((struct looking *)ctx)->steps, &object, sizeof(object));
	return 0;
}

static int look(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct looking *looking = ctx;
	struct vdc_data_center_seen *seen = looking->seen;
	void *job;
	int r = vdc_store_get(db, &vdc_job_kind, looking->id, VDC_WITH_LONG, looking->arena, &job,
			      err);

	vdc_buf_clear(&looking->steps);
	if (!r)
		r = vdc_job_owner(db, looking->id, looking->arena, &seen->owner, err);
	if (!r)
		r = vdc_db_now(db, &seen->now, err);
	if (!r)
		r = vdc_store_each_of(db, &vdc_job_step_kind,
				      vdc_kind_field(&vdc_job_step_kind, "job"), looking->id,
				      VDC_WITH_LONG, looking->arena, add_step, looking, err);
	if (!r)
		seen->job = job;
	return r;
}

int vdc_data_center_look(struct vdc_db *db, const char *job_id, struct vdc_arena *arena,
			 struct vdc_data_center_seen *ret, struct vdc_err *err)
{
	struct vdc_data_center_seen seen = { 0 };
	struct looking looking = { .id = job_id, .arena = arena, .seen = &seen };
	int r = vdc_db_snapshot(db, look, &looking, err);

	seen.n_steps = looking.steps.len / sizeof(void *);
	seen.steps = vdc_arena_alloc(arena, looking.steps.len + sizeof(void *));
	if (looking.steps.len)
		memcpy(seen.steps, looking.steps.data, looking.steps.len);
	vdc_buf_free(&looking.steps);
	if (!r)
		*ret = seen;
	return r;
}

const struct vdc_job_step *vdc_data_center_current(const struct vdc_data_center_seen *seen)
{
	for (size_t i = 0; i < seen->n_steps; i++)
		if (seen->steps[i]->status == VDC_JOB_STARTED)
			return seen->steps[i];
	return NULL;
}

/* The job first: a cluster that begins after this look sees that. */
int vdc_data_center_ask(struct vdc_db *db, const char *job_id, enum vdc_job_request request,
			struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct vdc_data_center_seen seen;
	const struct vdc_job_step *current;
	const char *child;
	int r = vdc_job_ask(db, job_id, request, err);

	if (!r)
		r = vdc_data_center_look(db, job_id, arena, &seen, err);
	if (r || strcmp(seen.job->action, VDC_DATA_CENTER_UPGRADE_ACTION) != 0)
		return r;
	current = vdc_data_center_current(&seen);
	child = current ? vdc_data_center_child(current) : NULL;
	r = child ? vdc_job_ask(db, child, request, err) : 0;
	return r == -EINVAL ? 0 : r; /* that one is over */
}

static int open_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct data_center_run *run = ctx;
	struct upgrade_opening opening = {
		.lease = run->lease,
		.action = VDC_DATA_CENTER_UPGRADE_ACTION,
		.kind = &vdc_data_center_kind,
		.arena = run->arena,
	};
	int r = upgrade_open_job(db, &opening, err);

	run->aborts = !r && opening.aborts;
	return r;
}

int data_center_open(struct data_center_run *run, struct vdc_err *err)
{
	struct vdc_data_center_seen seen;
	int r = vdc_db_transaction(run->db, open_job, run, err);

	if (!r)
		r = vdc_data_center_look(run->db, vdc_job_lease_id(run->lease), run->arena, &seen,
					 err);
	if (r)
		return r;
	run->job = seen.job;
	run->steps = seen.steps;
	run->n_steps = seen.n_steps;
	return 0;
}

static size_t count(const struct data_center_run *run, int64_t status)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_steps; i++)
		n += strcmp(run->steps[i]->action, VDC_UPGRADE_ACTION) == 0 &&
		     (!status || run->steps[i]->status == status);
	return n;
}

/* "1 of 3 clusters upgraded, 1 had nothing to upgrade; cluster c2: ..." */
static const char *sum_up(const struct data_center_run *run, enum vdc_job_status status)
{
	size_t skipped = count(run, VDC_JOB_SKIPPED);
	vdc_autobuf text = { 0 };

	vdc_buf_printf(&text, "%zu of %zu cluster%s upgraded", count(run, VDC_JOB_FINISHED),
		       count(run, 0), count(run, 0) == 1 ? "" : "s");
	if (skipped)
		vdc_buf_printf(&text, ", %zu had nothing to upgrade", skipped);
	if (run->ending)
		vdc_buf_printf(&text, "; %s", run->ending);
	if (run->left)
		vdc_buf_printf(&text, "; %s", run->left);
	if (status == VDC_JOB_PAUSED || status == VDC_JOB_FAILED)
		vdc_buf_printf(&text, "; cluster-upgrade resume %s goes on", run->job->id);
	return vdc_arena_strdup(run->arena, vdc_buf_str(&text));
}

static int close_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return upgrade_end_job(db, ctx, err);
}

int data_center_close(struct data_center_run *run, enum vdc_job_status status, struct vdc_err *err)
{
	struct vdc_data_center *data_center = vdc_object_new(&vdc_data_center_kind, run->arena);
	bool some = count(run, VDC_JOB_FINISHED) > 0 || run->code == UPGRADE_PARTLY_DONE;
	struct upgrade_end end = {
		.lease = run->lease,
		.job = run->job,
		.kind = &vdc_data_center_kind,
		.object = data_center,
		.status = status,
		.text = sum_up(run, status),
		.code = status == VDC_JOB_FINISHED ? UPGRADE_DONE
			: some			   ? UPGRADE_PARTLY_DONE
						   : UPGRADE_NOT_DONE,
		.arena = run->arena,
	};
	int r;

	data_center->id = run->job->object_id;
	data_center->name = run->job->object_name;
	r = vdc_db_transaction(run->db, close_job, &end, err);
	return r ? r : end.code;
}
