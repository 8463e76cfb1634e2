/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host-maintenance leave, and host-maintenance resume. */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "cli/list.h"
#include "host_maintenance.h"
#include "model/vm.h"
#include "plan/vm_status.h"
#include "store/store.h"

struct previewing {
	struct vdc_call *call;
	struct vdc_list *list;
	const struct maintenance *what;
	const struct vdc_host *host;
};

static int add_vm(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		  struct vdc_err *err)
{
	struct previewing *p = ctx;
	struct vdc_arena *arena = vdc_call_arena(p->call);
	const struct vdc_vm *vm = object;
	struct vdc_eviction *row = vdc_object_new(&vdc_eviction_kind, arena);
	bool runs = vdc_vm_is_active(vm->status);

	if (runs && vm->host.id && strcmp(vm->host.id, p->host->id) == 0)
		return 0;
	if (runs ? !p->what->restore : !vdc_is_true(vm->starts_with_home))
		return 0;
	row->id = vdc_arena_strdup(arena, vm->id);
	row->vm = vdc_arena_strdup(arena, vm->name);
	row->from = vdc_arena_strdup(arena, vm->host.name);
	row->to = vdc_arena_strdup(arena, p->host->name);
	row->action = runs ? VDC_EVICTION_BY_RETURN : VDC_EVICTION_BY_START;
	row->reason = vdc_arena_strdup(arena, runs ? "its host is back"
						   : "it is off since its host went away");
	return vdc_list_add(p->list, row, err);
}

static int preview(struct vdc_call *call, const struct maintenance *what, struct vdc_err *err)
{
	struct previewing p = { .call = call, .what = what };
	int r = vdc_list_new(call, &vdc_eviction_kind, &p.list, err);

	for (size_t i = 0; i < what->n && !r; i++) {
		p.host = what->hosts[i];
		r = vdc_store_each_of(vdc_call_db(call), &vdc_vm_kind,
				      vdc_kind_field(&vdc_vm_kind, "home_host"), p.host->id,
				      VDC_WITH_NAMES, NULL, add_vm, &p, err);
	}
	return r ? r : vdc_list_end(p.list, err);
}

struct cancelling {
	struct vdc_arena *arena;
	const struct vdc_host *host;
};

/* A drain that was cut off is over when its host comes back; one that goes on is not ours to end. */
static int cancel(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct cancelling *c = ctx;
	char *id = NULL, *owner = NULL;
	struct vdc_job *job;
	void *found;
	int r = vdc_job_open_step(db, VDC_DRAIN_STEP, c->host->id, "", c->arena, &id, err);

	if (r || !id)
		return r;
	r = vdc_store_get(db, &vdc_job_kind, id, 0, c->arena, &found, err);
	if (!r)
		r = vdc_job_owner(db, id, c->arena, &owner, err);
	if (r)
		return r;
	job = vdc_object_copy(&vdc_job_kind, found, c->arena);
	if (owner || strcmp(job->action, VDC_MAINTENANCE_ACTION) != 0)
		return vdc_err_set(err, owner ? -EBUSY : -EPERM,
				   "host %s is being drained by job %s (%s%s%s)%s", c->host->name,
				   id, job->action, owner ? ", " : "", owner ? owner : "",
				   owner ? "" : ": go on with that, or abort it");
	job->status = VDC_JOB_ABORTED;
	job->end_time = vdc_time_now();
	job->message = vdc_arena_format(c->arena, "host %s was to come back", c->host->name);
	return vdc_store_put(db, &vdc_job_kind, job, c->arena, err);
}

static int cancel_all(struct vdc_call *call, const struct maintenance *what, struct vdc_err *err)
{
	int r = 0;

	for (size_t i = 0; i < what->n && !r; i++) {
		struct cancelling c = { vdc_call_arena(call), what->hosts[i] };

		r = vdc_db_transaction(vdc_call_db(call), cancel, &c, err);
	}
	return r;
}

int host_maintenance_leave(struct vdc_call *call, struct vdc_err *err)
{
	struct maintenance what;
	char *job;
	int r = maintenance_read(call, true, &what, err);

	if (r || !what.n)
		return r;
	if (vdc_given(call, "dry-run"))
		return preview(call, &what, err);
	r = cancel_all(call, &what, err);
	if (r)
		return r;
	r = maintenance_make_job(call, &what, &job, err);
	return r ? r : maintenance_do_job(call, job, &what, err);
}

static int resume(struct vdc_call *call, const struct vdc_job *job, struct vdc_err *err)
{
	struct maintenance what;
	int r = vdc_work_take_up(call, job, VDC_MAINTENANCE_ACTION, err);

	if (!r)
		r = maintenance_read_job(call, job, &what, err);
	return r ? r : maintenance_do_job(call, job->id, &what, err);
}

int host_maintenance_resume(struct vdc_call *call, struct vdc_err *err)
{
	return vdc_work_resume(call, VDC_MAINTENANCE_ACTION, resume, err);
}
