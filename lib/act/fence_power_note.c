/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was done to the power of a host: the history, events, the host and the step, together. */
#include <inttypes.h>
#include <string.h>

#include "act/fence_power_part.h"
#include "act/update.h"
#include "base/time.h"
#include "edge/user.h"
#include "plan/host_status.h"
#include "store/events.h"

struct noting {
	struct fence_host *host;
	struct vdc_arena *arena;	 /* gone after it */
	struct vdc_fence_record *record; /* to write; NULL: none */
	const char *failure;		 /* NULL: none */
};

static const char *through(const struct fence_host *host, struct vdc_arena *arena)
{
	const char *proxy = fence_group_proxy(host, arena);

	return vdc_arena_format(arena, "%s%s%s", fence_group_name(host, arena),
				proxy ? ", by way of " : "", proxy ?: "");
}

static int guard(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct vdc_job_lease *lease = n->host->run->lease;

	return lease ? vdc_job_guard(lease, db, err) : 0;
}

static int put_record(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	struct vdc_fence_record *record;

	if (!n->record)
		return 0;
	record = vdc_object_copy(&vdc_fence_record_kind, n->record, n->arena);
	return vdc_store_put(db, &vdc_fence_record_kind, record, n->arena, err);
}

static int begin_shot(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	struct fence_host *host = n->host;
	struct vdc_fence_record *record;
	const char *reason = host->run->options->reason;
	int r = guard(db, n, err);

	if (r)
		return r;
	record = vdc_object_copy(&vdc_fence_record_kind, n->record, n->arena);
	r = vdc_store_put(db, &vdc_fence_record_kind, record, n->arena, err);
	if (r)
		return r;
	n->record->id = vdc_arena_strdup(host->run->arena, record->id);
	return vdc_event_note(db, VDC_SEVERITY_WARNING, "fence_started", &vdc_host_kind, host->host,
			      err, "host %s is switched %s through %s%s%s", host->host->name,
			      vdc_enum_word(&vdc_fence_action_values, host->phase),
			      through(host, n->arena), reason ? ": " : "", reason ?: "");
}

static struct vdc_fence_record *new_record(const struct fence_host *host)
{
	struct fence_run *run = host->run;
	struct vdc_fence_record *record = vdc_object_new(&vdc_fence_record_kind, run->arena);

	record->host.id = host->host->id;
	record->start_time = vdc_time_now();
	record->action = host->phase;
	record->result = VDC_FENCE_RUNNING;
	record->agent = vdc_arena_strdup(run->arena, fence_group_name(host, run->arena));
	record->proxy = vdc_arena_strdup(run->arena, fence_group_proxy(host, run->arena));
	record->reason = vdc_arena_strdup(run->arena, run->options->reason);
	record->actor = vdc_arena_strdup(run->arena, vdc_user_caller());
	record->job_id = vdc_arena_strdup(run->arena, vdc_job_lease_id(run->lease));
	record->correlation_id = vdc_arena_strdup(run->arena, vdc_event_correlation());
	return record;
}

int fence_note_shot(struct fence_host *host, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting n = { .host = host, .arena = arena };
	int r = 0;

	if (host->shot)
		r = fence_note_missed(host, "it did not do it", err);
	if (r)
		return r;
	n.record = new_record(host);
	r = vdc_db_transaction(host->run->db, begin_shot, &n, err);
	if (!r) {
		host->shot = n.record;
		host->has_shot = true;
	}
	return r;
}

/* Closed in memory: it is written with all the rest. */
static struct vdc_fence_record *end_shot(struct fence_host *host, const char *failure)
{
	struct vdc_arena *arena = host->run->arena;
	struct vdc_fence_record *record = host->shot;

	host->shot = NULL;
	if (!record)
		return NULL;
	record->result = failure ? VDC_FENCE_FAILED : VDC_FENCE_SUCCESS;
	record->end_time = vdc_time_now();
	record->proxy = vdc_arena_strdup(arena, fence_group_proxy(host, arena));
	record->evidence = failure ? NULL : vdc_arena_strdup(arena, host->evidence);
	record->message = vdc_arena_strdup(arena, failure ?: fence_group_complaint(host, arena));
	return record;
}

static int miss(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	const struct fence_host *host = n->host;
	int r = guard(db, n, err);

	if (!r)
		r = put_record(db, n, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_WARNING, "fence_agent_failed", &vdc_host_kind,
				  host->host, err, "host %s: switching it %s through %s failed: %s",
				  host->host->name,
				  vdc_enum_word(&vdc_fence_action_values, host->phase),
				  through(host, n->arena), n->failure);
}

