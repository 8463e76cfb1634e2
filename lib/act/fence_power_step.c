/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a job that switches power, and what is told of them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/fence_power_part.h"

const char *fence_step_action(enum vdc_fence_action phase)
{
	return phase == VDC_FENCE_ON ? VDC_FENCE_STEP_ON : VDC_FENCE_STEP_OFF;
}

int fence_read_steps(struct fence_run *run, struct vdc_err *err)
{
	if (!run->lease)
		return 0;
	return vdc_gather(run->db, &vdc_job_step_kind, "job", vdc_job_lease_id(run->lease),
			  run->arena, &run->steps, err);
}

static int64_t number_of(const struct fence_host *host, enum vdc_fence_action phase)
{
	return host->wish->number + (phase == VDC_FENCE_ON);
}

/* As an owner before us left it, or a new one. */
struct vdc_job_step *fence_step(struct fence_host *host, enum vdc_fence_action phase)
{
	struct fence_run *run = host->run;
	struct vdc_job_step *step = vdc_object_new(&vdc_job_step_kind, run->arena);

	for (size_t i = 0; i < run->steps.n; i++) {
		const struct vdc_job_step *known = run->steps.objects[i];

		if (known->number == number_of(host, phase))
			step = vdc_object_copy(&vdc_job_step_kind, known, run->arena);
	}
	step->job.id = vdc_arena_strdup(run->arena, vdc_job_lease_id(run->lease));
	step->number = number_of(host, phase);
	step->action = vdc_arena_strdup(run->arena, fence_step_action(phase));
	step->object_kind = vdc_arena_strdup(run->arena, vdc_host_kind.name);
	step->object_id = host->host->id;
	step->object_name = host->host->name;
	return step;
}

static void tell(const struct fence_host *host, const struct vdc_work_news *news)
{
	const struct vdc_fence_power_options *options = host->run->options;

	if (options->told)
		options->told(options->ctx, news);
}

void fence_say(struct fence_host *host, enum vdc_work_kind kind, const char *fmt, ...)
{
	const struct vdc_fence_power_options *options = host->run->options;
	va_list args;

	va_start(args, fmt);
	vdc_work_say(options->told, options->ctx, kind, host->host->name, fmt, args);
	va_end(args);
}

void fence_tell_step(struct fence_host *host, enum vdc_job_status status, const char *text)
{
	if (host->phase == VDC_FENCE_STATUS)
		return;
	tell(host, &(struct vdc_work_news){
			   .kind = VDC_WORK_STEP,
			   .host = host->host->name,
			   .action = fence_step_action(host->phase),
			   .status = status,
			   .text = text,
		   });
}
