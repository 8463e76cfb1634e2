/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who leaves in a round, and what stands against it. */
#include <errno.h>
#include <string.h>

#include "act/drain_round.h"
#include "base/words.h"

static bool is_soft(const struct vdc_finding *finding)
{
	return strcmp(finding->code, "VM_BLOCKS_DRAIN") == 0 ||
	       strcmp(finding->code, "VM_WITHOUT_DESTINATION") == 0;
}

/* All that stands against it, in its reasons; true: it cannot go on. */
static bool take_refusals(struct draining *d, struct drain_host *host,
			  const struct vdc_findings *refusals)
{
	bool hard = host->unread && drain_must_answer(host->host), unread = hard;

	if (unread)
		drain_fail(host, "it cannot be read: %s", host->unread);
	for (size_t i = 0; i < refusals->n; i++) {
		const struct vdc_finding *one = refusals->items[i];
		bool soft = d->run.options->keep_going && is_soft(one);

		/* Why it cannot be read says that in more words. */
		if (!unread || strcmp(one->code, "HOST_DOES_NOT_ANSWER") != 0)
			drain_fail_about(host, one->object, one->text);
		hard = hard || !soft;
	}
	return hard;
}

static void add_vm(struct draining *d, struct drain_host *host,
		   const struct vdc_maintenance_vm *plan)
{
	static const enum drain_how hows[] = {
		[VDC_DRAIN_MOVE] = DRAIN_BY_MOVE,
		[VDC_DRAIN_RESTART] = DRAIN_BY_RESTART,
		[VDC_DRAIN_STOP] = DRAIN_BY_STOP,
	};
	struct vdc_arena *arena = d->run.arena;
	struct drain_vm one = {
		.host = host,
		.vm = vdc_object_copy(&vdc_vm_kind, plan->vm, arena),
		.how = hows[plan->verdict.drain],
		.from_id = host->host->id,
		.comes_back = plan->verdict.comes_back,
	};

	for (size_t i = 0; i < host->n_wishes && plan->to; i++)
		if (strcmp(host->wishes[i].vm_id, one.vm->id) == 0 &&
		    strcmp(host->wishes[i].to_id, plan->to->id) == 0)
			one.to_id = host->wishes[i].to_id;
	if (one.how == DRAIN_BY_RESTART && plan->to)
		one.to_id = vdc_arena_strdup(arena, plan->to->id);
	one.number = drain_number(host, one.vm->id, drain_actions[one.how]);
	vdc_buf_add(&d->vms, &one, sizeof(one));
}

static bool has_number(const struct draining *d, int64_t number)
{
	size_t n;
	const struct drain_vm *vms = drain_vms_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (vms[i].number == number)
			return true;
	return false;
}

/* What an owner before us began and did not end, wherever the VM is now. */
static int recall(struct draining *d, struct drain_host *host, struct vdc_err *err)
{
	struct vdc_arena *arena = d->run.arena;
	const struct vdc_job_step *step;
	int r = 0;

	for (size_t at = 0; !r && (step = drain_unfinished(host, &at));) {
		struct drain_vm one = { .host = host, .begun = true, .number = step->number };
		void *vm;

		for (enum drain_how how = DRAIN_BY_MOVE; how <= DRAIN_BY_STOP; how++)
			if (strcmp(step->action, drain_actions[how]) == 0)
				one.how = how;
		if (!one.how || has_number(d, step->number))
			continue;
		r = vdc_store_get(d->run.db, &vdc_vm_kind, step->object_id, VDC_WITH_LONG, arena,
				  &vm, err);
		if (r == -ENOENT) {
			r = 0;
			continue;
		}
		if (r)
			return r;
		one.vm = vm;
		one.from_id = vdc_line_value(step->state, "from", arena);
		one.to_id = vdc_line_value(step->state, "to", arena);
		one.comes_back = vdc_is_true(one.vm->starts_with_home);
		vdc_buf_add(&d->vms, &one, sizeof(one));
	}
	return r;
}

