/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A drain: what moves goes first, so that nothing is shut down for a host that cannot be emptied. Then
 * the hosts are looked at until they are empty; what came meanwhile has to leave, too.
 */
#include "act/drain.h"

#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "base/time.h"
#include "base/words.h"
#include "plan/vm_status.h"

enum { ROUNDS = 5 };

#define EMPTIES (10 * 60 * VDC_SECOND) /* longest wait for what others move */
#define PAUSE VDC_SECOND

struct draining {
	struct drain_run run;
	struct vdc_drain_host *asked; /* beside run.hosts */
	struct vdc_buf vms;	      /* struct drain_vm, of this round */
	bool first;
};

static struct drain_vm *vms_of(const struct draining *d, size_t *n)
{
	*n = d->vms.len / sizeof(struct drain_vm);
	return (struct drain_vm *)(void *)d->vms.data;
}

static int finish(struct draining *d, struct drain_host *host, enum vdc_drain_end end,
		  struct vdc_err *err)
{
	struct vdc_drain_host *asked = &d->asked[host - d->run.hosts];
	int r = host->ours ? drain_leave(host, end, err) : 0;

	if (r == -EAGAIN && end == VDC_DRAIN_DONE) {
		drain_fail(host, "%s", vdc_err_text(err));
		end = VDC_DRAIN_FAILED;
		r = drain_leave(host, end, err);
	}
	host->over = true;
	asked->end = end;
	asked->reason = host->failure;
	return r;
}

static bool is_soft(const struct vdc_finding *finding)
{
	return strcmp(finding->code, "VM_BLOCKS_DRAIN") == 0 ||
	       strcmp(finding->code, "VM_WITHOUT_DESTINATION") == 0;
}

/* A host that does not answer is in maintenance by its word that nothing runs there. */
static bool must_answer(const struct vdc_host *host)
{
	return host->status != VDC_HOST_DOWN && host->status != VDC_HOST_NON_RESPONSIVE;
}

/* All that stands against it, in its failure; true: it cannot go on. */
static bool take_refusals(struct draining *d, struct drain_host *host,
			  const struct vdc_findings *refusals)
{
	bool hard = false;

	if (host->unread && must_answer(host->host)) {
		drain_fail(host, "it cannot be read: %s", host->unread);
		hard = true;
	}
	for (size_t i = 0; i < refusals->n; i++) {
		bool soft = d->run.options->keep_going && is_soft(refusals->items[i]);

		if (!host->failure || !strstr(host->failure, refusals->items[i]->text))
			drain_fail(host, "%s", refusals->items[i]->text);
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
	const struct drain_vm *vms = vms_of(d, &n);

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
	struct drain_vm *vms = vms_of(d, &n);

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
			r = finish(d, host, host->ours ? VDC_DRAIN_FAILED : VDC_DRAIN_REFUSED, err);
		if (hard || r || host->ours)
			continue;
		r = drain_enter(host, &refusal, err);
		if (!r && refusal) {
			drain_fail(host, "%s", refusal);
			r = finish(d, host, VDC_DRAIN_REFUSED, err);
		}
	}
	for (size_t i = 0; !r && i < plan.n_vms; i++)
		for (size_t k = 0; k < at; k++)
			if (!of[k]->over && plan.vms[i].verdict.drain &&
			    strcmp(of[k]->host->id, plan.vms[i].host->id) == 0)
				add_vm(d, of[k], &plan.vms[i]);
	return r;
}

static int prepare(struct draining *d, struct vdc_err *err)
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
		const struct drain_vm *vms = vms_of(d, &n);

		mark_begun(d);
		r = drain_note_homes(&d->run, vms, n, err);
	}
	return r;
}

static int insist_all(struct draining *d, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < d->run.n && !r; i++)
		if (!d->run.hosts[i].over)
			r = drain_insist(&d->run.hosts[i], err);
	return r;
}

static void take_failures(struct draining *d)
{
	size_t n;
	const struct drain_vm *vms = vms_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (!vms[i].good && vms[i].failure && !vms[i].host->over)
			drain_fail(vms[i].host, "VM %s: %s", vms[i].vm->name, vms[i].failure);
}

/* Hosts that cannot be emptied end here; with keep_going when all is done that can be. */
static int end_failed(struct draining *d, bool last, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < d->run.n && !r; i++) {
		struct drain_host *host = &d->run.hosts[i];

		if (host->over)
			continue;
		if (d->run.stopping)
			r = finish(d, host, VDC_DRAIN_STOPPED, err);
		else if (host->failure && (last || !d->run.options->keep_going))
			r = finish(d, host, VDC_DRAIN_FAILED, err);
	}
	return r;
}

/* Those of hosts that ended: they stay, but for what was begun before. */
static void spare_the_rest(struct draining *d)
{
	size_t n;
	struct drain_vm *vms = vms_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (vms[i].how != DRAIN_BY_MOVE && vms[i].host->over && !vms[i].begun)
			vms[i].good = true;
}

static bool any_failed(const struct draining *d)
{
	for (size_t i = 0; i < d->run.n; i++)
		if (!d->run.hosts[i].over && d->run.hosts[i].failure)
			return true;
	return false;
}

