/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The VMs of a drain that move while they run. */
#include <string.h>

#include "act/drain_part.h"

struct moving {
	struct drain_run *run;
	struct drain_vm **ones; /* beside MOVES */
	struct vdc_move *moves;
	size_t n;
};

static const struct drain_vm *of_move(const struct moving *moving, const struct vdc_move *move)
{
	return moving->ones[move - moving->moves];
}

static void told(void *ctx, const struct vdc_move_report *report)
{
	const struct moving *moving = ctx;

	drain_tell(moving->run,
		   &(struct vdc_work_news){
			   .kind = report->news == VDC_MOVE_WAITS ? VDC_WORK_WAITS : VDC_WORK_MOVE,
			   .host = of_move(moving, report->move)->host->host->name,
			   .vm = report->move->vm_name,
			   .text = report->text,
			   .move = report,
		   });
}

static int take_stop(void *ctx)
{
	const struct moving *moving = ctx;

	return drain_take_stop(moving->run);
}

static int move_all(struct moving *moving, struct vdc_err *err)
{
	struct vdc_migrate_options options = moving->run->options->migrate;

	options.told = told;
	options.ctx = moving;
	options.stop_taken = take_stop;
	return vdc_move_vms(moving->run->db, moving->run->lease, &options, moving->moves, moving->n,
			    moving->run->arena, err);
}

static void add(struct moving *moving, struct drain_vm *one, const char *to_id)
{
	moving->moves[moving->n] = (struct vdc_move){
		.vm_id = one->vm->id,
		.vm_name = one->vm->name,
		.to_id = to_id,
		.number = one->number,
	};
	moving->ones[moving->n++] = one;
}

static void take_ends(const struct moving *moving)
{
	for (size_t i = 0; i < moving->n; i++) {
		const struct vdc_move *move = &moving->moves[i];
		struct drain_vm *one = moving->ones[i];

		/* Whoever moves it takes it away, or its turn comes again. */
		one->good = move->end == VDC_MOVE_DONE || move->end == VDC_MOVE_BUSY;
		one->failure = one->good ? NULL : move->reason ?: "nobody knows why";
	}
}

/* Those with a wish that came to nothing go once more, to whatever host will have them. */
static int move_again(struct moving *moving, struct drain_vm *vms, size_t n, struct vdc_err *err)
{
	moving->n = 0;
	for (size_t i = 0; i < n; i++)
		if (vms[i].how == DRAIN_BY_MOVE && vms[i].to_id && !vms[i].may_only && !vms[i].good)
			add(moving, &vms[i], NULL);
	return moving->n ? move_all(moving, err) : 0;
}

int drain_move(struct drain_run *run, struct drain_vm *vms, size_t n, struct vdc_err *err)
{
	struct moving moving = {
		.run = run,
		.ones = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*moving.ones)),
		.moves = vdc_arena_alloc(run->arena, (n + 1) * sizeof(*moving.moves)),
	};
	int r = 0;

	for (size_t i = 0; i < n; i++)
		if (vms[i].how == DRAIN_BY_MOVE)
			add(&moving, &vms[i], vms[i].to_id);
	if (!moving.n)
		return 0;
	r = move_all(&moving, err);
	if (!r)
		take_ends(&moving);
	if (!r && !run->stopping)
		r = move_again(&moving, vms, n, err);
	if (!r)
		take_ends(&moving);
	return r;
}
