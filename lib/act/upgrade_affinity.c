/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run goes over wishes, and the in-cluster upgrade policy over all of affinity: afterwards it holds
 * again as far as it can. */
#include "act/upgrade_work.h"
#include "base/buf.h"
#include "plan/affinity_repair.h"

static bool disturbs_affinity(const struct upgrade_run *run)
{
	return run->options.os_major || !run->options.no_reboot;
}

static struct vdc_move *make_moves(struct upgrade_run *run,
				   const struct vdc_affinity_repair *repair, int64_t next)
{
	struct vdc_move *moves =
		vdc_arena_alloc(run->arena, (repair->n_moves + 1) * sizeof(*moves));

	for (size_t i = 0; i < repair->n_moves; i++) {
		const struct vdc_affinity_move *move = &repair->moves[i];

		moves[i].vm_id = vdc_arena_strdup(run->arena, move->vm->id);
		moves[i].vm_name = vdc_arena_strdup(run->arena, move->vm->name);
		moves[i].to_id = vdc_arena_strdup(run->arena, move->to->id);
		moves[i].number = next + (int64_t)i;
	}
	return moves;
}

static int move_all(struct upgrade_run *run, const struct vdc_affinity_repair *repair, int64_t next,
		    struct vdc_buf *left, struct vdc_err *err)
{
	struct vdc_move *moves = make_moves(run, repair, next);
	size_t done = 0, n;
	int r = 0;

	for (; done < repair->n_moves && !r && !run->stop; done += n) {
		const char *failure = NULL;

		n = vdc_affinity_repair_batch(repair, done);
		r = upgrade_move_vms(run, moves + done, n, &failure, err);
		if (!r && failure)
			vdc_buf_printf(left, "%s%s", left->len ? "; " : "", failure);
	}
	if (!r && done < repair->n_moves)
		vdc_buf_printf(left, "%s%s stayed: somebody asked to stop", left->len ? "; " : "",
			       upgrade_name_vms(moves + done, repair->n_moves - done, run->arena));
	return r;
}

static void tell_rules(struct upgrade_run *run, const struct vdc_affinity_repair *repair,
		       struct vdc_buf *left)
{
	for (size_t i = 0; i < repair->n_left; i++) {
		const struct vdc_affinity_left *one = &repair->left[i];
		const char *text = vdc_arena_format(
			run->arena, "affinity group %s %s: %s", one->group->name,
			one->must ? "does not hold" : "is not as wished", one->reason);

		upgrade_say(run, NULL, "%s", text);
		vdc_buf_printf(left, "%s%s", left->len ? "; " : "", text);
	}
}

static int mend(struct upgrade_run *run, const struct vdc_affinity_repair *repair, int64_t next,
		struct vdc_err *err)
{
	vdc_autobuf left = { 0 };
	const char *failure = NULL;
	int r = upgrade_begin_step(run, UPGRADE_AFFINITY, err);

	if (!r)
		r = move_all(run, repair, next, &left, err);
	if (r)
		return r;
	tell_rules(run, repair, &left);
	if (left.len) {
		failure = vdc_arena_strdup(run->arena, vdc_buf_str(&left));
		upgrade_leave(run, failure);
	}
	return upgrade_end_step(run, UPGRADE_AFFINITY, failure, err);
}

/* While the cluster keeps the in-cluster upgrade policy there is nothing to plan. */
int upgrade_mend_affinity(struct upgrade_run *run, struct vdc_err *err)
{
	struct vdc_affinity_repair repair;
	struct vdc_scene scene = { 0 };
	int64_t next;
	int r;

	if (!disturbs_affinity(run) || run->left_behind)
		return 0;
	r = upgrade_adopt_moves(run, UPGRADE_AFFINITY_MOVES, &next, err);
	if (!r)
		r = vdc_scene_open(run->db, &scene, err);
	if (r)
		return r;
	vdc_plan_affinity_repair(scene.placement, run->cluster->id, run->options.accept_unknown,
				 run->options.any_load, scene.arena, &repair);
	if (repair.n_moves || repair.n_left)
		r = mend(run, &repair, next, err);
	else if (run->steps[UPGRADE_AFFINITY].status == VDC_JOB_STARTED)
		r = upgrade_end_step(run, UPGRADE_AFFINITY, NULL, err);
	vdc_scene_close(&scene);
	return r;
}
