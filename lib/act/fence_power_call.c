/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rounds of a sequence: its agents called at once, each in a child and through a proxy that works. */
#include <errno.h>

#include "act/fence_power_part.h"
#include "act/look.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/wire.h"
#include "base/words.h"
#include "plan/fence_type.h"

/* So old a look at the job may be when an agent is let go. */
#define RECENT (VDC_SECOND / 4)
/* The remote shell, and the end of what was started, beyond the agent's own time. */
#define MARGIN (30 * VDC_SECOND)
/* An agent that fails to reach its device may do so from elsewhere. */
enum { MOST_MOVES_OF_DEVICE = 1 };

struct answer {
	int64_t said, cause;
	const char *message;
};

static void wire_answer(struct vdc_wire *wire, struct answer *answer)
{
	vdc_wire_int(wire, &answer->said);
	vdc_wire_int(wire, &answer->cause);
	vdc_wire_text(wire, &answer->message);
}

/* In the child. */
static int call_agent(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt vdc_unused,
		      struct vdc_err *err)
{
	const struct fence_call *call = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);
	struct vdc_fence_end end;
	struct answer answer;
	int r = call->shoots ? vdc_errand_may(errand, err) : 0;

	if (!r)
		r = vdc_fence_call(&call->call, arena, &end, err);
	if (r)
		return r;
	answer = (struct answer){ end.said, end.cause, end.message };
	wire_answer(&wire, &answer);
	return vdc_errand_tell(errand, out.data, out.len, err);
}

static int take_answer(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct fence_call *call = ctx;
	struct vdc_wire wire = vdc_wire_reader(data, len);
	struct answer answer = { 0 };

	wire_answer(&wire, &answer);
	if (wire.bad)
		return 0;
	call->said = (enum vdc_fence_said)answer.said;
	call->cause = (enum vdc_fence_cause)answer.cause;
	call->message = answer.message && *answer.message
				? vdc_arena_strdup(call->host->run->arena, answer.message)
				: NULL;
	return 0;
}

static const struct vdc_host *proxy_of(const struct fence_call *call)
{
	return call->host->n_proxies ? call->host->proxies[call->proxy] : NULL;
}

static int prepare(struct fence_call *call, struct vdc_err *err)
{
	struct fence_host *host = call->host;
	struct vdc_arena *arena = host->run->arena;
	const struct vdc_host *proxy = proxy_of(call);
	const char *action = vdc_enum_word(&vdc_fence_action_values, host->seq.action);

	call->call = (struct vdc_fence_call){
		.program = vdc_fence_program(call->agent->type, arena),
		.address = proxy ? vdc_target_of(proxy, 0, arena).shell : NULL,
		.action = call->shoots ? action : "status",
		.lines = vdc_fence_lines(call->agent, host->host->architecture, arena),
		.password = call->agent->password,
	};
	if (!call->call.program)
		return vdc_err_set(err, -EINVAL, "\"%s\" is no type of a fence agent",
				   call->agent->type);
	call->call.limit_us = vdc_setting_number(VDC_SETTING_FENCE_AGENT_TIMEOUT) +
			      vdc_fence_own_waits(call->call.lines);
	return 0;
}

static int call_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err);

static int start(struct fence_call *call, struct vdc_err *err)
{
	struct fence_run *run = call->host->run;
	struct vdc_err why = { 0 };

	call->said = VDC_FENCE_SAID_NOTHING;
	call->cause = VDC_FENCE_CAUSE_OPTIONS;
	if (prepare(call, &why)) {
		call->message = vdc_arena_strdup(run->arena, vdc_err_text(&why));
		return call_ended(call, &(struct vdc_err){ 0 }, err);
	}
	call->cause = VDC_FENCE_CAUSE_OTHER;
	call->message = NULL;
	call->errand = (struct vdc_errand_call){
		.host = call->host->host->name,
		.limit_us = call->call.limit_us + MARGIN,
		.db = run->db,
		.lease = call->shoots ? run->lease : NULL,
		.recent_us = RECENT,
		.ctx = call,
		.run = call_agent,
		.told = take_answer,
	};
	return vdc_errand_add(run->pool, &call->errand, call_ended, run->arena, err);
}

static bool is_of_proxy(enum vdc_fence_cause cause)
{
	return cause == VDC_FENCE_CAUSE_PROXY || cause == VDC_FENCE_CAUSE_NO_AGENT ||
	       cause == VDC_FENCE_CAUSE_HELPER;
}

static bool moves_on(const struct fence_call *call)
{
	int64_t most = MOST_MOVES_OF_DEVICE;

	if (call->said != VDC_FENCE_SAID_NOTHING || call->proxy + 1 >= call->host->n_proxies)
		return false;
	if (is_of_proxy(call->cause))
		most = vdc_setting_number(VDC_SETTING_FENCE_PROXY_TRIES) - 1;
	else if (call->cause != VDC_FENCE_CAUSE_DEVICE && call->cause != VDC_FENCE_CAUSE_TIME &&
		 call->cause != VDC_FENCE_CAUSE_OTHER)
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
		return is_of_proxy(call->cause) || call->cause == VDC_FENCE_CAUSE_LOGIN ||
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
		  fence_agent_name(call, call->host->run->arena),
		  from ? from->name : "this machine", call->message ?: "no answer",
		  to ? to->name : "this machine");
	return start(call, err);
}

static int call_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct fence_call *call = ctx;
	struct fence_host *host = call->host;

	if (failure->code) {
		call->said = VDC_FENCE_SAID_NOTHING;
		call->cause =
			failure->code == -ETIMEDOUT ? VDC_FENCE_CAUSE_TIME : VDC_FENCE_CAUSE_OTHER;
		call->message = vdc_arena_strdup(host->run->arena, vdc_err_text(failure));
	}
	if (moves_on(call))
		return move_on(call, err);
	if (call->said != VDC_FENCE_SAID_NOTHING)
		host->proxy = call->proxy;
	vdc_fence_sequence_take(&host->seq, call->number, answer_of(call));
	if (--host->pending)
		return 0;
	vdc_fence_sequence_go_on(&host->seq);
	return fence_go_on(host, err);
}

int fence_round(struct fence_host *host, struct vdc_err *err)
{
	size_t first = host->seq.first, end = host->seq.end;
	bool shoots = host->seq.next == VDC_FENCE_SHOOT;
	int r = 0;

	for (size_t i = first; i < end; i++) {
		host->calls[i].proxy = host->proxy;
		host->calls[i].moves = 0;
		host->calls[i].shoots = shoots;
	}
	if (shoots)
		r = fence_note_shot(host, err);
	host->pending = end - first + 1; /* one for this loop: calls may end in it */
	for (size_t i = first; i < end && !r; i++)
		r = start(&host->calls[i], err);
	if (r || --host->pending)
		return r;
	vdc_fence_sequence_go_on(&host->seq);
	return fence_go_on(host, err);
}

const char *fence_agent_name(const struct fence_call *call, struct vdc_arena *arena)
{
	const struct vdc_fence_agent *agent = call->agent;

	return vdc_arena_format(arena, "%s%s%s%s%s", agent->type, agent->address ? " at " : "",
				agent->address ?: "", agent->plug ? " plug " : "",
				agent->plug ?: "");
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
					 fence_agent_name(&host->calls[i], arena));
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
						 fence_agent_name(&host->calls[i], arena));
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

		if (call->said == VDC_FENCE_SAID_NOTHING && call->message)
			text = vdc_arena_format(arena, "%s%s%s: %s", text, *text ? "; " : "",
						fence_agent_name(call, arena), call->message);
	}
	return *text ? text : NULL;
}
