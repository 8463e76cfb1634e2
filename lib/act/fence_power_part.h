/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by lib/act/fence_power*.c: hosts whose power is asked or switched, and calls of their agents. */
#pragma once

#include "act/apply.h"
#include "act/fence_agent.h"
#include "act/fence_power.h"
#include "act/spm_free.h"
#include "model/world.h"
#include "plan/fence_group.h"

#define FENCE_NO_PROXY \
	"there is no proxy: no other host that may serve is up and has a remote shell"

struct fence_run {
	struct vdc_db *db;
	struct vdc_job_lease *lease; /* NULL: it only asks */
	const struct vdc_fence_power_options *options;
	struct vdc_arena *arena;
	struct vdc_pool *pool;
	struct vdc_fence_rules rules;
	struct vdc_objects steps; /* of the job, as they were found */
	struct vdc_world *world;  /* hosts and clusters, for proxies; NULL: not read yet */
	const char *boot_id;	  /* of this machine; NULL: unknown */
	struct fence_host *hosts;
	size_t n, next; /* the first that was not begun */
	bool beginning;
	bool stopping;
};

/* One agent of a host, and its call that is under way or was the last. */
struct fence_call {
	struct fence_host *host;
	const struct vdc_fence_agent *agent;
	size_t number; /* in its sequence */
	struct fence_asking asking;
	int proxy; /* index in the proxies of its host */
	int moves; /* to other proxies */
	bool shoots;
	bool runs;
	enum vdc_fence_said said; /* in the end */
	enum vdc_fence_cause cause;
	const char *message;	  /* NULL: none */
	const char *shot_message; /* of the last shot, when that failed */
};

struct fence_host {
	struct fence_run *run;
	struct vdc_fence_wish *wish;
	const struct vdc_host *host;
	struct fence_call *calls; /* an agent each, in their order */
	int64_t *orders;
	size_t n;
	size_t pending; /* calls of the present round */
	struct fence_patience {
		struct fence_host *host;
		bool over;
	} patience; /* of a question for the power alone */

	const struct vdc_host *const *proxies; /* NULL: this machine */
	int n_proxies;
	int proxy;	     /* that served last */
	int64_t proxy_waits; /* that passed without one */

	enum vdc_fence_action phase; /* STATUS, OFF or ON */
	struct vdc_fence_sequence seq;
	size_t group; /* its first agent, when it was asked last */
	struct vdc_job_step *step;
	struct vdc_spm_free free;      /* of what it held */
	struct vdc_fence_record *shot; /* in the history, not ended; NULL: none */
	bool has_shot;		       /* in this phase */
	const char *failure;	       /* of groups that failed; NULL: none */
	int code;		       /* of the last one */
	const char *evidence;
	int64_t phase_began; /* monotonic */
	bool over;
};

/* fence_power.c */
int fence_finish(struct fence_host *host, enum vdc_fence_result result, const char *reason,
		 struct vdc_err *err);

/* fence_power_open.c */
int fence_begin(struct fence_host *host, struct vdc_err *err);
int fence_read_host(struct fence_host *host, struct vdc_err *err); /* and its agents */
const char *fence_why_not(const struct fence_host *host);	   /* NULL: it can be done */

/* fence_power_host.c: from one phase to the next. */
int fence_enter(struct fence_host *host, enum vdc_fence_action phase, struct vdc_err *err);
int fence_go_on(struct fence_host *host, struct vdc_err *err); /* after a round or a pause */
/* That its host comes into at the end of the present phase; 0: it keeps the one it has. */
enum vdc_host_status fence_next_status(const struct fence_host *host, const char *failure);

/* fence_power_call.c: a round, which ends in fence_go_on(). */
int fence_round(struct fence_host *host, struct vdc_err *err);
/* "ipmilan at bmc1 and ipmilan at bmc2": of the present group. */
const char *fence_group_name(const struct fence_host *host, struct vdc_arena *arena);
/* "ipmilan at bmc1 says off": of those of them that say so. */
const char *fence_group_evidence(const struct fence_host *host, struct vdc_arena *arena);
/* The hosts they went through; NULL: this machine. */
const char *fence_group_proxy(const struct fence_host *host, struct vdc_arena *arena);
/* What went wrong, of those of the group that failed; NULL: nothing was said. */
const char *fence_group_complaint(const struct fence_host *host, struct vdc_arena *arena);
int fence_group_code(const struct fence_host *host); /* of the first of these */

/* fence_power_proxy.c: the proxies of a host; 0 of them is no error. */
int fence_find_proxies(struct fence_host *host, struct vdc_err *err);
const char *fence_boot_id(struct vdc_arena *arena); /* of this machine; NULL: unknown */

/* fence_power_begin.c: in one transaction the step begins, or *REFUSAL says why the host is left alone. */
int fence_note_begin(struct fence_host *host, const char **refusal, struct vdc_err *err);

/* fence_power_note.c: each a transaction that looks at the lease first. */
int fence_note_shot(struct fence_host *host, struct vdc_err *err);
/* The shot that was not ended. */
int fence_note_missed(struct fence_host *host, const char *why, struct vdc_err *err);
/* What is proven, or FAILURE; with the step, unless that is still to be ended by fence_note_off(). */
int fence_note_end(struct fence_host *host, const char *failure, struct vdc_err *err);
/* The step of a host that is off, after act/host_down.h. */
int fence_note_off(struct fence_host *host, struct vdc_err *err);

/* fence_power_step.c: the steps of the job. */
int fence_read_steps(struct fence_run *run, struct vdc_err *err);
struct vdc_job_step *fence_step(struct fence_host *host, enum vdc_fence_action phase);
const char *fence_step_action(enum vdc_fence_action phase);

void fence_say(struct fence_host *host, enum vdc_work_kind kind, const char *fmt, ...)
	vdc_printf(3, 4);
void fence_tell_step(struct fence_host *host, enum vdc_job_status status, const char *text);
