/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A drain: what moves goes first, so that nothing is shut down for a host that cannot be emptied. Then
 * the hosts are looked at until they are empty; what came meanwhile has to leave, too.
 */
#include "act/drain.h"

#include <errno.h>
#include <string.h>

#include "act/drain_round.h"

enum { ROUNDS = 5 };

struct drain_vm *drain_vms_of(const struct draining *d, size_t *n)
{
	*n = d->vms.len / sizeof(struct drain_vm);
	return (struct drain_vm *)(void *)d->vms.data;
}

int drain_finish(struct draining *d, struct drain_host *host, enum vdc_drain_end end,
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
	asked->reason = drain_failure(host);
	return r;
}

bool drain_must_answer(const struct vdc_host *host)
{
	return host->status != VDC_HOST_DOWN && host->status != VDC_HOST_NON_RESPONSIVE;
}

int drain_insist_all(struct draining *d, struct vdc_err *err)
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
	const struct drain_vm *vms = drain_vms_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (!vms[i].good && vms[i].failure && !vms[i].host->over)
			drain_fail_about(vms[i].host, vms[i].vm->name,
					 vdc_arena_format(d->run.arena, "VM %s: %s",
							  vms[i].vm->name, vms[i].failure));
}

int drain_end_failed(struct draining *d, bool last, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < d->run.n && !r; i++) {
		struct drain_host *host = &d->run.hosts[i];

		if (host->over)
			continue;
		if (d->run.stopping)
			r = drain_finish(d, host, VDC_DRAIN_STOPPED, err);
		else if (host->reasons.n && (last || !d->run.options->keep_going))
			r = drain_finish(d, host, VDC_DRAIN_FAILED, err);
	}
	return r;
}

/* Those of hosts that ended: they stay, but for what was begun before. */
static void spare_the_rest(struct draining *d)
{
	size_t n;
	struct drain_vm *vms = drain_vms_of(d, &n);

	for (size_t i = 0; i < n; i++)
		if (vms[i].how != DRAIN_BY_MOVE && vms[i].host->over && !vms[i].begun)
			vms[i].good = true;
}

static bool any_failed(const struct draining *d)
{
	for (size_t i = 0; i < d->run.n; i++)
		if (!d->run.hosts[i].over && d->run.hosts[i].reasons.n)
			return true;
	return false;
}

static int carry_out(struct draining *d, struct vdc_err *err)
{
	size_t n;
	struct drain_vm *vms = drain_vms_of(d, &n);
	int r = drain_move(&d->run, vms, n, err);

	if (!r)
		take_failures(d);
	if (!r)
		r = drain_insist_all(d, err);
	if (!r && !d->run.options->keep_going && !d->run.stopping)
		r = drain_end_failed(d, false, err);
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
	return r ? r : drain_end_failed(d, false, err);
}

/* First of all, so that no VM leaves for a host that stays. */
static int hand_roles_over(struct draining *d, struct vdc_err *err)
{
	int r = drain_roles(&d->run, err);

	if (!r && !d->run.options->keep_going && !d->run.stopping)
		r = drain_end_failed(d, false, err);
	return r;
}

static int drain_all(struct draining *d, struct vdc_err *err)
{
	int r = 1;

	for (int round = 0; r == 1 && round < ROUNDS; round++) {
		d->first = round == 0;
		r = drain_prepare(d, err);
		if (!r && d->first)
			r = hand_roles_over(d, err);
		if (!r)
			r = carry_out(d, err);
		if (!r)
			r = drain_await_empty(d, err);
		if (r == 1 && d->run.options->keep_going) /* what could leave has left */
			r = drain_end_failed(d, true, err) ?: 1;
	}
	for (size_t i = 0; i < d->run.n && r >= 0; i++)
		if (!d->run.hosts[i].over && !d->run.hosts[i].reasons.n)
			drain_fail(&d->run.hosts[i], "VMs come to it again and again");
	return r < 0 ? r : drain_end_failed(d, true, err);
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
	if (d->run.options->give_up && host->host->status != VDC_HOST_PREPARING_FOR_MAINTENANCE) {
		host->over = host->ours = true;
		d->asked[i].end = VDC_DRAIN_STOPPED;
		return 0;
	}
	if (host->host->status != VDC_HOST_MAINTENANCE)
		return 0;
	drain_fail(host, "it is in maintenance already");
	return drain_finish(d, host, VDC_DRAIN_DONE, err);
}

/* What was shut down for nothing is started again. */
static int take_back(struct draining *d, struct vdc_err *err)
{
	int r;

	for (size_t i = 0; i < d->run.n; i++)
		d->run.hosts[i].taken_back = d->asked[i].end != VDC_DRAIN_DONE;
	d->run.stopping = 0; /* that was about what leaves */
	r = drain_start_homes(&d->run, err);
	for (size_t i = 0; i < d->run.n && !r; i++)
		if (d->run.hosts[i].left)
			d->asked[i].reason = drain_failure(&d->run.hosts[i]);
	return r;
}

int vdc_drain_hosts(struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_drain_options *options, struct vdc_drain_host *hosts, size_t n,
		    struct vdc_arena *arena, struct vdc_err *err)
{
	struct draining d = { .asked = hosts };
	int r = drain_run_begin(&d.run, db, lease, options, n, arena, err);

	d.run.stopping = options->give_up;
	for (size_t i = 0; i < n && !r; i++)
		r = begin_host(&d, i, err);
	if (!r)
		r = drain_all(&d, err);
	vdc_buf_free(&d.vms);
	return r || options->keep_going ? r : take_back(&d, err);
}
