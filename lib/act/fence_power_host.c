/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host on its way: off, what follows from that, and on. */
#include "act/fence_power_part.h"
#include "act/host_down.h"
#include "act/spm_launch.h"
#include "base/time.h"

enum { FREE_STEP = 2 }; /* after the numbers of off and on */

#define SAY_AFTER (10 * VDC_SECOND)

int fence_enter(struct fence_host *host, enum vdc_fence_action phase, struct vdc_err *err)
{
	const char *refusal = NULL;
	int r = 0;

	host->phase = phase;
	host->group = 0;
	host->failure = NULL;
	host->shot = NULL;
	host->has_shot = false;
	host->phase_began = vdc_time_monotonic();
	for (size_t i = 0; i < host->n; i++)
		host->calls[i].shot_message = NULL;
	if (phase != VDC_FENCE_STATUS) {
		host->step = fence_step(host, phase);
		r = fence_note_begin(host, &refusal, err);
	}
	if (r)
		return r;
	if (refusal)
		return fence_finish(host, VDC_FENCE_SKIPPED, refusal, err);
	fence_tell_step(host, VDC_JOB_STARTED, NULL);
	vdc_fence_sequence_begin(&host->seq, phase, host->orders, host->n, &host->run->rules,
				 host->run->arena);
	return fence_go_on(host, err);
}

static int group_failed(struct fence_host *host, struct vdc_err *err)
{
	static const char *const failures[] = {
		[VDC_FENCE_NO_ANSWER] = "does not say what the power is",
		[VDC_FENCE_NOT_DONE] = "does not switch it",
		[VDC_FENCE_NOT_FOLLOWED] = "says that it did, and the power did not follow",
	};
	struct vdc_arena *arena = host->run->arena;
	const char *complaint = fence_group_complaint(host, arena);
	const char *text = vdc_arena_format(arena, "%s %s%s%s%s", fence_group_name(host, arena),
					    failures[host->seq.failure], complaint ? " (" : "",
					    complaint ?: "", complaint ? ")" : "");

	host->failure =
		host->failure ? vdc_arena_format(arena, "%s; %s", host->failure, text) : text;
	host->code = fence_group_code(host);
	if (host->seq.next != VDC_FENCE_GIVEN_UP)
		fence_say(host, VDC_WORK_NOTE, "%s: trying the next device", text);
	return host->shot ? fence_note_missed(host, text, err) : 0;
}

/* A device further back knew the power before this one answered. */
static void say_overtaken(struct fence_host *host)
{
	const char *complaint = fence_group_complaint(host, host->run->arena);

	if (complaint)
		fence_say(host, VDC_WORK_NOTE, "%s", complaint);
}

/* One that is away by somebody's will stays so. */
static bool keeps_status(const struct fence_host *host)
{
	switch (host->host->status) {
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_INSTALLING:
	case VDC_HOST_INSTALLING_OS:
	case VDC_HOST_INSTALL_FAILED:
	case VDC_HOST_PENDING_APPROVAL:
		return true;
	default:
		return host->wish->keep_status;
	}
}

enum vdc_host_status fence_next_status(const struct fence_host *host, const char *failure)
{
	bool reboot = host->wish->action == VDC_FENCE_REBOOT;

	if (keeps_status(host) || host->phase == VDC_FENCE_STATUS)
		return 0;
	if (host->phase == VDC_FENCE_OFF)
		return failure ? 0 : reboot ? VDC_HOST_REBOOT : VDC_HOST_DOWN;
	if (failure)
		return reboot ? VDC_HOST_NON_RESPONSIVE : 0;
	return host->has_shot && host->host->status != VDC_HOST_UP ? VDC_HOST_REBOOT : 0;
}

static int end_off(struct fence_host *host, struct vdc_err *err)
{
	int r = fence_note_off(host, err);

	if (r)
		return r;
	fence_tell_step(host, VDC_JOB_FINISHED, host->evidence);
	if (host->wish->action == VDC_FENCE_REBOOT)
		return fence_enter(host, VDC_FENCE_ON, err);
	return fence_finish(host, VDC_FENCE_SUCCESS, NULL, err);
}

