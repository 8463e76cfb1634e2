/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is to work with before a host is begun: its agents, a proxy, and what an owner before us did. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/fence_power_part.h"
#include "base/setting.h"
#include "base/words.h"
#include "store/store.h"

static bool switches(const struct fence_host *host)
{
	return host->wish->action != VDC_FENCE_STATUS;
}

static int compare_orders(const void *a, const void *b)
{
	const struct vdc_fence_agent *const *x = a, *const *y = b;

	if ((*x)->agent_order != (*y)->agent_order)
		return (*x)->agent_order < (*y)->agent_order ? -1 : 1;
	return strcmp((*x)->address ?: "", (*y)->address ?: "") ?: strcmp((*x)->id, (*y)->id);
}

static int read_agents(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;
	struct vdc_objects agents;
	int r = vdc_gather(run->db, &vdc_fence_agent_kind, "host", host->host->id, run->arena,
			   &agents, err);

	if (r)
		return r;
	qsort(agents.objects, agents.n, sizeof(*agents.objects), compare_orders);
	host->n = agents.n;
	host->calls = vdc_arena_alloc(run->arena, (agents.n + 1) * sizeof(*host->calls));
	host->orders = vdc_arena_alloc(run->arena, (agents.n + 1) * sizeof(*host->orders));
	for (size_t i = 0; i < agents.n; i++) {
		const struct vdc_fence_agent *agent = agents.objects[i];

		host->calls[i] = (struct fence_call){ .host = host, .agent = agent, .number = i };
		host->orders[i] = agent->agent_order;
	}
	return 0;
}

const char *fence_why_not(const struct fence_host *host)
{
	if (!host->n)
		return "it has no power management: fence configure gives it a device";
	if (switches(host) && !vdc_is_true(host->host->pm_enabled))
		return "its power management is disabled: see fence enable";
	return NULL;
}

static int find_proxies(struct fence_host *host, struct vdc_err *err);

static int look_again(void *ctx, const struct vdc_err *failure vdc_unused, struct vdc_err *err)
{
	return find_proxies(ctx, err);
}

static enum vdc_fence_action first_phase(struct fence_host *host)
{
	const struct vdc_fence_wish *wish = host->wish;

	if (wish->action == VDC_FENCE_REBOOT)
		return fence_step(host, VDC_FENCE_OFF)->status == VDC_JOB_FINISHED ? VDC_FENCE_ON
										   : VDC_FENCE_OFF;
	return wish->action;
}

static int find_proxies(struct fence_host *host, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = fence_find_proxies(host, &why);

	if (r == -EINVAL) {
		host->code = r;
		return fence_finish(host, VDC_FENCE_FAILED,
				    vdc_arena_strdup(host->run->arena, vdc_err_text(&why)), err);
	}
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&why));
	if (host->n_proxies)
		return fence_enter(host, first_phase(host), err);
	if (!switches(host) ||
	    ++host->proxy_waits >= vdc_setting_number(VDC_SETTING_FENCE_PROXY_TRIES)) {
		host->code = -EHOSTUNREACH;
		return fence_finish(host, VDC_FENCE_FAILED, FENCE_NO_PROXY, err);
	}
	fence_say(host, VDC_WORK_WAITS, "a host to be up that may be its proxy");
	vdc_pool_later(host->run->pool, host, look_again,
		       vdc_setting_number(VDC_SETTING_FENCE_PROXY_INTERVAL));
	return 0;
}

/* What an owner before us came to. 0: nothing that ends it. */
static enum vdc_fence_result known_result(struct fence_host *host, enum vdc_fence_action phase)
{
	const struct vdc_job_step *step = fence_step(host, phase);
	const char *ha_vms = vdc_line_value(step->state, "ha-vms", host->run->arena);

	if (step->status == VDC_JOB_FINISHED) {
		host->wish->power = phase == VDC_FENCE_ON ? VDC_POWER_ON : VDC_POWER_OFF;
		host->evidence = step->message;
		if (ha_vms)
			host->wish->ha_vms = strtoll(ha_vms, NULL, 10);
		return VDC_FENCE_SUCCESS;
	}
	host->failure = step->message;
	if (step->status == VDC_JOB_SKIPPED) {
		host->code = -EALREADY; /* nothing is left to do */
		return VDC_FENCE_SKIPPED;
	}
	return step->status == VDC_JOB_FAILED ? VDC_FENCE_FAILED : 0;
}

static enum vdc_fence_result all_known(struct fence_host *host)
{
	enum vdc_fence_action action = host->wish->action;
	enum vdc_fence_result result;

	if (!switches(host))
		return 0;
	if (action != VDC_FENCE_REBOOT)
		return known_result(host, action);
	result = known_result(host, VDC_FENCE_OFF);
	return result == VDC_FENCE_SUCCESS ? known_result(host, VDC_FENCE_ON) : result;
}

int fence_read_host(struct fence_host *host, struct vdc_err *err)
{
	struct fence_run *run = host->run;
	void *found;
	int r = vdc_store_get(run->db, &vdc_host_kind, host->wish->host_id, 0, run->arena, &found,
			      err);

	if (r)
		return r;
	host->host = found;
	return read_agents(host, err);
}

int fence_begin(struct fence_host *host, struct vdc_err *err)
{
	enum vdc_fence_result result;
	int r = fence_read_host(host, err);

	if (r)
		return r;
	result = all_known(host);
	if (result)
		return fence_finish(host, result, host->failure, err);
	if (fence_why_not(host)) {
		host->code = host->n ? -EPERM : -EINVAL;
		return fence_finish(host, VDC_FENCE_FAILED, fence_why_not(host), err);
	}
	return find_proxies(host, err);
}
