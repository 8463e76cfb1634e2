/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* After a round: until the hosts are empty by their own word. */
#include <errno.h>
#include <string.h>

#include "act/drain_round.h"
#include "base/time.h"
#include "plan/vm_status.h"

#define EMPTIES (10 * 60 * VDC_SECOND) /* longest wait for what others move */
#define PAUSE VDC_SECOND

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
		if (!drain_must_answer(host->host))
			drain_fail(host, "it does not answer: %s", host->unread);
		w->waits = true;
		return 0;
	}
	r = is_busy(host, &vm, err);
	if (r)
		return r;
	if (!vm)
		return host->reasons.n ? 0 : drain_finish(w->d, host, VDC_DRAIN_DONE, err);
	w->waits = true;
	tell_wait(host, vm, w->began, &w->told);
	if (vdc_time_monotonic() - w->began > EMPTIES)
		drain_fail(host, "VM %s: its migration does not end", vm);
	return 0;
}

int drain_await_empty(struct draining *d, struct vdc_err *err)
{
	struct waiting w = { .d = d, .began = vdc_time_monotonic() };

	for (;;) {
		int r = drain_look(&d->run, err);

		w.waits = false;
		if (!r)
			r = drain_insist_all(d, err);
		for (size_t i = 0; i < d->run.n && !r; i++)
			if (!d->run.hosts[i].over)
				r = await_host(&w, &d->run.hosts[i], err);
		drain_stops(&d->run);
		if (!r)
			r = drain_end_failed(d, false, err);
		if (r || !w.waits)
			return r;
		vdc_sleep(PAUSE);
	}
}