static void mark_begun(struct draining *d)
{
	size_t n;
	struct drain_vm *vms = drain_vms_of(d, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vdc_job_step *step;

		for (size_t at = 0; (step = drain_unfinished(vms[i].host, &at));) {
			const char *to;

			if (step->number != vms[i].number || vms[i].how != DRAIN_BY_RESTART)
				continue;
			to = vdc_line_value(step->state, "to", d->run.arena);
			vms[i].begun = to && *to;
			vms[i].to_id = vms[i].begun ? to : vms[i].to_id;
		}
	}
}

static int plan_round(struct draining *d, struct vdc_scene *scene, struct vdc_maintenance *ret,
		      struct drain_host ***of, struct vdc_err *err)
{
	struct drain_run *run = &d->run;
	struct vdc_drain_options options = *run->options;
	const char **ids = vdc_arena_alloc(run->arena, (run->n + 1) * sizeof(*ids));
	vdc_autobuf wishes = { 0 };
	size_t n = 0;

	*of = vdc_arena_alloc(run->arena, (run->n + 1) * sizeof(**of));
	for (size_t i = 0; i < run->n; i++) {
		struct drain_host *host = &run->hosts[i];

		if (host->over)
			continue;
		(*of)[n] = host;
		ids[n++] = host->host->id;
		vdc_buf_add(&wishes, host->wishes, host->n_wishes * sizeof(*host->wishes));
	}
	/* In later rounds it is too late to ask for a reserve. */
	options.no_reserve = options.no_reserve || !d->first;
	return drain_plan(run->db, &options, vdc_job_lease_id(run->lease), scene, ids, n,
			  (const void *)wishes.data, wishes.len / sizeof(struct vdc_drain_wish),
			  run->arena, ret, err);
}

/* Who may go on goes on; the others end here, with all reasons. */
static int judge(struct draining *d, struct vdc_scene *scene, struct vdc_err *err)
{
	struct vdc_maintenance plan;
	struct drain_host **of;
	int r = plan_round(d, scene, &plan, &of, err);
	size_t at = 0;

	for (; !r && of[at]; at++) {
		struct drain_host *host = of[at];
		const char *refusal = NULL;
		bool hard = take_refusals(d, host, &plan.refusals[at]);

		if (hard && !host->ours && host->step->status == VDC_JOB_STARTED)
			r = drain_enter(host, &refusal, err); /* what was cut off is given up */
		if (hard && !r)
			r = drain_finish(d, host, host->ours ? VDC_DRAIN_FAILED : VDC_DRAIN_REFUSED,
					 err);
		if (hard || r || host->ours)
			continue;
		r = drain_enter(host, &refusal, err);
		if (!r && refusal) {
			drain_fail(host, "%s", refusal);
			r = drain_finish(d, host, VDC_DRAIN_REFUSED, err);
		}
	}
	for (size_t i = 0; !r && i < plan.n_vms && !d->run.options->give_up; i++)
		for (size_t k = 0; k < at; k++)
			if (!of[k]->over && plan.vms[i].verdict.drain &&
			    strcmp(of[k]->host->id, plan.vms[i].host->id) == 0)
				add_vm(d, of[k], &plan.vms[i]);
	return r;
}

int drain_prepare(struct draining *d, struct vdc_err *err)
{
	struct vdc_scene scene = { 0 };
	size_t n;
	int r = drain_look(&d->run, err);

	if (!r)
		r = drain_read_steps(&d->run, err);
	vdc_buf_clear(&d->vms);
	if (!r)
		r = vdc_scene_open(d->run.db, &scene, err);
	if (!r)
		r = judge(d, &scene, err);
	vdc_scene_close(&scene);
	/* Also of hosts that end here: what was begun is ended. */
	for (size_t i = 0; i < d->run.n && !r && d->first; i++)
		r = recall(d, &d->run.hosts[i], err);
	if (!r) {
		const struct drain_vm *vms = drain_vms_of(d, &n);

		mark_begun(d);
		r = drain_note_homes(&d->run, vms, n, err);
	}
	return r;
}
