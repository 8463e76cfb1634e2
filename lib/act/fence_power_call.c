/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rounds of a sequence: its agents called at once, each through a proxy that works. */
#include <errno.h>

#include "act/fence_power_part.h"
#include "base/setting.h"
#include "base/words.h"

/* An agent that fails to reach its device may do so from elsewhere. */
enum { MOST_MOVES_OF_DEVICE = 1 };

static const struct vdc_host *proxy_of(const struct fence_call *call)
{
	return call->host->n_proxies ? call->host->proxies[call->proxy] : NULL;
}

static int call_ended(void *ctx, struct vdc_err *err);

static int start(struct fence_call *call, struct vdc_err *err)
{
	struct fence_host *host = call->host;
	struct fence_run *run = host->run;

	call->asking = (struct fence_asking){
		.agent = call->agent,
		.victim = host->host,
		.proxy = proxy_of(call),
		.action = call->shoots ? host->seq.action : VDC_FENCE_STATUS,
		.db = run->db,
		.lease = call->shoots ? run->lease : NULL,
		.arena = run->arena,
		.ctx = call,
		.ended = call_ended,
	};
	return fence_ask(&call->asking, run->pool, err);
}

static bool moves_on(const struct fence_call *call)
{
	const struct fence_asking *asking = &call->asking;
	int64_t most = MOST_MOVES_OF_DEVICE;

	if (asking->said != VDC_FENCE_SAID_NOTHING || call->proxy + 1 >= call->host->n_proxies)
		return false;
	if (fence_is_of_proxy(asking->cause))
		most = vdc_setting_number(VDC_SETTING_FENCE_PROXY_TRIES) - 1;
	else if (asking->cause != VDC_FENCE_CAUSE_DEVICE && asking->cause != VDC_FENCE_CAUSE_TIME &&
		 asking->cause != VDC_FENCE_CAUSE_OTHER)
		return false;
	return call->moves < most;
}

static enum vdc_fence_answer answer_of(const struct fence_call *call)
{
	switch (call->said) {
	case VDC_FENCE_SAID_DONE:
		return VDC_FENCE_ANSWER_DONE;
	case VDC_FENCE_SAID_ON:
		return VDC_FENCE_ANSWER_ON;
	case VDC_FENCE_SAID_OFF:
		return VDC_FENCE_ANSWER_OFF;
	default:
		return fence_is_of_proxy(call->cause) || call->cause == VDC_FENCE_CAUSE_LOGIN ||
				       call->cause == VDC_FENCE_CAUSE_OPTIONS ||
				       call->cause == VDC_FENCE_CAUSE_SECRET
			       ? VDC_FENCE_ANSWER_NEVER
			       : VDC_FENCE_ANSWER_NONE;
	}
}

static int move_on(struct fence_call *call, struct vdc_err *err)
{
	const struct vdc_host *from = proxy_of(call), *to;

	call->moves++;
	call->proxy++;
	to = proxy_of(call);
	fence_say(call->host, VDC_WORK_NOTE, "%s fails through %s: %s; trying through %s",
		  fence_agent_text(call->agent, call->host->run->arena),
		  from ? from->name : "this machine", call->asking.message ?: "no answer",
		  to ? to->name : "this machine");
	return start(call, err);
}

/* That a proxy lacks the agent tells less than what an earlier one heard of the device. */
static void take(struct fence_call *call)
{
	const struct fence_asking *asking = &call->asking;
	bool worse = asking->said == VDC_FENCE_SAID_NOTHING && call->moves &&
		     fence_is_of_proxy(asking->cause) && !fence_is_of_proxy(call->cause);

	if (worse)
		return;
	call->said = asking->said;
	call->cause = asking->cause;
	call->message = asking->message;
	if (call->shoots)
		call->shot_message = call->said == VDC_FENCE_SAID_NOTHING ? call->message : NULL;
}

static int end_round(struct fence_host *host, struct vdc_err *err)
{
	vdc_pool_drop(host->run->pool, &host->patience);
	vdc_fence_sequence_go_on(&host->seq);
	return fence_go_on(host, err);
}

/* Those that have not answered are left: what the others said suffices. */
static int leave_others(struct fence_host *host, struct vdc_err *err)
{
	for (size_t i = 0; i < host->n; i++) {
		struct fence_call *call = &host->calls[i];

		if (!call->runs)
			continue;
		fence_leave(&call->asking, host->run->pool);
		call->runs = false;
		call->said = VDC_FENCE_SAID_NOTHING;
		call->cause = VDC_FENCE_CAUSE_TIME;
		call->message = "it had not answered when another one did";
	}
	host->pending = 0;
	return end_round(host, err);
}

static int call_ended(void *ctx, struct vdc_err *err)
{
	struct fence_call *call = ctx;
	struct fence_host *host = call->host;

	take(call);
	if (moves_on(call))
		return move_on(call, err);
	call->runs = false;
	if (call->said != VDC_FENCE_SAID_NOTHING)
		host->proxy = call->proxy;
	vdc_fence_sequence_take(&host->seq, call->number, answer_of(call));
	if (--host->pending == 0)
		return end_round(host, err);
	return host->patience.over && host->seq.enough ? leave_others(host, err) : 0;
}

