/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect start and stop: the lease on this host. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "base/session.h"
#include "base/time.h"
#include "spm_elect.h"

/* Others' liveness is known after a while, a free lease is had within 6 time-outs. */
#define START_TIMES 8
#define STOP_TIME (60 * VDC_SECOND)
#define SLACK (5 * VDC_SECOND)

static void told(void *ctx, int code, const char *text)
{
	vdc_session_report(ctx, code, text);
}

static _Noreturn void hold(struct vdc_call *call, struct vdc_session *session,
			   const struct vdc_lockspace *space, int64_t acquire_us)
{
	const struct vdc_spm_hold holding = {
		.space = space,
		.acquire_us = acquire_us,
		.drain_us = vdc_int_option(call, "drain-timeout", STOP_TIME),
		.expected_lver = vdc_int_option(call, "lver", VDC_UNSET),
		.least_lver = vdc_int_option(call, "least-lver", VDC_UNSET),
		.told = told,
		.ctx = session,
	};
	struct vdc_err err = { 0 };
	int r = vdc_spm_hold(&holding, &err);

	if (r)
		vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(&err));
	_exit(r ? 1 : 0);
}

static int already(struct vdc_call *call, const struct vdc_lockspace *space, bool *ret,
		   struct vdc_err *err)
{
	struct vdc_spm_state state;
	int r = vdc_spm_state_read(space->id, vdc_call_arena(call), &state, err);

	*ret = !r && state.role == VDC_SPM_ROLE_SPM;
	if (!r && state.role == VDC_SPM_ROLE_CONTEND)
		r = vdc_err_set(err, -EBUSY,
				"process %d of this host contends for the lease of domain %s",
				state.pid, space->name);
	return r;
}

static int begin(struct vdc_call *call, const struct vdc_lockspace *space, struct vdc_err *err)
{
	int64_t acquire =
		vdc_int_option(call, "timeout", START_TIMES * space->io_timeout * VDC_SECOND);
	struct vdc_session session;
	char *text;
	int r = vdc_sanlock_load(err);

	if (!r)
		r = vdc_session_start("spm-elect", &session, err);
	if (r)
		return r;
	if (session.is_runner)
		hold(call, &session, space, acquire);
	r = vdc_session_wait(&session, acquire + SLACK, vdc_call_arena(call), &text, err);
	/* It is in a call that does not come back: it must not get the lease behind our back. */
	if (r == -ETIMEDOUT)
		kill(-session.pid, SIGKILL);
	vdc_session_close(&session);
	return r;
}

/* How all stands now; what is wrong elsewhere is not the matter of who asked for this. */
static int show(struct vdc_call *call, struct vdc_err *err)
{
	int r = spm_elect_status_local(call, err);

	return r < 0 ? r : 0;
}

int spm_elect_start(struct vdc_call *call, struct vdc_err *err)
{
	struct vdc_lockspace *space;
	bool has_it = false;
	int r = spm_elect_master(call, &space, err);

	if (!r)
		r = already(call, space, &has_it, err);
	if (!r && !has_it)
		r = begin(call, space, err);
	return r ? r : show(call, err);
}

int spm_elect_stop(struct vdc_call *call, struct vdc_err *err)
{
	const int64_t holder = vdc_int_option(call, "lost", 0);
	struct vdc_lockspace *space;
	int r;

	if (holder)
		return vdc_spm_hold_lose((int)holder, vdc_int_option(call, "timeout", VDC_SECOND),
					 err);
	r = spm_elect_master(call, &space, err);
	if (!r)
		r = vdc_spm_hold_stop(space, vdc_int_option(call, "timeout", STOP_TIME) + SLACK,
				      err);
	return r ? r : show(call, err);
}
