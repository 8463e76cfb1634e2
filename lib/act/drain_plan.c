/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decision about a drain, from what the database knows. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "act/treat.h"

struct gathering {
	const char *ours;
	struct vdc_buf *jobs;
};

/* Of others: those of our own do what we do, and the treatment of a silent host ends by itself when
 * that is in maintenance. */
static int add_job(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		   struct vdc_err *err vdc_unused)
{
	const struct gathering *g = ctx;
	const struct vdc_job *job = object;

	if (vdc_job_is_open(job->status) && (!g->ours || strcmp(job->id, g->ours) != 0) &&
	    (!job->action || strcmp(job->action, VDC_TREAT_ACTION) != 0))
		vdc_buf_add(g->jobs, &object, sizeof(object));
	return 0;
}

int drain_plan(struct vdc_db *db, const struct vdc_drain_options *options, const char *job,
	       struct vdc_scene *scene, const char *const *ids, size_t n,
	       const struct vdc_drain_wish *wishes, size_t n_wishes, struct vdc_arena *arena,
	       struct vdc_maintenance *ret, struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	struct gathering g = { job, &jobs };
	const struct vdc_host **hosts = vdc_arena_alloc(arena, (n + 1) * sizeof(*hosts));
	struct vdc_maintenance_input input = {
		.world = scene->world,
		.placement = scene->placement,
		.hosts = hosts,
		.n_hosts = n,
		.wishes = wishes,
		.n_wishes = n_wishes,
		.accept_unknown = options->migrate.accept_unknown == 1,
		.any_load = options->migrate.any_load,
		.no_reserve = options->no_reserve,
	};
	int r = vdc_store_each(db, &vdc_job_kind, 0, arena, add_job, &g, err);

	for (size_t i = 0; i < n && !r; i++) {
		hosts[i] = vdc_world_find(scene->world, &vdc_host_kind, ids[i]);
		if (!hosts[i])
			r = vdc_err_set(err, -ENOENT, "host %s is gone", ids[i]);
	}
	if (r)
		return r;
	input.jobs = (const void *)jobs.data;
	input.n_jobs = jobs.len / sizeof(void *);
	vdc_plan_maintenance(&input, arena, ret);
	return 0;
}

int vdc_drain_preview(struct vdc_db *db, const struct vdc_drain_options *options, const char *job,
		      struct vdc_scene *scene, const char *const *ids, size_t n,
		      struct vdc_arena *arena, struct vdc_maintenance *ret, struct vdc_err *err)
{
	return drain_plan(db, options, job, scene, ids, n, NULL, 0, arena, ret, err);
}
