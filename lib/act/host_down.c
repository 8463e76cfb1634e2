/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/host_down.h"

#include <string.h>

#include "act/apply.h"
#include "act/ha_job.h"
#include "base/time.h"
#include "plan/ha_queue.h"
#include "plan/vm_status.h"
#include "store/events.h"

enum { CODE_SET_DOWN = 143 }; /* of ovirt-engine's AuditLogType */

struct downing {
	struct vdc_job_lease *lease;
	struct vdc_host_down *down;
	struct vdc_arena *arena;
	const struct vdc_host *before;
	struct vdc_host *host; /* as it is from now on */
	int64_t now;
};

/* What is known already is not written again: the same proof stays the first one. */
static bool is_news(const struct downing *d)
{
	const struct vdc_host *host = d->before;

	return !vdc_host_is_known_down(host) ||
	       (d->down->power_off && host->power_status != VDC_POWER_OFF);
}

static int write_host(struct vdc_db *db, struct downing *d, struct vdc_err *err)
{
	const struct vdc_host_down *down = d->down;
	struct vdc_host *host = d->host;

	if (is_news(d)) {
		host->proven_down = d->now;
		host->down_evidence = vdc_arena_strdup(d->arena, down->evidence);
	}
	if (down->power_off)
		host->power_status = VDC_POWER_OFF;
	/* That it was off before it was last seen says nothing about now. */
	else if (host->power_status == VDC_POWER_ON || !vdc_host_is_known_down(d->before))
		host->power_status = VDC_POWER_UNKNOWN;
	if (down->status && host->status != down->status) {
		host->status = down->status;
		host->status_since = d->now;
		host->status_detail = vdc_arena_strdup(d->arena, down->evidence);
		host->reason = 0;
	}
	host->spm_status = VDC_SPM_NONE;
	return vdc_update(db, &vdc_host_kind, d->before, host, d->arena, NULL, err);
}

static int tell_role(struct vdc_db *db, const struct downing *d, struct vdc_err *err)
{
	d->down->was_manager = d->before->spm_status == VDC_SPM_SPM;
	if (!d->down->was_manager)
		return 0;
	return vdc_event_note(db, VDC_SEVERITY_WARNING, "spm_lost", &vdc_host_kind, d->host, err,
			      "host %s is down and was storage pool manager: the role is free for "
			      "election",
			      d->host->name);
}

static int tell_host(struct vdc_db *db, const struct downing *d, struct vdc_err *err)
{
	const struct vdc_host_down *down = d->down;

	if (!is_news(d) && !down->vms)
		return 0;
	return vdc_event_note(db, VDC_SEVERITY_WARNING, "host_known_down", &vdc_host_kind, d->host,
			      err,
			      "host %s is down: %s; VMs that stopped with it: %zu, to start "
			      "elsewhere: %zu",
			      d->host->name, down->evidence, down->vms, down->ha_vms);
}

static int tell_vm(struct vdc_db *db, const struct downing *d, const struct vdc_vm *vm,
		   struct vdc_err *err)
{
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, d->arena);

	event->severity = VDC_SEVERITY_WARNING;
	event->type = vdc_arena_strdup(d->arena, "vm_set_down");
	event->code = CODE_SET_DOWN;
	event->description = vdc_arena_format(d->arena, "VM %s stopped with host %s: %s", vm->name,
					      d->host->name, d->down->evidence);
	vdc_event_about(event, &vdc_vm_kind, vm, d->arena);
	event->host_id = d->host->id;
	return vdc_event_add(db, event, d->arena, err);
}

static int set_down(struct vdc_db *db, const struct downing *d, const struct vdc_vm *before,
		    struct vdc_err *err)
{
	struct vdc_vm *vm = vdc_object_copy(&vdc_vm_kind, before, d->arena);
	int r;

	vm->status = VDC_VM_DOWN;
	vm->status_detail = vdc_arena_strdup(d->arena, "its host is down");
	vm->stop_reason =
		vdc_arena_format(d->arena, "host %s is down: %s", d->host->name, d->down->evidence);
	vm->exit_status = VDC_VM_EXIT_ERROR;
	vm->stop_time = d->now;
	vm->lost_since = VDC_UNSET;
	vm->host = (struct vdc_ref){ 0 };
	vm->running_qemu_version = NULL;
	vm->running_machine_type = NULL;
	vm->running_level = (struct vdc_level){ -1, -1 };
	vm->next_run_configuration_exists = 0;
	r = vdc_update(db, &vdc_vm_kind, before, vm, d->arena, NULL, err);
	return r ? r : tell_vm(db, d, vm, err);
}

/* All that the database has there: one that is known to run elsewhere is not among them. */
static int set_all_down(struct vdc_db *db, struct downing *d, struct vdc_err *err)
{
	struct vdc_objects vms;
	struct vdc_ha_list list;
	int r = vdc_gather(db, &vdc_vm_kind, "host", d->host->id, d->arena, &vms, err);

	if (!r)
		r = vdc_ha_list_begin(db, d->host, d->arena, &list, err);
	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (!vdc_vm_is_active(vm->status))
			continue;
		d->down->vms++;
		r = set_down(db, d, vm, err);
		if (!r && vdc_ha_wants(vm))
			r = vdc_ha_list_add(db, &list, vm, err);
	}
	if (r)
		return r;
	d->down->ha_job = list.job;
	d->down->ha_vms = list.open;
	return 0;
}

static int in_transaction(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct downing *d = ctx;
	void *found;
	int r = vdc_job_guard(d->lease, db, err);

	d->down->vms = d->down->ha_vms = 0;
	d->down->ha_job = NULL;
	d->now = vdc_time_now();
	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, d->down->host_id, 0, d->arena, &found, err);
	if (r)
		return r;
	d->before = found;
	d->host = vdc_object_copy(&vdc_host_kind, found, d->arena);
	r = write_host(db, d, err);
	if (!r)
		r = set_all_down(db, d, err);
	if (!r)
		r = tell_host(db, d, err);
	return r ? r : tell_role(db, d, err);
}

int vdc_host_down(struct vdc_db *db, struct vdc_job_lease *lease, struct vdc_host_down *down,
		  struct vdc_arena *arena, struct vdc_err *err)
{
	struct downing d = { .lease = lease, .down = down, .arena = arena };

	return vdc_db_transaction(db, in_transaction, &d, err);
}
