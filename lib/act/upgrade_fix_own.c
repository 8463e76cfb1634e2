/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fixes that are jobs of check --fix itself: who reads the list of jobs sees them, and a drain waits for
 * them. */
#include <errno.h>

#include "act/fence_soft.h"
#include "act/upgrade_fix_part.h"

struct making {
	struct vdc_job *job;
	struct vdc_arena *arena;
	char *id;
};

static int open_or_make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct making *m = ctx;

	return vdc_job_open_or_new(db, m->job, m->arena, &m->id, err);
}

int fix_as_job(const struct fixing *fixing, const char *what, fix_fn *do_it, struct vdc_err *err)
{
	const struct vdc_upgrade_fix *fix = fixing->fix;
	const char *name = vdc_object_name(fix->kind, fix->object);
	struct making making = {
		.job = vdc_job_new(VDC_FIX_ACTION, NULL, fixing->arena),
		.arena = fixing->arena,
	};
	struct fixing own = *fixing;
	int r, closed = 0;

	making.job->description =
		vdc_arena_format(fixing->arena, "%s %s is %s", fix->kind->word, name, what);
	vdc_job_about(making.job, fix->kind, vdc_object_id(fix->object), name, fixing->arena);
	r = vdc_db_transaction(fixing->db, open_or_make, &making, err);
	if (!r)
		r = vdc_job_acquire(fixing->db, making.id, VDC_JOB_TTL, &own.lease, err);
	if (r)
		return r;
	r = do_it(&own, err);
	if (r != -EBUSY)
		closed = fix_close_job(own.db, own.lease, r ? VDC_JOB_FAILED : VDC_JOB_FINISHED,
				       r ? vdc_err_text(err) : NULL, own.arena, r ? NULL : err);
	vdc_job_release(own.lease, r == -EBUSY ? NULL : own.db);
	return r ? r : closed;
}

int vdc_upgrade_fix_close(struct vdc_db *db, struct vdc_arena *arena, struct vdc_err *err)
{
	char **ids;
	size_t n;
	int r = vdc_job_open_all(db, VDC_FIX_ACTION, arena, &ids, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		struct vdc_job_lease *lease = NULL;

		r = vdc_job_acquire(db, ids[i], VDC_JOB_TTL, &lease, err);
		if (!r)
			r = fix_close_job(db, lease, VDC_JOB_ABORTED,
					  "it was cut off, and what was left was offered again",
					  arena, err);
		vdc_job_release(lease, r ? NULL : db);
		r = r == -EBUSY ? 0 : r; /* somebody is at it */
	}
	return r;
}

static int soften(const struct fixing *fixing, struct vdc_err *err)
{
	const char *id = vdc_object_id(fixing->fix->object);
	struct vdc_fence_soft asked = { .host_id = id, .number = 1 };
	struct vdc_fence_soft_options options = vdc_fence_soft_options();
	int r;

	options.reason = "an upgrade";
	options.told = fixing->options->told;
	options.ctx = fixing->options->ctx;
	options.stop_fd = -1;
	r = vdc_fence_soft(fixing->db, fixing->lease, &options, &asked, 1, fixing->arena, err);
	if (!r && asked.code && asked.code != -EPERM) /* -EPERM: it answers */
		r = vdc_err_set(err, asked.code, "%s", asked.reason ?: "it does not answer");
	return r ? r : fix_read_host(fixing, id, err);
}

int fix_soft(const struct fixing *fixing, struct vdc_err *err)
{
	return fix_as_job(fixing, "to be fenced softly", soften, err);
}
