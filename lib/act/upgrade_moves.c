/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moves at the end of a run, for the sake of the whole cluster. */
#include <string.h>

#include "act/upgrade_work.h"
#include "base/buf.h"
#include "store/migration.h"
#include "store/store.h"

struct begun {
	struct vdc_arena *arena;
	int64_t first, next;
	struct vdc_buf moves; /* struct vdc_move */
};

static int take_begun(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		      struct vdc_err *err vdc_unused)
{
	struct begun *begun = ctx;
	const struct vdc_job_step *step = object;
	struct vdc_move move = { .number = step->number };
	char *from, *to;

	if (step->number < begun->first || step->number >= begun->first + UPGRADE_N_MOVES ||
	    !step->object_id || !step->action || strcmp(step->action, VDC_MIGRATE_STEP) != 0)
		return 0;
	if (begun->next <= step->number)
		begun->next = step->number + 1;
	if (step->status != VDC_JOB_STARTED)
		return 0;
	vdc_migration_ends(step, begun->arena, &from, &to);
	move.vm_id = vdc_arena_strdup(begun->arena, step->object_id);
	move.to_id = to;
	vdc_buf_add(&begun->moves, &move, sizeof(move));
	return 0;
}

static void told_move(void *ctx, const struct vdc_move_report *report)
{
	struct upgrade_run *run = ctx;
	struct vdc_err failure = { 0 };

	upgrade_tell(run, &(struct vdc_work_news){
				  .kind = VDC_WORK_MOVE,
				  .vm = report->move->vm_name,
				  .status = VDC_UNSET,
				  .move = report,
			  });
	upgrade_listen(run, &failure);
}

static int move_vms(struct upgrade_run *run, struct vdc_move *moves, size_t n, struct vdc_err *err)
{
	struct vdc_migrate_options options = upgrade_drain_options(run).migrate;

	options.told = told_move;
	return vdc_move_vms(run->db, run->lease, &options, moves, n, run->arena, err);
}

/* What is planned anew need not have the numbers that it had: a step of one VM never becomes
 * another's. */
int upgrade_adopt_moves(struct upgrade_run *run, enum upgrade_step first, int64_t *next,
			struct vdc_err *err)
{
	struct begun begun = { .arena = run->arena, .first = first, .next = first };
	int r = vdc_store_each_of(run->db, &vdc_job_step_kind,
				  vdc_kind_field(&vdc_job_step_kind, "job"), run->job->id,
				  VDC_WITH_LONG, NULL, take_begun, &begun, err);

	if (!r && begun.moves.len)
		r = move_vms(run, (void *)begun.moves.data,
			     begun.moves.len / sizeof(struct vdc_move), err);
	*next = begun.next;
	vdc_buf_free(&begun.moves);
	return r;
}

const char *upgrade_name_vms(const struct vdc_move *moves, size_t n, struct vdc_arena *arena)
{
	enum { NAMED = 10 };
	vdc_autobuf text = { 0 };

	for (size_t i = 0; i < n && i < NAMED; i++)
		vdc_buf_printf(&text, "%s%s", i ? ", " : "", moves[i].vm_name);
	if (n > NAMED)
		vdc_buf_printf(&text, " and %zu more", n - NAMED);
	return vdc_arena_strdup(arena, vdc_buf_str(&text));
}

int upgrade_move_vms(struct upgrade_run *run, struct vdc_move *moves, size_t n,
		     const char **failure, struct vdc_err *err)
{
	size_t stayed = 0;
	int r = move_vms(run, moves, n, err);

	for (size_t i = 0; i < n && !r; i++)
		if (moves[i].end != VDC_MOVE_DONE)
			moves[stayed++] = moves[i];
	if (!r && stayed)
		*failure = vdc_arena_format(run->arena, "%s could not be moved: %s",
					    upgrade_name_vms(moves, stayed, run->arena),
					    moves[0].reason);
	return r;
}
