/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written about a VM that is to start elsewhere: the VM, its step and an event, or nothing. */
#include <errno.h>
#include <string.h>

#include "act/ha_part.h"
#include "base/time.h"
#include "plan/vm_status.h"
#include "store/events.h"

/* Of ovirt-engine's AuditLogType. */
enum { CODE_RESTART_FAILED = 9603, CODE_TRIES_EXCEEDED = 9605 };

struct writing {
	struct ha_vm *one;
	struct vdc_arena *arena;
	const char *host_id;
	const char *text;
	const char *refusal;
	enum vdc_job_status status;
	bool last;
};

static int write_all(struct ha_vm *one, vdc_db_fn *fn, struct writing *w, struct vdc_err *err)
{
	int r;

	w->one = one;
	w->arena = vdc_arena_new();
	r = vdc_db_transaction(one->run->db, fn, w, err);
	if (w->refusal)
		w->refusal = vdc_arena_strdup(one->run->arena, w->refusal);
	vdc_arena_free(w->arena);
	return r;
}

void ha_tell(const struct ha_vm *one, enum vdc_work_kind kind, enum vdc_job_status status,
	     const char *text)
{
	const struct vdc_ha_options *options = one->run->options;
	const struct vdc_work_news news = {
		.kind = kind,
		.host = one->job->host ? one->job->host->name : "(removed)",
		.vm = one->step->object_name,
		.action = "start",
		.status = status,
		.text = text,
	};

	if (options->told)
		options->told(options->ctx, &news);
}

static int write_step(struct vdc_db *db, const struct writing *w, enum vdc_job_status status,
		      struct vdc_err *err)
{
	struct ha_vm *one = w->one;
	struct vdc_job_step *step = one->step;
	bool open = status == VDC_JOB_QUEUED || status == VDC_JOB_STARTED;

	step->job.id = vdc_arena_strdup(one->run->arena, one->job->id);
	step->status = status;
	step->end_time = open ? VDC_UNSET : vdc_time_now();
	if (w->text)
		step->message = vdc_arena_strdup(one->run->arena, w->text);
	step->state = vdc_ha_memory_write(&one->memory, one->run->arena);
	return vdc_store_put(db, &vdc_job_step_kind, step, one->run->arena, err);
}

/* Steps of other jobs about the VM whose owners live: they know better where it runs. */
static int find_rival(struct vdc_db *db, struct writing *w, struct vdc_err *err)
{
	static const char *const actions[] = { "migrate", "restart", "start", "stop", VDC_HA_STEP };
	const struct ha_vm *one = w->one;
	int r = 0;

	for (size_t i = 0; i < VDC_COUNT(actions) && !r && !w->refusal; i++) {
		char *job = NULL, *owner = NULL;

		r = vdc_job_open_step(db, actions[i], one->step->object_id, one->job->id, w->arena,
				      &job, err);
		if (!r && job)
			r = vdc_job_owner(db, job, w->arena, &owner, err);
		if (!r && owner)
			w->refusal = vdc_arena_format(w->arena, "job %s does something to it (%s)",
						      job, owner);
	}
	return r;
}

/* What this round saw is a second old. */
static int look_again(struct vdc_db *db, struct writing *w, struct vdc_err *err)
{
	const struct ha_vm *one = w->one;
	const struct vdc_vm *vm;
	const struct vdc_host *host;
	void *found = NULL;
	int r = vdc_store_get(db, &vdc_vm_kind, one->step->object_id, 0, w->arena, &found, err);

	vm = found;
	if (!r && vm->host.id && vdc_vm_is_active(vm->status) && vm->status != VDC_VM_UNKNOWN)
		w->refusal = "it runs meanwhile";
	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, one->job->host_id, 0, w->arena, &found, err);
	host = found;
	if (!r && (host->status != one->job->host->status ||
		   host->proven_down != one->job->host->proven_down ||
		   (!one->unsafe &&
		    vdc_host_is_known_down(host) != vdc_host_is_known_down(one->job->host))))
		w->refusal = "its host changed meanwhile";
	return r;
}