static int carry_out(struct draining *d, struct vdc_err *err)
{
	size_t n;
	struct drain_vm *vms = vms_of(d, &n);
	int r = drain_move(&d->run, vms, n, err);

	if (!r)
		take_failures(d);
	if (!r)
		r = insist_all(d, err);
	if (!r && !d->run.options->keep_going && !d->run.stopping)
		r = end_failed(d, false, err);
	if (r)
		return r;
	spare_the_rest(d);
	for (size_t i = 0; i < n; i++)
		if (vms[i].how == DRAIN_BY_MOVE)
			vms[i].failure = NULL; /* it was taken */
	r = drain_power(&d->run, vms, n, err);
	if (!r)
		take_failures(d);
	if (!r && any_failed(d))
		r = drain_look(&d->run, err); /* what is off and what is not */
	return r ? r : end_failed(d, false, err);
}

/* 1: something is to be done there; 0: it is empty, or what others move is awaited (NAME). */
static int is_busy(struct drain_host *host, const char **name, struct vdc_err *err)
{
	struct vdc_arena *arena = host->run->arena;
	struct vdc_objects vms;
	int r = vdc_gather(host->run->db, &vdc_vm_kind, "host", host->host->id, arena, &vms, err);

	*name = NULL;
	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (!vdc_vm_is_active(vm->status))
			continue;
		if (vm->status != VDC_VM_MIGRATING)
			return 1;
		*name = vm->name;
	}
	return r;
}

static void tell_wait(struct drain_host *host, const char *vm, int64_t since, int64_t *told)
{
	int64_t now = vdc_time_monotonic();

	if (now - since < 10 * VDC_SECOND || now - *told < 10 * VDC_SECOND)
		return;
	*told = now;
	drain_tell(host->run, &(struct vdc_work_news){
				      .kind = VDC_WORK_WAITS,
				      .host = host->host->name,
				      .vm = vm,
				      .text = "a migration of it is under way",
			      });
}

/* It answered before, and does not now. */
static bool is_silent(const struct drain_host *host)
{
	return host->unread && host->before != VDC_HOST_DOWN &&
	       host->before != VDC_HOST_NON_RESPONSIVE;
}

struct waiting {
	struct draining *d;
	int64_t began, told;
	bool waits;
};

static int await_host(struct waiting *w, struct drain_host *host, struct vdc_err *err)
{
	const char *vm = NULL;
	int r = 0;

	if (is_silent(host)) {
		if (!must_answer(host->host))
			drain_fail(host, "it does not answer: %s", host->unread);
		w->waits = true;
		return 0;
	}
	r = is_busy(host, &vm, err);
	if (r)
		return r;
	if (!vm)
		return host->failure ? 0 : finish(w->d, host, VDC_DRAIN_DONE, err);
	w->waits = true;
	tell_wait(host, vm, w->began, &w->told);
	if (vdc_time_monotonic() - w->began > EMPTIES)
		drain_fail(host, "VM %s: its migration does not end", vm);
	return 0;
}

/* Until the hosts are empty by their own word. 1: another round is to be made. */
static int await_empty(struct draining *d, struct vdc_err *err)
{
	struct waiting w = { .d = d, .began = vdc_time_monotonic() };

	for (;;) {
		int r = drain_look(&d->run, err);

		w.waits = false;
		if (!r)
			r = insist_all(d, err);
		for (size_t i = 0; i < d->run.n && !r; i++)
			if (!d->run.hosts[i].over)
				r = await_host(&w, &d->run.hosts[i], err);
		drain_stops(&d->run);
		if (!r)
			r = end_failed(d, false, err);
		if (r || !w.waits)
			return r;
		vdc_sleep(PAUSE);
	}
}

static int drain_all(struct draining *d, struct vdc_err *err)
{
	int r = 1;

	for (int round = 0; r == 1 && round < ROUNDS; round++) {
		d->first = round == 0;
		r = prepare(d, err);
		if (!r)
			r = carry_out(d, err);
		if (!r)
			r = await_empty(d, err);
		if (r == 1 && d->run.options->keep_going) /* what could leave has left */
			r = end_failed(d, true, err) ?: 1;
	}
	for (size_t i = 0; i < d->run.n && r >= 0; i++)
		if (!d->run.hosts[i].over && !d->run.hosts[i].failure)
			drain_fail(&d->run.hosts[i], "VMs come to it again and again");
	return r < 0 ? r : end_failed(d, true, err);
}

static int begin_host(struct draining *d, size_t i, struct vdc_err *err)
{
	const struct vdc_drain_host *asked = &d->asked[i];
	struct drain_host *host = &d->run.hosts[i];
	void *found;
	int r = vdc_store_get(d->run.db, &vdc_host_kind, asked->id, 0, d->run.arena, &found, err);

	if (r)
		return r;
	*host = (struct drain_host){
		.run = &d->run,
		.host = found,
		.wishes = asked->wishes,
		.n_wishes = asked->n_wishes,
	};
	drain_number_host(host, asked->number, DRAIN_ENTER);
	if (host->host->status != VDC_HOST_MAINTENANCE)
		return 0;
	drain_fail(host, "it is in maintenance already");
	return finish(d, host, VDC_DRAIN_DONE, err);
}

int vdc_drain_hosts(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_drain_options *options, struct vdc_drain_host *hosts, size_t n,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct draining d = { .asked = hosts };
	int r = drain_run_begin(&d.run, db, lease, options, n, arena, err);

	for (size_t i = 0; i < n && !r; i++)
		r = begin_host(&d, i, err);
	if (!r)
		r = drain_all(&d, err);
	vdc_buf_free(&d.vms);
	if (r || options->keep_going || d.run.stopping > 1)
		return r;
	d.run.stopping = 0; /* what was shut down for nothing is started again */
	return drain_start_homes(&d.run, err);
}
