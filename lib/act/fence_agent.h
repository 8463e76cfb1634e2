/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of a fence agent for a host, in a child and through a proxy; shared by fence_power and fence_test. */
#pragma once

#include "act/errand.h"
#include "edge/fence_call.h"
#include "model/fence_agent.h"
#include "model/fence_record.h"
#include "model/host.h"

struct fence_asking {
	const struct vdc_fence_agent *agent;
	const struct vdc_host *victim;
	const struct vdc_host *proxy; /* NULL: this machine */
	enum vdc_fence_action action; /* VDC_FENCE_STATUS, _ON or _OFF */
	struct vdc_db *db;
	struct vdc_job_lease *lease; /* looked at right before it switches; NULL: it only asks */
	struct vdc_arena *arena;
	void *ctx;
	int (*ended)(void *ctx, struct vdc_err *err);

	/* What came of it. */
	enum vdc_fence_said said;
	enum vdc_fence_cause cause;
	const char *message; /* NULL: none */

	/* Its own. */
	struct vdc_errand_call errand;
	struct vdc_fence_call call;
};

/* It lives until it has ended, which may be before this returns. */
int fence_ask(struct fence_asking *asking, struct vdc_pool *pool, struct vdc_err *err);

/* Ends one that has not ended, without a word to `ended`; not from its own callbacks. */
void fence_leave(struct fence_asking *asking, struct vdc_pool *pool);

/* "ipmilan at bmc1 plug 3" */
const char *fence_agent_text(const struct vdc_fence_agent *agent, struct vdc_arena *arena);

/* Whether another proxy has what this one lacks. */
bool fence_is_of_proxy(enum vdc_fence_cause cause);