static int begin(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	struct ha_vm *one = w->one;
	int r = vdc_job_guard(one->job->lease, db, err);

	w->refusal = NULL;
	if (!r)
		r = find_rival(db, w, err);
	if (!r)
		r = look_again(db, w, err);
	if (r || w->refusal)
		return r;
	one->step->start_time = vdc_time_now();
	return write_step(db, w, VDC_JOB_STARTED, err);
}

int ha_write_begin(struct ha_vm *one, const char **refusal, struct vdc_err *err)
{
	struct vdc_ha_memory before = one->memory;
	struct writing w = { 0 };
	int64_t tries = one->step->tries == VDC_UNSET ? 0 : one->step->tries;
	int64_t status = one->step->status;
	int r;

	one->memory.to = one->to.id;
	one->memory.next = VDC_UNSET;
	one->step->tries = tries + 1;
	r = write_all(one, begin, &w, err);
	*refusal = w.refusal;
	if (w.refusal) {
		one->memory = before;
		one->step->tries = tries;
		one->step->status = status;
	}
	return r;
}

static int write_vm(struct vdc_db *db, const struct writing *w, const struct vdc_host *host,
		    struct vdc_vm **ret, struct vdc_err *err)
{
	struct vdc_vm *after;
	void *before;
	int r = vdc_store_get(db, &vdc_vm_kind, w->one->step->object_id, 0, w->arena, &before, err);

	if (r)
		return r;
	after = *ret = vdc_object_copy(&vdc_vm_kind, before, w->arena);
	if (after->host.id && strcmp(after->host.id, host->id) == 0 &&
	    vdc_vm_is_active(after->status) && after->status != VDC_VM_UNKNOWN)
		return 0; /* as somebody saw it already */
	after->status = VDC_VM_UP;
	after->status_detail = NULL;
	after->stop_reason = NULL;
	after->exit_status = 0;
	after->start_time = vdc_time_now();
	after->stop_time = VDC_UNSET;
	after->lost_since = VDC_UNSET;
	after->host = (struct vdc_ref){ .id = host->id };
	after->running_qemu_version = host->qemu_version;
	after->running_machine_type = after->machine_type;
	after->starts_with_home = VDC_UNSET;
	after->seen = vdc_time_now();
	return vdc_update(db, &vdc_vm_kind, before, after, w->arena, NULL, err);
}

static int tell(struct vdc_db *db, const struct writing *w, enum vdc_severity severity,
		const char *type, int64_t code, const struct vdc_vm *vm, char *text,
		struct vdc_err *err)
{
	struct vdc_event *event = vdc_object_new(&vdc_event_kind, w->arena);

	event->severity = severity;
	event->type = vdc_arena_strdup(w->arena, type);
	event->code = code;
	event->description = text;
	event->job_id = vdc_arena_strdup(w->arena, w->one->job->id);
	vdc_event_about(event, &vdc_vm_kind, vm, w->arena);
	return vdc_event_add(db, event, w->arena, err);
}

static int started(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	const struct ha_vm *one = w->one;
	const struct vdc_host *host;
	struct vdc_vm *vm;
	void *found;
	int r = vdc_job_guard(one->job->lease, db, err);

	if (!r)
		r = vdc_store_get(db, &vdc_host_kind, w->host_id, 0, w->arena, &found, err);
	if (r)
		return r;
	host = found;
	w->text = vdc_arena_format(w->arena, "it runs on host %s", host->name);
	r = write_vm(db, w, host, &vm, err);
	if (!r)
		r = write_step(db, w, VDC_JOB_FINISHED, err);
	return r ? r
		 : tell(db, w, VDC_SEVERITY_NORMAL, "vm_ha_started", VDC_UNSET, vm,
			vdc_arena_format(w->arena, "VM %s runs on host %s: its host %s failed",
					 vm->name, host->name,
					 one->job->host ? one->job->host->name : "(removed)"),
			err);
}

