/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/fence_agent.h"

#include <errno.h>
#include <unistd.h>

#include "act/look.h"
#include "base/setting.h"
#include "base/time.h"
#include "base/wire.h"
#include "edge/fence_turn.h"
#include "plan/fence_type.h"

/* So old a look at the job may be when an agent is let go. */
#define RECENT (VDC_SECOND / 4)
/* The remote shell, and the end of what was started, beyond the agent's own time. */
#define MARGIN (30 * VDC_SECOND)

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

/* In the child. That its turn at the device did not come says nothing about the power. */
static int call_in_turn(const struct fence_asking *asking, struct vdc_errand *errand,
			struct vdc_arena *arena, struct vdc_fence_end *ret, struct vdc_err *err)
{
	const struct vdc_fence_agent *agent = asking->agent;
	const struct vdc_fence_device device = { agent->address, agent->port, agent->username };
	struct vdc_err busy = { 0 };
	int turn, r;

	if (vdc_fence_turn(&device, &turn, &busy)) {
		*ret = (struct vdc_fence_end){
			.said = VDC_FENCE_SAID_NOTHING,
			.cause = VDC_FENCE_CAUSE_BUSY,
			.message = vdc_arena_strdup(arena, vdc_err_text(&busy)),
		};
		return 0;
	}
	r = asking->action == VDC_FENCE_STATUS ? 0 : vdc_errand_may(errand, err);
	if (!r)
		r = vdc_fence_call(&asking->call, arena, ret, err);
	if (turn >= 0)
		close(turn);
	return r;
}

static int call_agent(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt vdc_unused,
		      struct vdc_err *err)
{
	const struct fence_asking *asking = ctx;
	vdc_autoarena *arena = vdc_arena_new();
	vdc_autobuf out = { 0 };
	struct vdc_wire wire = vdc_wire_writer(&out);
	struct vdc_fence_end end;
	struct answer answer;
	int r = call_in_turn(asking, errand, arena, &end, err);

	if (r)
		return r;
	answer = (struct answer){ end.said, end.cause, end.message };
	wire_answer(&wire, &answer);
	return vdc_errand_tell(errand, out.data, out.len, err);
}

static int take_answer(void *ctx, const char *data, size_t len, struct vdc_err *err vdc_unused)
{
	struct fence_asking *asking = ctx;
	struct vdc_wire wire = vdc_wire_reader(data, len);
	struct answer answer = { 0 };

	wire_answer(&wire, &answer);
	if (wire.bad)
		return 0;
	asking->said = (enum vdc_fence_said)answer.said;
	asking->cause = (enum vdc_fence_cause)answer.cause;
	asking->message = answer.message && *answer.message
				  ? vdc_arena_strdup(asking->arena, answer.message)
				  : NULL;
	return 0;
}

static int ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct fence_asking *asking = ctx;

	if (failure->code) {
		asking->said = VDC_FENCE_SAID_NOTHING;
		asking->cause =
			failure->code == -ETIMEDOUT ? VDC_FENCE_CAUSE_TIME : VDC_FENCE_CAUSE_OTHER;
		asking->message = vdc_arena_strdup(asking->arena, vdc_err_text(failure));
	}
	return asking->ended(asking->ctx, err);
}

int fence_ask(struct fence_asking *asking, struct vdc_pool *pool, struct vdc_err *err)
{
	struct vdc_arena *arena = asking->arena;
	const struct vdc_host *proxy = asking->proxy;

	asking->said = VDC_FENCE_SAID_NOTHING;
	asking->cause = VDC_FENCE_CAUSE_OTHER;
	asking->message = NULL;
	asking->call = (struct vdc_fence_call){
		.program = vdc_fence_program(asking->agent->type, arena),
		.address = proxy ? vdc_target_of(proxy, 0, arena).shell : NULL,
		.action = vdc_enum_word(&vdc_fence_action_values, asking->action),
		.lines = vdc_fence_lines(asking->agent, asking->victim->architecture, arena),
		.password = asking->agent->password,
	};
	if (!asking->call.program) {
		asking->cause = VDC_FENCE_CAUSE_OPTIONS;
		asking->message = vdc_arena_format(arena, "\"%s\" is no type of a fence agent",
						   asking->agent->type);
		return asking->ended(asking->ctx, err);
	}
	asking->call.limit_us = vdc_setting_number(VDC_SETTING_FENCE_AGENT_TIMEOUT) +
				vdc_fence_own_waits(asking->call.lines);
	asking->errand = (struct vdc_errand_call){
		.host = asking->victim->name,
		.limit_us = asking->call.limit_us + MARGIN +
			    vdc_setting_number(VDC_SETTING_FENCE_DEVICE_WAIT),
		.db = asking->db,
		.lease = asking->lease,
		.recent_us = RECENT,
		.ctx = asking,
		.run = call_agent,
		.told = take_answer,
	};
	return vdc_errand_add(pool, &asking->errand, ended, arena, err);
}

void fence_leave(struct fence_asking *asking, struct vdc_pool *pool)
{
	vdc_errand_drop(pool, &asking->errand);
}

const char *fence_agent_text(const struct vdc_fence_agent *agent, struct vdc_arena *arena)
{
	return vdc_arena_format(arena, "%s%s%s%s%s", agent->type, agent->address ? " at " : "",
				agent->address ?: "", agent->plug ? " plug " : "",
				agent->plug ?: "");
}

bool fence_is_of_proxy(enum vdc_fence_cause cause)
{
	return cause == VDC_FENCE_CAUSE_PROXY || cause == VDC_FENCE_CAUSE_NO_AGENT ||
	       cause == VDC_FENCE_CAUSE_HELPER;
}
