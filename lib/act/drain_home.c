/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where VMs belong whose host is away: noted when they leave it, and used when it is back. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "act/update.h"
#include "plan/vm_status.h"

struct homes {
	struct drain_run *run;
	const struct drain_vm *vms;
	size_t n;
};

static int note_home(struct vdc_db *db, const struct drain_vm *one, struct vdc_arena *arena,
		     struct vdc_err *err)
{
	const void *before;
	void *after;
	struct vdc_vm *vm;
	int r = vdc_update_read(db, &vdc_vm_kind, one->vm->id, 0, arena, &before, &after, err);

	if (r)
		return r;
	vm = after;
	/* One that is off waits for the host that has its definition. */
	if (!vm->home_host.id || one->how == DRAIN_BY_STOP)
		vm->home_host = (struct vdc_ref){ .id = one->host->host->id };
	/* A restart that comes to nothing leaves it off, too. */
	if (one->how != DRAIN_BY_MOVE)
		vm->starts_with_home = one->how == DRAIN_BY_RESTART || one->comes_back;
	return vdc_update(db, &vdc_vm_kind, before, vm, arena, NULL, err);
}

static int note_homes(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct homes *homes = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	int r = vdc_job_guard(homes->run->lease, db, err);

	for (size_t i = 0; i < homes->n && !r; i++)
		r = note_home(db, &homes->vms[i], arena, err);
	return r;
}

int drain_note_homes(struct drain_run *run, const struct drain_vm *vms, size_t n,
		     struct vdc_err *err)
{
	struct homes homes = { run, vms, n };

	return n ? vdc_db_transaction(run->db, note_homes, &homes, err) : 0;
}

/* Texts live in the arena of the run. */
static int at_home(struct drain_host *host, struct vdc_objects *ret, struct vdc_err *err)
{
	return vdc_gather(host->run->db, &vdc_vm_kind, "home_host", host->host->id,
			  host->run->arena, ret, err);
}

/* Also one that may run elsewhere: it is not to be started before that is known. */
static bool waits(const struct vdc_vm *vm)
{
	return vdc_is_true(vm->starts_with_home) &&
	       (vm->status == VDC_VM_DOWN || vm->status == VDC_VM_UNKNOWN);
}

/* Whose drain was for nothing runs as before, whoever was to start it afterwards. */
static bool is_to_start(const struct drain_host *host, const struct vdc_vm *vm)
{
	return vm->status == VDC_VM_DOWN &&
	       (waits(vm) || (host->taken_back && vm->starts_with_home == 0));
}

static bool is_away(const struct vdc_vm *vm, const char *home)
{
	return vdc_vm_is_active(vm->status) && vm->host.id && strcmp(vm->host.id, home) != 0;
}

/* Those of HOST that are to start there, or to come back. */
static int add(struct drain_host *host, enum drain_how how, struct vdc_buf *out,
	       struct vdc_err *err)
{
	struct vdc_objects vms;
	int r = at_home(host, &vms, err);

	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];
		struct drain_vm one = {
			.host = host,
			.vm = vm,
			.how = how,
			.to_id = host->host->id,
			.may_only = true,
		};

		if (how == DRAIN_BY_START ? !is_to_start(host, vm) : !is_away(vm, host->host->id))
			continue;
		one.number = drain_number(host, vm->id, drain_actions[how]);
		vdc_buf_add(out, &one, sizeof(one));
	}
	return r;
}

static void count(const struct vdc_buf *vms)
{
	const struct drain_vm *ones = (const void *)vms->data;

	for (size_t i = 0; i < vms->len / sizeof(*ones); i++) {
		struct drain_host *host = ones[i].host;

		if (!ones[i].good) {
			host->left++;
			drain_fail_about(
				host, ones[i].vm->name,
				vdc_arena_format(host->run->arena, "VM %s %s: %s", ones[i].vm->name,
						 ones[i].how == DRAIN_BY_MOVE ? "stays where it is"
									      : "is off",
						 ones[i].failure ?: "nobody knows why"));
		} else if (ones[i].how == DRAIN_BY_MOVE)
			host->returned++;
		else
			host->started++;
	}
}

int drain_start_homes(struct drain_run *run, struct vdc_err *err)
{
	vdc_autobuf vms = { 0 };
	int r = drain_read_steps(run, err);

	for (size_t i = 0; i < run->n && !r; i++)
		if (run->hosts[i].ours && run->hosts[i].host->status == VDC_HOST_UP)
			r = add(&run->hosts[i], DRAIN_BY_START, &vms, err);
	if (!r)
		r = drain_power(run, (void *)vms.data, vms.len / sizeof(struct drain_vm), err);
	if (!r)
		count(&vms);
	return r;
}

int drain_return_homes(struct drain_run *run, struct vdc_err *err)
{
	vdc_autobuf vms = { 0 };
	int r = drain_read_steps(run, err);

	for (size_t i = 0; i < run->n && !r; i++)
		if (run->hosts[i].restore && run->hosts[i].host->status == VDC_HOST_UP)
			r = add(&run->hosts[i], DRAIN_BY_MOVE, &vms, err);
	if (!r && !drain_stops(run))
		r = drain_move(run, (void *)vms.data, vms.len / sizeof(struct drain_vm), err);
	if (!r)
		count(&vms);
	return r;
}

static int forget(struct vdc_db *db, const struct vdc_vm *vm, struct vdc_arena *arena,
		  struct vdc_err *err)
{
	struct vdc_vm *after = vdc_object_copy(&vdc_vm_kind, vm, arena);

	after->home_host = (struct vdc_ref){ 0 };
	after->starts_with_home = VDC_UNSET;
	return vdc_update(db, &vdc_vm_kind, vm, after, arena, NULL, err);
}

int drain_forget_homes(struct vdc_db *db, const char *host_id, enum drain_forget which,
		       struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_objects vms;
	int r = vdc_gather(db, &vdc_vm_kind, "home_host", host_id, arena, &vms, err);

	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];
		bool is_there = vm->host.id && strcmp(vm->host.id, host_id) == 0;
		bool is_off = vm->status == VDC_VM_DOWN;

		if (is_there || (which >= DRAIN_FORGET_OFF && is_off && !waits(vm)) ||
		    (which == DRAIN_FORGET_AWAY && !is_off && !waits(vm)))
			r = forget(db, vm, arena, err);
	}
	return r;
}