int ha_write_started(struct ha_vm *one, const char *host_id, struct vdc_err *err)
{
	struct writing w = { .host_id = host_id };
	int r;

	one->memory.to = vdc_arena_strdup(one->run->arena, host_id);
	r = write_all(one, started, &w, err);
	if (r)
		return r;
	one->over = true;
	ha_tell(one, VDC_WORK_STEP, VDC_JOB_FINISHED, one->step->message);
	return 0;
}

static int failed(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	const struct ha_vm *one = w->one;
	void *found;
	int r = vdc_job_guard(one->job->lease, db, err);

	if (!r)
		r = write_step(db, w, VDC_JOB_QUEUED, err);
	/* Of hundreds of tries the first is news, and that there is little hope. */
	if (r || !(w->last || (one->memory.failures == 1 && one->n_bans == 0)))
		return r;
	r = vdc_store_get(db, &vdc_vm_kind, one->step->object_id, 0, w->arena, &found, err);
	return r ? r
		 : tell(db, w, w->last ? VDC_SEVERITY_ALERT : VDC_SEVERITY_ERROR,
			w->last ? "vm_ha_tries_exceeded" : "vm_ha_failed",
			w->last ? CODE_TRIES_EXCEEDED : CODE_RESTART_FAILED, found,
			vdc_arena_format(w->arena,
					 "VM %s, whose host %s failed, does not start "
					 "elsewhere%s: %s",
					 one->step->object_name, one->job->host->name,
					 w->last ? " and is tried only now and then from now on"
						 : "",
					 w->text),
			err);
}

int ha_write_failed(struct ha_vm *one, const char *failure, bool last, struct vdc_err *err)
{
	struct writing w = { .text = failure, .last = last };
	bool news = !one->step->message || strcmp(one->step->message, failure) != 0;
	int r = write_all(one, failed, &w, err);

	if (!r && news)
		ha_tell(one, VDC_WORK_STEP, VDC_JOB_FAILED, one->step->message);
	return r;
}

static int over(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct writing *w = ctx;
	int r = vdc_job_guard(w->one->job->lease, db, err);

	return r ? r : write_step(db, w, w->status, err);
}

int ha_write_over(struct ha_vm *one, enum vdc_job_status status, const char *text,
		  struct vdc_err *err)
{
	struct writing w = { .text = text, .status = status };
	int r = write_all(one, over, &w, err);

	one->over = !r;
	if (!r)
		ha_tell(one, VDC_WORK_STEP, status, text);
	return r;
}

struct ending {
	struct ha_job *job;
	struct vdc_arena *arena;
	bool open;
};

static int end(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct ending *e = ctx;
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, e->arena);
	struct vdc_objects steps = { 0 };
	int r = vdc_job_guard(e->job->lease, db, err);

	e->open = false;
	if (!r)
		r = vdc_gather(db, &vdc_job_step_kind, "job", e->job->id, e->arena, &steps, err);
	for (size_t i = 0; i < steps.n; i++) {
		int64_t status = ((const struct vdc_job_step *)steps.objects[i])->status;

		e->open = e->open || status == VDC_JOB_QUEUED || status == VDC_JOB_STARTED;
	}
	if (r || e->open)
		return r;
	job->id = vdc_arena_strdup(e->arena, e->job->id);
	job->action = vdc_arena_strdup(e->arena, VDC_HA_ACTION);
	job->status = VDC_JOB_FINISHED;
	job->end_time = job->last_updated = vdc_time_now();
	job->exit_code = 0;
	job->percent = 100;
	return vdc_store_put(db, &vdc_job_kind, job, e->arena, err);
}

int ha_write_end(struct ha_run *run, struct ha_job *job, bool *open, struct vdc_err *err)
{
	struct ending e = { job, vdc_arena_new(), false };
	int r = vdc_db_transaction(run->db, end, &e, err);

	vdc_arena_free(e.arena);
	*open = e.open;
	job->over = !r && !e.open;
	return r;
}
