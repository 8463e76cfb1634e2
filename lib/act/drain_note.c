/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a VM that was shut down or started: the VM, the step and an event, or none of them. */
#include <string.h>

#include "act/drain_part.h"
#include "act/update.h"
#include "base/time.h"
#include "store/events.h"

struct noting {
	struct drain_run *run;
	const struct drain_vm *one;
	struct vdc_job_step *step;
	const char *runs_on; /* host's id; NULL: it is off */
};

static void note_off(struct vdc_vm *vm, const struct noting *noting, struct vdc_arena *arena)
{
	const char *reason = noting->run->options->reason;

	vm->status = VDC_VM_DOWN;
	vm->status_detail = vdc_arena_strdup(arena, "shutdown");
	vm->stop_reason =
		vdc_arena_format(arena, "maintenance of host %s%s%s", noting->one->host->host->name,
				 reason ? ": " : "", reason ?: "");
	vm->exit_status = VDC_VM_EXIT_NORMAL;
	vm->stop_time = vdc_time_now();
	vm->host = (struct vdc_ref){ 0 };
	vm->running_qemu_version = NULL;
	vm->running_machine_type = NULL;
	vm->running_level = (struct vdc_level){ -1, -1 };
	vm->next_run_configuration_exists = 0;
}

static void note_on(struct vdc_vm *vm, const struct vdc_host *host)
{
	vm->status = VDC_VM_UP;
	vm->status_detail = NULL;
	vm->stop_reason = NULL;
	vm->exit_status = 0;
	vm->start_time = vdc_time_now();
	vm->stop_time = VDC_UNSET;
	vm->host = (struct vdc_ref){ .id = host->id };
	vm->running_qemu_version = host->qemu_version;
	vm->running_machine_type = vm->machine_type;
	vm->seen = vdc_time_now();
	vm->starts_with_home = VDC_UNSET;
	if (vm->home_host.id && strcmp(vm->home_host.id, host->id) == 0)
		vm->home_host = (struct vdc_ref){ 0 };
}

static int write_vm(struct vdc_db *db, const struct noting *noting, struct vdc_vm **ret,
		    const struct vdc_host **host, struct vdc_arena *arena, struct vdc_err *err)
{
	const void *before;
	void *after, *found = NULL;
	int r = vdc_update_read(db, &vdc_vm_kind, noting->one->vm->id, 0, arena, &before, &after,
				err);

	if (!r && noting->runs_on)
		r = vdc_store_get(db, &vdc_host_kind, noting->runs_on, 0, arena, &found, err);
	if (r)
		return r;
	*host = found;
	*ret = after;
	if (found)
		note_on(*ret, found);
	else
		note_off(*ret, noting, arena);
	(*ret)->lost_since = VDC_UNSET;
	return vdc_update(db, &vdc_vm_kind, before, *ret, arena, NULL, err);
}

static int write_event(struct vdc_db *db, const struct noting *noting, const struct vdc_vm *vm,
		       const struct vdc_host *host, struct vdc_err *err)
{
	const struct drain_vm *one = noting->one;

	if (!host)
		return vdc_event_note(db, VDC_SEVERITY_WARNING, "vm_stopped", &vdc_vm_kind, vm, err,
				      "VM %s was shut down for the maintenance of host %s; it is "
				      "started %s",
				      vm->name, one->host->host->name,
				      one->comes_back ? "when that is back" : "by hand");
	return vdc_event_note(db, VDC_SEVERITY_NORMAL,
			      one->how == DRAIN_BY_RESTART ? "vm_restarted" : "vm_started",
			      &vdc_vm_kind, vm, err, "VM %s was %s on host %s", vm->name,
			      one->how == DRAIN_BY_RESTART ? "shut down and started again"
							   : "started",
			      host->name);
}

static int note(struct vdc_db *db, const struct noting *noting, struct vdc_arena *arena,
		struct vdc_err *err)
{
	const struct vdc_host *host;
	struct vdc_vm *vm;
	int r = write_vm(db, noting, &vm, &host, arena, err);

	return r ? r : write_event(db, noting, vm, host, err);
}

/* One that may run somewhere is not off: its host has to say what became of it. */
static void note_unknown(struct vdc_vm *vm, const struct drain_vm *one, struct vdc_arena *arena)
{
	vm->status = VDC_VM_UNKNOWN;
	vm->status_detail = vdc_arena_strdup(arena, "nobody knows whether it was started there");
	vm->host = (struct vdc_ref){ .id = vdc_arena_strdup(arena, one->to_id) };
	vm->lost_since = VDC_UNSET;
}

static int note_failure(struct vdc_db *db, const struct drain_vm *one, struct vdc_arena *arena,
			struct vdc_err *err)
{
	const void *before;
	void *after;
	struct vdc_vm *vm;
	int r = vdc_update_read(db, &vdc_vm_kind, one->vm->id, 0, arena, &before, &after, err);

	if (r)
		return r;
	vm = after;
	if (one->unknown)
		note_unknown(vm, one, arena);
	r = vdc_update(db, &vdc_vm_kind, before, vm, arena, NULL, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_ERROR, "vm_drain_failed", &vdc_vm_kind, vm, err,
				  "VM %s: %s", vm->name, one->failure);
}

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct noting *noting = ctx;
	const struct drain_vm *one = noting->one;
	vdc_autoarena *arena = vdc_arena_new();
	int r = vdc_job_guard(noting->run->lease, db, err);

	if (!r && !one->failure)
		r = note(db, noting, arena, err);
	else if (!r)
		r = note_failure(db, one, arena, err);
	noting->step->status = one->failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED;
	noting->step->end_time = vdc_time_now();
	if (one->unknown)
		noting->step->state = vdc_arena_format(noting->run->arena, "%s\nunknown=1",
						       noting->step->state ?: "");
	noting->step->message = vdc_arena_strdup(noting->run->arena, one->failure ?: "done");
	return r ? r : vdc_store_put(db, &vdc_job_step_kind, noting->step, noting->run->arena, err);
}

int drain_note_power(struct drain_run *run, struct drain_vm *one, struct vdc_job_step *step,
		     const char *runs_on, struct vdc_err *err)
{
	struct noting noting = { run, one, step, runs_on };

	return vdc_db_transaction(run->db, in_transaction, &noting, err);
}
