/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status of a host that is drained: each a guarded transaction. */
#include <errno.h>
#include <string.h>

#include "act/drain_part.h"
#include "act/update.h"
#include "base/time.h"
#include "base/words.h"
#include "plan/vm_status.h"
#include "store/events.h"

/* Another job that drains it, or did when its owner died. */
static int find_rival(struct vdc_db *db, struct drain_writing *w, struct vdc_err *err)
{
	const char *id = w->host->host->id, *ours = vdc_job_lease_id(w->host->run->lease);
	char *job = NULL, *owner = NULL;
	int r = vdc_job_open_step(db, DRAIN_ENTER, id, ours, w->arena, &job, err);

	if (!r && job)
		r = vdc_job_owner(db, job, w->arena, &owner, err);
	if (r || !job)
		return r;
	w->refusal =
		owner ? vdc_arena_format(w->arena, "job %s drains it: %s", job, owner)
		      : vdc_arena_format(w->arena, "job %s drained it and was cut off: resume that",
					 job);
	return 0;
}

/* A host whose drain nobody knows of was up. */
static int64_t status_before(const struct drain_writing *w)
{
	if (drain_status_before(w))
		return drain_status_before(w);
	return w->before->status == VDC_HOST_PREPARING_FOR_MAINTENANCE ? VDC_HOST_UP
								       : w->before->status;
}

static int enter(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	const struct vdc_drain_options *options = w->host->run->options;
	int r = drain_load(db, w, err);

	w->refusal = NULL;
	if (!r)
		r = find_rival(db, w, err);
	if (r || w->refusal)
		return r;
	w->was = status_before(w);
	r = drain_write_step(db, w, VDC_JOB_STARTED, err);
	if (r || w->before->status == VDC_HOST_PREPARING_FOR_MAINTENANCE)
		return r;
	r = drain_write_status(db, w, VDC_HOST_PREPARING_FOR_MAINTENANCE, w->before->reason,
			       options->reason, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_maintenance_begun", &vdc_host_kind,
				  w->after, err, "host %s is prepared for maintenance%s%s",
				  w->after->name, options->reason ? ": " : "",
				  options->reason ?: "");
}

int drain_enter(struct drain_host *host, const char **refusal, struct vdc_err *err)
{
	struct drain_writing w = { .host = host };
	int r = drain_write(&w, enter, err);

	if (r)
		return r;
	*refusal = w.refusal;
	if (!w.refusal) {
		host->ours = true;
		host->before = w.was;
		host->step->status = VDC_JOB_STARTED;
	}
	return 0;
}

static int insist(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	int r = drain_load(db, w, err);

	w->insisted = false;
	if (r || w->before->status == VDC_HOST_PREPARING_FOR_MAINTENANCE ||
	    w->before->status == VDC_HOST_NON_RESPONSIVE || w->before->status == VDC_HOST_DOWN)
		return r;
	w->insisted = true;
	r = drain_write_status(db, w, VDC_HOST_PREPARING_FOR_MAINTENANCE, w->before->reason,
			       w->host->run->options->reason, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_WARNING, "host_maintenance_insisted",
				  &vdc_host_kind, w->after, err,
				  "host %s was set to %s while it is drained: it is prepared for "
				  "maintenance again",
				  w->after->name,
				  vdc_enum_word(&vdc_host_status_values, w->before->status));
}

/* Somebody else may have changed what we made it. */
int drain_insist(struct drain_host *host, struct vdc_err *err)
{
	struct drain_writing w = { .host = host };
	int r = drain_write(&w, insist, err);

	if (!r && w.insisted)
		drain_say(host, "somebody changed its status: set it back");
	return r;
}

static int must_be_empty(struct vdc_db *db, const struct drain_writing *w, struct vdc_err *err)
{
	struct vdc_objects vms;
	int r = vdc_gather(db, &vdc_vm_kind, "host", w->before->id, w->arena, &vms, err);

	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (vdc_vm_is_active(vm->status))
			r = vdc_err_set(err, -EAGAIN, "VM %s came to host %s just now", vm->name,
					w->before->name);
	}
	return r;
}

static int end_well(struct vdc_db *db, struct drain_writing *w, struct vdc_err *err)
{
	const char *reason = w->host->run->options->reason;
	int r = must_be_empty(db, w, err);

	w->after->failures = 0;
	if (!r)
		r = drain_write_status(db, w, VDC_HOST_MAINTENANCE, 0, reason, err);
	if (!r)
		r = drain_write_step(db, w, VDC_JOB_FINISHED, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "host_maintenance", &vdc_host_kind,
				  w->after, err, "host %s is in maintenance%s%s", w->after->name,
				  reason ? ": " : "", reason ?: "");
}

static int end_badly(struct vdc_db *db, struct drain_writing *w, struct vdc_err *err)
{
	bool stopped = w->end == VDC_DRAIN_STOPPED;
	const char *why = drain_failure(w->host) ?: "somebody asked to stop";
	/* Who is at home has no way home. */
	int r = drain_forget_homes(db, w->before->id, DRAIN_FORGET_THERE, w->arena, err);

	/* One that was given up meanwhile is not up because its drain ended. */
	if (!r && w->before->status == VDC_HOST_PREPARING_FOR_MAINTENANCE)
		r = drain_write_status(db, w, w->host->before, w->before->reason, NULL, err);
	if (!r)
		r = drain_write_step(db, w, stopped ? VDC_JOB_ABORTED : VDC_JOB_FAILED, err);
	return r ? r
		 : vdc_event_note(db, stopped ? VDC_SEVERITY_WARNING : VDC_SEVERITY_ERROR,
				  stopped ? "host_maintenance_cancelled"
					  : "host_maintenance_failed",
				  &vdc_host_kind, w->after, err,
				  "host %s does not enter maintenance: %s", w->after->name, why);
}

static int leave(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct drain_writing *w = ctx;
	int r = drain_load(db, w, err);

	if (r)
		return r;
	return w->end == VDC_DRAIN_DONE ? end_well(db, w, err) : end_badly(db, w, err);
}

int drain_leave(struct drain_host *host, enum vdc_drain_end end, struct vdc_err *err)
{
	struct drain_writing w = { .host = host, .end = end };

	return drain_write(&w, leave, err);
}
