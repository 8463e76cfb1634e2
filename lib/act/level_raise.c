/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last step of an upgrade: the highest level that its cluster or data centre is offered then. */
#include <errno.h>

#include "act/level.h"
#include "base/time.h"
#include "doc/catalogue.h"
#include "model/cluster.h"
#include "model/data_center.h"
#include "plan/level_offer.h"
#include "store/world.h"

struct raising {
	const struct vdc_level_raise *raise;
	struct vdc_arena *arena;
};

static int end_step(struct vdc_db *db, const struct raising *raising, struct vdc_err *err)
{
	const struct vdc_level_raise *raise = raising->raise;
	struct vdc_job_step *step =
		vdc_object_copy(&vdc_job_step_kind, raise->step, raising->arena);

	step->status = raise->ends;
	step->end_time = vdc_time_now();
	step->message = vdc_arena_strdup(raising->arena, raise->message);
	return vdc_store_put(db, &vdc_job_step_kind, step, raising->arena, err);
}

/* One transaction: reads, decides, writes. */
static int raise_level(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct raising *raising = ctx;
	const struct vdc_level_raise *raise = raising->raise;
	bool of_cluster = raise->kind == &vdc_cluster_kind;
	struct vdc_world *world = vdc_world_new(raising->arena);
	struct vdc_level_question question = { .world = world };
	struct vdc_level_change change;
	const void *object;
	int r = vdc_job_guard(raise->lease, db, err);

	if (!r)
		r = vdc_catalogue_read(raising->arena, &question.catalogue, err);
	if (!r)
		r = vdc_store_world(db, vdc_level_check_kinds, &vdc_host_kind, world, err);
	if (r)
		return r;
	object = vdc_world_find(world, raise->kind, raise->id);
	if (!object)
		return vdc_err_set(err, -EPERM, "the %s is gone", raise->kind->word);
	question.cluster = of_cluster ? object : NULL;
	question.data_center = of_cluster ? NULL : object;
	r = vdc_plan_level_offered(&question, raising->arena, &question.to, err);
	if (!r)
		r = vdc_plan_level_raise(&question, raising->arena, &change, err);
	if (!r)
		r = vdc_level_apply(db, &change,
				    of_cluster ? question.cluster->version
					       : question.data_center->version,
				    raising->arena, err);
	return r ? r : end_step(db, raising, err);
}

int vdc_level_raise_offered(struct vdc_db *db, struct vdc_level_raise *raise,
			    struct vdc_arena *arena, struct vdc_err *err)
{
	struct raising raising = { raise, arena };
	struct vdc_err failure = { 0 };
	int r = vdc_db_transaction(db, raise_level, &raising, &failure);

	if (r && r != -EPERM)
		return vdc_err_set(err, r, "%s", vdc_err_text(&failure));
	raise->stays =
		r ? vdc_arena_format(arena, "the level stays: %s", vdc_err_text(&failure)) : NULL;
	return 0;
}