/* Those that are to be asked or told now; one more is pending for this loop: calls may end in it. */
static int call_all(struct fence_host *host, struct vdc_err *err)
{
	size_t first = host->seq.ask, end = host->seq.ask_end;
	bool shoots = host->seq.next == VDC_FENCE_SHOOT;
	int r = shoots ? fence_note_shot(host, err) : 0;

	host->pending += end - first + 1;
	for (size_t i = first; i < end; i++) {
		host->calls[i].proxy = host->proxy;
		host->calls[i].moves = 0;
		host->calls[i].shoots = shoots;
		host->calls[i].runs = true;
	}
	for (size_t i = first; i < end && !r; i++)
		r = start(&host->calls[i], err);
	return r || --host->pending ? r : end_round(host, err);
}

static int impatient(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err);

static void be_patient(struct fence_host *host)
{
	if (host->phase == VDC_FENCE_STATUS)
		vdc_pool_later(host->run->pool, &host->patience, impatient,
			       vdc_setting_number(VDC_SETTING_FENCE_STATUS_PATIENCE));
}

static int impatient(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	struct fence_patience *patience = ctx;
	struct fence_host *host = patience->host;

	patience->over = true;
	switch (vdc_fence_sequence_hurry(&host->seq)) {
	case VDC_FENCE_ENOUGH:
		return leave_others(host, err);
	case VDC_FENCE_ASK_MORE:
		be_patient(host);
		return call_all(host, err);
	case VDC_FENCE_WAIT:
		break;
	}
	return 0;
}

int fence_round(struct fence_host *host, struct vdc_err *err)
{
	host->patience = (struct fence_patience){ .host = host };
	host->pending = 0;
	if (host->seq.ask < host->seq.ask_end)
		be_patient(host);
	return call_all(host, err);
}

static bool is_of_group(const struct fence_host *host, size_t i)
{
	return i < host->n && host->orders[i] == host->orders[host->group];
}

const char *fence_group_name(const struct fence_host *host, struct vdc_arena *arena)
{
	const char *names = "";

	for (size_t i = host->group; is_of_group(host, i); i++)
		names = vdc_arena_format(arena, "%s%s%s", names, *names ? " and " : "",
					 fence_agent_text(host->calls[i].agent, arena));
	return names;
}

const char *fence_group_evidence(const struct fence_host *host, struct vdc_arena *arena)
{
	enum vdc_fence_said said =
		host->seq.power == VDC_POWER_ON ? VDC_FENCE_SAID_ON : VDC_FENCE_SAID_OFF;
	const char *names = "";
	size_t n = 0;

	for (size_t i = host->group; is_of_group(host, i); i++)
		if (host->calls[i].said == said)
			names = vdc_arena_format(arena, "%s%s%s", names, n++ ? " and " : "",
						 fence_agent_text(host->calls[i].agent, arena));
	return vdc_arena_format(arena, "%s say%s %s", names, n == 1 ? "s" : "",
				vdc_enum_word(&vdc_power_status_values, host->seq.power));
}

const char *fence_group_proxy(const struct fence_host *host, struct vdc_arena *arena)
{
	const char *names = "";

	for (size_t i = host->group; is_of_group(host, i); i++) {
		const struct vdc_host *proxy = proxy_of(&host->calls[i]);

		if (proxy && !vdc_words_have(names, proxy->name))
			names = vdc_arena_format(arena, "%s%s%s", names, *names ? " " : "",
						 proxy->name);
	}
	return *names ? names : NULL;
}

const char *fence_group_complaint(const struct fence_host *host, struct vdc_arena *arena)
{
	const char *text = "";

	for (size_t i = host->group; is_of_group(host, i); i++) {
		const struct fence_call *call = &host->calls[i];
		const char *message =
			call->said == VDC_FENCE_SAID_NOTHING ? call->message : call->shot_message;

		if (message)
			text = vdc_arena_format(arena, "%s%s%s: %s", text, *text ? "; " : "",
						fence_agent_text(call->agent, arena), message);
	}
	return *text ? text : NULL;
}

int fence_group_code(const struct fence_host *host)
{
	static const int codes[] = {
		[VDC_FENCE_CAUSE_DEVICE] = -EHOSTUNREACH, [VDC_FENCE_CAUSE_TIME] = -ETIMEDOUT,
		[VDC_FENCE_CAUSE_PROXY] = -EHOSTUNREACH,  [VDC_FENCE_CAUSE_LOGIN] = -EACCES,
		[VDC_FENCE_CAUSE_OPTIONS] = -EINVAL,	  [VDC_FENCE_CAUSE_SECRET] = -EINVAL,
		[VDC_FENCE_CAUSE_NO_AGENT] = -EINVAL,	  [VDC_FENCE_CAUSE_HELPER] = -EINVAL,
		[VDC_FENCE_CAUSE_BUSY] = -EBUSY,	  [VDC_FENCE_CAUSE_OTHER] = -EIO,
	};

	for (size_t i = host->group; is_of_group(host, i); i++)
		if (host->calls[i].said == VDC_FENCE_SAID_NOTHING && codes[host->calls[i].cause])
			return codes[host->calls[i].cause];
	return -EIO;
}
