/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps of a drain: their numbers stay the same when it is carried out again. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act/drain_part.h"
#include "base/words.h"

const char *const drain_actions[] = {
	[DRAIN_BY_MOVE] = "migrate",
	[DRAIN_BY_RESTART] = "restart",
	[DRAIN_BY_STOP] = "stop",
	[DRAIN_BY_START] = "start",
};

int drain_read_steps(struct drain_run *run, struct vdc_err *err)
{
	return vdc_gather(run->db, &vdc_job_step_kind, "job", vdc_job_lease_id(run->lease),
			  run->arena, &run->steps, err);
}

int drain_run_begin(struct drain_run *run, struct vdc_db *db, struct vdc_job_lease *lease,
		    const struct vdc_drain_options *options, size_t n, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	int r = vdc_virt_load(err);

	*run = (struct drain_run){
		.db = db,
		.lease = lease,
		.options = options,
		.arena = arena,
		.hosts = vdc_arena_alloc(arena, (n + 1) * sizeof(*run->hosts)),
		.n = n,
	};
	return r ? r : drain_read_steps(run, err);
}

static const struct vdc_job_step *step_at(const struct drain_host *host, size_t i)
{
	const struct vdc_job_step *step = host->run->steps.objects[i];

	return step->number >= host->first && step->number < host->first + VDC_DRAIN_NUMBERS ? step
											     : NULL;
}

static bool is_of(const struct vdc_job_step *step, const char *object_id, const char *action)
{
	return step && step->object_id && strcmp(step->object_id, object_id) == 0 && step->action &&
	       strcmp(step->action, action) == 0;
}

void drain_number_host(struct drain_host *host, int64_t first, const char *action)
{
	struct vdc_arena *arena = host->run->arena;

	host->first = first;
	host->next = first + 1;
	host->step = vdc_object_new(&vdc_job_step_kind, arena);
	for (size_t i = 0; i < host->run->steps.n; i++) {
		const struct vdc_job_step *step = step_at(host, i);

		if (step && step->number >= host->next)
			host->next = step->number + 1;
		if (is_of(step, host->host->id, action))
			host->step = vdc_object_copy(&vdc_job_step_kind, step, arena);
	}
	host->step->job.id = vdc_arena_strdup(arena, vdc_job_lease_id(host->run->lease));
	host->step->number = first;
	host->step->action = vdc_arena_strdup(arena, action);
	host->step->object_kind = vdc_arena_strdup(arena, vdc_host_kind.name);
	host->step->object_id = host->host->id;
	host->step->object_name = host->host->name;
}

int64_t drain_number(struct drain_host *host, const char *object_id, const char *action)
{
	for (size_t i = 0; i < host->run->steps.n; i++) {
		const struct vdc_job_step *step = step_at(host, i);

		if (is_of(step, object_id, action))
			return step->number;
	}
	return host->next++;
}

/* Also one that failed in such a way that nobody knows where its VM is. */
static bool is_open(const struct vdc_job_step *step, struct vdc_arena *arena)
{
	return step->status == VDC_JOB_STARTED ||
	       (step->status == VDC_JOB_FAILED && vdc_line_value(step->state, "unknown", arena));
}

const struct vdc_job_step *drain_unfinished(const struct drain_host *host, size_t *at)
{
	while (*at < host->run->steps.n) {
		const struct vdc_job_step *step = step_at(host, (*at)++);

		if (step && step->number != host->first && is_open(step, host->run->arena) &&
		    step->object_id && step->action)
			return step;
	}
	return NULL;
}

void drain_tell(struct drain_run *run, const struct vdc_work_news *news)
{
	if (run->options->told)
		run->options->told(run->options->ctx, news);
}

void drain_say(struct drain_host *host, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	drain_tell(host->run, &(struct vdc_work_news){
				      .kind = VDC_WORK_NOTE,
				      .host = host->host->name,
				      .text = text,
			      });
}

void drain_fail_about(struct drain_host *host, const char *name, const char *text)
{
	vdc_reasons_add(&host->reasons, name, text, host->run->arena);
}

const char *drain_failure(const struct drain_host *host)
{
	return host->reasons.n ? vdc_reasons_text(&host->reasons, host->run->arena) : NULL;
}

void drain_fail(struct drain_host *host, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	drain_fail_about(host, NULL, text);
}

int drain_take_stop(void *ctx)
{
	struct drain_run *run = ctx;
	const struct vdc_migrate_options *migrate = &run->options->migrate;
	int n = migrate->stop_taken ? migrate->stop_taken(migrate->ctx) : 1;

	run->stopping += n > 0;
	return n;
}

bool drain_stops(struct drain_run *run)
{
	struct pollfd fd = { .fd = run->options->migrate.stop_fd, .events = POLLIN };

	if (fd.fd >= 0 && poll(&fd, 1, 0) > 0)
		drain_take_stop(run);
	return run->stopping > 0;
}