/* Whether its lease is free or not: the election waits for it where it is not. */
static int freed(void *ctx, struct vdc_err *err)
{
	struct fence_host *host = ctx;
	struct fence_run *run = host->run;
	struct vdc_err why = { 0 };

	host->wish->complaint = host->free.complaint;
	if (host->wish->was_manager && vdc_spm_launch_after(run->db, host->host, run->arena, &why))
		fence_say(host, VDC_WORK_NOTE, "no manager is elected: %s", vdc_err_text(&why));
	return end_off(host, err);
}

/* Others go on meanwhile. Whether it works or not, the host comes back: what is not free expires. */
static int free_leases(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;

	host->free = (struct vdc_spm_free){
		.host_id = host->host->id,
		.number = host->wish->number + FREE_STEP,
		.reason = run->options->reason,
		.proven_at = vdc_time_now(),
		.told = run->options->told,
		.told_ctx = run->options->ctx,
	};
	return vdc_spm_free_start(run->pool, run->db, run->lease, &host->free, freed, host,
				  run->arena, err);
}

/* It is off: what follows from that comes before anything is switched on. */
static int take_down(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;
	struct vdc_host_down down = {
		.host_id = host->host->id,
		.status = fence_next_status(host, NULL),
		.power_off = true,
		.evidence = host->evidence,
	};
	struct vdc_err why = { 0 };
	int r = vdc_host_down(run->db, run->lease, &down, run->arena, err);

	if (r)
		return r;
	host->wish->ha_vms = (int64_t)down.ha_vms;
	host->wish->was_manager = down.was_manager;
	if (down.ha_job && vdc_ha_launch(down.ha_job, &why))
		fence_say(host, VDC_WORK_NOTE, "ha-restart does not start: %s", vdc_err_text(&why));
	return host->wish->frees_leases ? free_leases(host, err) : end_off(host, err);
}

static int proven(struct fence_host *host, struct vdc_err *err)
{
	int r;

	host->wish->power = host->seq.power;
	host->evidence = fence_group_evidence(host, host->run->arena);
	r = fence_note_end(host, NULL, err);
	if (r)
		return r;
	if (host->phase == VDC_FENCE_OFF)
		return take_down(host, err);
	fence_tell_step(host, VDC_JOB_FINISHED, host->evidence);
	return fence_finish(host, VDC_FENCE_SUCCESS, NULL, err);
}

static int given_up(struct fence_host *host, struct vdc_err *err)
{
	int r;

	host->wish->power = host->seq.power;
	r = fence_note_end(host, host->failure, err);
	if (r)
		return r;
	fence_tell_step(host, VDC_JOB_FAILED, host->failure);
	return fence_finish(host, VDC_FENCE_FAILED, host->failure, err);
}

static int paused(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct fence_host *host = ctx;

	vdc_fence_sequence_go_on(&host->seq);
	return fence_go_on(host, err);
}

static int wait(struct fence_host *host, struct vdc_err *err)
{
	if (!host->seq.pause_us)
		return paused(host, NULL, err);
	if (vdc_time_monotonic() - host->phase_began > SAY_AFTER)
		fence_say(host, VDC_WORK_WAITS, "its power to go %s: %s does not say so yet",
			  vdc_enum_word(&vdc_fence_action_values, host->phase),
			  fence_group_name(host, host->run->arena));
	vdc_pool_later(host->run->pool, host, paused, host->seq.pause_us);
	return 0;
}

int fence_go_on(struct fence_host *host, struct vdc_err *err)
{
	int r = 0;

	if (host->seq.next == VDC_FENCE_PROVEN && host->seq.first != host->group)
		say_overtaken(host);
	else if (host->seq.next == VDC_FENCE_GIVEN_UP || host->seq.first != host->group)
		r = group_failed(host, err);
	if (r)
		return r;
	host->group = host->seq.first;
	switch (host->seq.next) {
	case VDC_FENCE_ASK:
	case VDC_FENCE_SHOOT:
		return fence_round(host, err);
	case VDC_FENCE_PAUSE:
		return wait(host, err);
	case VDC_FENCE_PROVEN:
		return proven(host, err);
	case VDC_FENCE_GIVEN_UP:
		return given_up(host, err);
	}
	return 0;
}