int fence_note_missed(struct fence_host *host, const char *why, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting n = {
		.host = host,
		.arena = arena,
		.record = end_shot(host, why),
		.failure = why,
	};

	return vdc_db_transaction(host->run->db, miss, &n, err);
}

/* That it is off was proven and stays so: a status that says nothing takes nothing back, and one that was
 * asked before the proof came too late. A shot that fails does: it began because somebody doubts it. */
static bool proof_stands(const struct fence_host *host, const struct vdc_host *now)
{
	int64_t asked = vdc_time_now() - (vdc_time_monotonic() - host->phase_began);

	if (host->wish->action != VDC_FENCE_STATUS || now->power_status != VDC_POWER_OFF ||
	    !vdc_host_is_known_down(now))
		return false;
	return host->seq.power == VDC_POWER_UNKNOWN || now->proven_down >= asked;
}

static int write_host(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct fence_host *host = n->host;
	enum vdc_host_status status = fence_next_status(host, n->failure);
	const struct vdc_host *before;
	struct vdc_host *after;
	void *found;
	int r;

	/* With proof of off, act/host_down.h does all of it. */
	if (host->phase == VDC_FENCE_OFF && !n->failure)
		return 0;
	r = vdc_store_get(db, &vdc_host_kind, host->host->id, 0, n->arena, &found, err);
	if (r)
		return r;
	before = found;
	after = vdc_object_copy(&vdc_host_kind, found, n->arena);
	if (!proof_stands(host, before))
		after->power_status = host->seq.power;
	if (status && status != (enum vdc_host_status)before->status) {
		after->status = status;
		after->status_since = vdc_time_now();
		after->status_detail = vdc_arena_strdup(n->arena, n->failure ?: host->evidence);
		after->reason = 0;
	}
	return vdc_update(db, &vdc_host_kind, before, after, n->arena, NULL, err);
}

static int write_event(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct fence_host *host = n->host;
	const char *how = vdc_enum_word(&vdc_fence_action_values, host->phase);

	if (host->phase == VDC_FENCE_STATUS)
		return 0;
	if (n->failure)
		return vdc_event_note(db, VDC_SEVERITY_ERROR, "fence_failed", &vdc_host_kind,
				      host->host, err, "host %s cannot be switched %s: %s",
				      host->host->name, how, n->failure);
	return vdc_event_note(db, VDC_SEVERITY_NORMAL,
			      host->phase == VDC_FENCE_ON ? "host_powered_on" : "host_powered_off",
			      &vdc_host_kind, host->host, err, "host %s %s %s: %s",
			      host->host->name, n->record ? "was switched" : "is", how,
			      host->evidence);
}

static int write_step(struct vdc_db *db, const struct noting *n, struct vdc_err *err)
{
	const struct fence_host *host = n->host;
	struct vdc_job_step *step;

	if (host->phase == VDC_FENCE_STATUS || (host->phase == VDC_FENCE_OFF && !n->failure))
		return 0;
	step = vdc_object_copy(&vdc_job_step_kind, host->step, n->arena);
	step->status = n->failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED;
	step->end_time = vdc_time_now();
	step->message = vdc_arena_strdup(n->arena, n->failure ?: host->evidence);
	return vdc_store_put(db, &vdc_job_step_kind, step, n->arena, err);
}

static int end(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct noting *n = ctx;
	int r = guard(db, n, err);

	if (!r)
		r = put_record(db, n, err);
	if (!r)
		r = write_host(db, n, err);
	if (!r)
		r = write_event(db, n, err);
	return r ? r : write_step(db, n, err);
}

int fence_note_end(struct fence_host *host, const char *failure, struct vdc_err *err)
{
	vdc_autoarena *arena = vdc_arena_new();
	struct noting n = { .host = host, .arena = arena, .failure = failure };

	if (host->phase == VDC_FENCE_STATUS && host->host->power_status == (int64_t)host->seq.power)
		return 0;
	n.record = end_shot(host, failure);
	return vdc_db_transaction(host->run->db, end, &n, err);
}

int fence_note_off(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;

	host->step->state = vdc_arena_format(run->arena, "ha-vms=%" PRId64, host->wish->ha_vms);
	return vdc_job_step_end(run->lease, run->db, host->step, VDC_JOB_FINISHED, host->evidence,
				run->arena, err);
}
