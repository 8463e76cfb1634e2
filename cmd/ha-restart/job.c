/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs carried out together; ha-restart resume and list. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "cli/list.h"
#include "cli/named.h"
#include "cli/work.h"
#include "ha_restart.h"
#include "store/store.h"

struct vdc_ha_options ha_restart_options(struct vdc_call *call)
{
	struct vdc_ha_options options = vdc_ha_options();

	options.accept_unknown = vdc_given(call, "accept-unknown");
	options.wait_us = vdc_int_option(call, "wait", INT64_MAX);
	return options;
}

int ha_restart_print(struct vdc_call *call, const struct vdc_ha_rows *rows, struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_ha_start_kind, &list, err);

	if (r || (!rows->n && vdc_call_output(call) == VDC_OUTPUT_TABLE))
		return r;
	for (size_t i = 0; i < rows->n && !r; i++)
		r = vdc_list_add(list, rows->rows[i], err);
	return r ? r : vdc_list_end(list, err);
}

struct carrying {
	struct vdc_call *call;
	struct vdc_job_lease **leases;
	size_t n;
	bool by_name;
	bool busy; /* somebody else has some of them */
};

static int take(struct carrying *c, const char *job, bool by_name, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	int r = by_name ? vdc_work_await_owner(c->call, job, &why) : 0;

	if (!r)
		r = vdc_job_acquire(vdc_call_db(c->call), job, VDC_JOB_TTL, &c->leases[c->n], &why);
	c->n += !r;
	if (r != -EBUSY)
		return r ? vdc_err_set(err, r, "%s", vdc_err_text(&why)) : 0;
	if (by_name)
		vdc_log(VDC_LOG_ERROR, "%s", vdc_err_text(&why));
	c->busy = true;
	return 0;
}

static int code_of(const struct vdc_ha_rows *rows, bool busy)
{
	if (rows->started == rows->n && !busy)
		return VDC_EXIT_OK;
	if (!rows->n)
		return VDC_EXIT_BUSY;
	return rows->started ? VDC_EXIT_PARTLY : VDC_EXIT_FINDINGS;
}

static int carry_out(struct carrying *c, struct vdc_work_watch *watch, struct vdc_ha_rows *rows,
		     struct vdc_err *err)
{
	struct vdc_ha_options options = ha_restart_options(c->call);
	int r;

	options.quiet = !c->by_name;
	options.told = vdc_work_told;
	options.ctx = watch;
	options.stop_fd = watch->signals;
	options.stop_taken = vdc_work_take_signal;
	r = vdc_ha_restart(vdc_call_db(c->call), c->leases, c->n, &options, vdc_call_arena(c->call),
			   rows, err);
	if (r)
		vdc_err_prefix(err, "it was cut off, ha-restart resume goes on: ");
	return r;
}

int ha_restart_do(struct vdc_call *call, const char *const *jobs, size_t n, bool by_name,
		  struct vdc_err *err)
{
	struct carrying c = { .call = call, .by_name = by_name };
	struct vdc_ha_rows rows = { 0 };
	struct vdc_work_watch watch;
	int r = 0;

	c.leases = vdc_arena_alloc(vdc_call_arena(call), (n + 1) * sizeof(struct vdc_job_lease *));
	vdc_work_begin(&watch, 0);
	for (size_t i = 0; i < n && !r; i++)
		r = take(&c, jobs[i], by_name, err);
	if (!r && c.n)
		r = carry_out(&c, &watch, &rows, err);
	for (size_t i = 0; i < c.n; i++)
		vdc_job_release(c.leases[i], r == -EBUSY ? NULL : vdc_call_db(call));
	vdc_work_end(&watch);
	if (!r)
		r = ha_restart_print(call, &rows, err);
	return r ? r : code_of(&rows, c.busy);
}

/* Together: one that waits for long holds up no other. */
int ha_restart_resume(struct vdc_call *call, struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	int r = vdc_work_jobs(call, VDC_HA_ACTION, &jobs, err);
	struct vdc_job *const *job = (const void *)jobs.data;
	size_t n = jobs.len / sizeof(void *);
	const char **ids = vdc_arena_alloc(vdc_call_arena(call), (n + 1) * sizeof(*ids));

	for (size_t i = 0; i < n && !r; i++) {
		r = vdc_work_take_up(call, job[i], VDC_HA_ACTION, err);
		ids[i] = job[i]->id;
	}
	return r || !n ? r : ha_restart_do(call, ids, n, true, err);
}
