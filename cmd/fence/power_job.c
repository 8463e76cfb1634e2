/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job that switches power: made, read back, carried out. fence resume. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "fence.h"
#include "power.h"
#include "store/store.h"

static char *write_plan(const struct fence_power *what, struct vdc_arena *arena)
{
	const struct vdc_fence_power_options *options = &what->options;
	vdc_autobuf out = { 0 };

	vdc_buf_printf(&out, "action=%s\njobs=%u\n",
		       vdc_enum_word(&vdc_fence_action_values, what->action), options->jobs);
	vdc_buf_printf(&out,
		       "tolerance=%" PRId64 "\nopposite=%" PRId64 "\nhosts=", options->tolerance_us,
		       options->opposite_us);
	for (size_t i = 0; i < what->n; i++)
		vdc_buf_printf(&out, "%s%s", i ? " " : "", what->hosts[i]->id);
	vdc_buf_putc(&out, '\n');
	if (options->proxies)
		vdc_buf_printf(&out, "proxies=%s\n", options->proxies);
	if (options->reason)
		vdc_buf_printf(&out, "reason=%s\n", options->reason);
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static int64_t number(const struct vdc_job *job, const char *name, struct vdc_arena *arena)
{
	const char *value = vdc_line_value(job->plan, name, arena);

	return value ? strtoll(value, NULL, 10) : 0;
}

static int read_job(struct vdc_call *call, const struct vdc_job *job, struct fence_power *what,
		    struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	const char *hosts = vdc_line_value(job->plan, "hosts", arena), *word;
	const char *action = vdc_line_value(job->plan, "action", arena);
	size_t len;
	int r = 0;

	*what = (struct fence_power){
		.action = action ? (enum vdc_fence_action)vdc_enum_find(&vdc_fence_action_values,
									action)
				 : 0,
		.options = vdc_fence_power_options(),
		.hosts = vdc_arena_alloc(arena, (strlen(hosts ?: "") + 1) * sizeof(void *)),
	};
	what->options.jobs = (unsigned)number(job, "jobs", arena);
	what->options.tolerance_us = number(job, "tolerance", arena);
	what->options.opposite_us = number(job, "opposite", arena);
	what->options.proxies = vdc_line_value(job->plan, "proxies", arena);
	what->options.reason = vdc_line_value(job->plan, "reason", arena);
	while (!r && hosts && (word = vdc_word_next(&hosts, &len))) {
		void *host;

		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind,
				  vdc_arena_strndup(arena, word, len), 0, arena, &host, err);
		if (!r)
			what->hosts[what->n++] = host;
	}
	if (!r && (!what->n || what->action < VDC_FENCE_ON || what->action > VDC_FENCE_REBOOT))
		r = vdc_err_set(err, -EBADMSG, "job %s has no plan", job->id);
	return r;
}

static int carry_out(struct vdc_call *call, const char *job, struct fence_power *what,
		     struct vdc_err *err)
{
	struct vdc_fence_wish *wishes = fence_power_wishes(call, what);
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	int code = VDC_EXIT_OK, r;

	vdc_work_begin(&watch, 0);
	what->options.told = vdc_work_told;
	what->options.ctx = &watch;
	what->options.stop_fd = watch.signals;
	r = vdc_job_acquire(vdc_call_db(call), job, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = vdc_fence_power(vdc_call_db(call), lease, &what->options, wishes, what->n,
				    vdc_call_arena(call), err);
	if (!r) {
		code = fence_power_code(call, wishes, what->n);
		r = vdc_work_close_job(call, lease, code, err);
	}
	vdc_job_release(lease, r == -EBUSY ? NULL : vdc_call_db(call));
	vdc_work_end(&watch);
	if (!r)
		r = fence_power_print(call, wishes, what->n, job, err);
	return r ? r : code;
}

int fence_power_do(struct vdc_call *call, struct fence_power *what, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_job_new(FENCE_POWER_ACTION, write_plan(what, arena), arena);
	const char *action = vdc_enum_word(&vdc_fence_action_values, what->action);
	int r;

	job->description =
		what->n == 1 ? vdc_arena_format(arena, "power of host %s: %s", what->hosts[0]->name,
						action)
			     : vdc_arena_format(arena, "power of %zu hosts: %s", what->n, action);
	if (what->n == 1)
		vdc_job_about(job, &vdc_host_kind, what->hosts[0]->id, what->hosts[0]->name, arena);
	r = vdc_job_create(vdc_call_db(call), job, arena, err);
	return r ? r : carry_out(call, job->id, what, err);
}

static int resume(struct vdc_call *call, const struct vdc_job *job, struct vdc_err *err)
{
	struct fence_power what;
	int r = vdc_work_take_up(call, job, FENCE_POWER_ACTION, err);

	if (!r)
		r = read_job(call, job, &what, err);
	return r ? r : carry_out(call, job->id, &what, err);
}

int fence_resume(struct vdc_call *call, struct vdc_err *err)
{
	return vdc_work_resume(call, FENCE_POWER_ACTION, resume, err);
}
