/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/upgrade_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "plan/upgrade_view_part.h"

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

const char *vdc_upgrade_time(int64_t seconds, struct vdc_arena *arena)
{
	int64_t s = seconds < 0 ? 0 : seconds;

	if (s < 60)
		return vdc_arena_format(arena, "%" PRId64 "s", s);
	if (s < 3600)
		return vdc_arena_format(arena, "%" PRId64 "m %02" PRId64 "s", s / 60, s % 60);
	return vdc_arena_format(arena, "%" PRId64 "h %02" PRId64 "m", s / 3600, s / 60 % 60);
}

const char *vdc_upgrade_host_name(const struct vdc_upgrade_rows *rows, const char *id)
{
	for (size_t h = 0; rows && id && h < rows->n_hosts; h++)
		if (same(rows->hosts[h]->id, id))
			return rows->hosts[h]->name;
	return id;
}

static size_t host_of(struct viewing *v, const char *id)
{
	const uint64_t *found = id ? vdc_map_find(v->by_id, id, strlen(id)) : NULL;

	return found ? (size_t)*found : SIZE_MAX;
}

static void add_host(struct viewing *v, const char *id, const char *name, int64_t wave)
{
	size_t h = v->view->n_hosts++;
	struct vdc_upgrade_run_host *host = &v->view->hosts[h];

	*host = *(struct vdc_upgrade_run_host *)vdc_object_new(&vdc_upgrade_run_host_kind,
							       v->arena);
	host->id = vdc_arena_strdup(v->arena, id);
	host->name = vdc_arena_strdup(v->arena, name);
	host->wave = wave;
	host->moved = host->moves = 0;
	*vdc_map_add(v->by_id, id, strlen(id)) = h;
}

static bool is_of_host(const struct vdc_job_step *step)
{
	return step->object_id && same(step->object_kind, "host");
}

/* Hosts that are upgraded, and those that the run did something to all the same. */
static void add_hosts(struct viewing *v)
{
	const struct vdc_upgrade_seen *seen = v->seen;
	size_t most = seen->n_steps + (seen->rows ? seen->rows->n_hosts : 0);

	v->view->hosts = vdc_arena_alloc(v->arena, (most + 1) * sizeof(*v->view->hosts));
	v->tales = vdc_arena_alloc(v->arena, (most + 1) * sizeof(*v->tales));
	for (size_t h = 0; seen->rows && h < seen->rows->n_hosts; h++) {
		const struct vdc_upgrade_host_row *row = seen->rows->hosts[h];

		if (row->wave != VDC_UNSET)
			add_host(v, row->id, row->name, row->wave);
	}
	for (size_t s = 0; s < seen->n_steps; s++) {
		const struct vdc_job_step *step = seen->steps[s];

		if (is_of_host(step) && host_of(v, step->object_id) == SIZE_MAX)
			add_host(v, step->object_id,
				 step->object_name ? step->object_name : step->object_id,
				 VDC_UNSET);
	}
}

bool upgrade_view_is_whole(const struct viewing *v, const struct vdc_job_step *step)
{
	return is_of_host(step) && v->seen->stride && step->number % v->seen->stride == 0;
}

static bool is_later(const struct vdc_job_step *a, const struct vdc_job_step *b)
{
	return !b || a->start_time > b->start_time ||
	       (a->start_time == b->start_time && a->number > b->number);
}

static void note_step(struct host_tale *tale, const struct vdc_job_step *step)
{
	if (step->status == VDC_JOB_QUEUED || step->start_time == VDC_UNSET)
		return;
	if (is_later(step, tale->last))
		tale->last = step;
	if (!tale->first || is_later(tale->first, step))
		tale->first = step;
	if (step->status == VDC_JOB_FAILED && is_later(step, tale->failed))
		tale->failed = step;
}

static void note_vm(struct viewing *v, const struct vdc_job_step *step)
{
	struct vdc_upgrade_run *run = &v->view->run;
	int64_t stride = v->seen->stride, slot = stride ? step->number / stride : 0;
	bool leaves = slot && step->number % stride < stride / 2 && !same(step->action, "start");
	const uint64_t *host = vdc_map_find(v->by_slot, &slot, sizeof(slot));

	if (!leaves)
		return;
	run->moves_done += step->status == VDC_JOB_FINISHED;
	run->moves_failed += step->status == VDC_JOB_FAILED;
	if (host)
		v->view->hosts[*host].moved += step->status == VDC_JOB_FINISHED;
}

/* The steps of a VM are told from others by their number: it lies among those of a host. */
static void note_steps(struct viewing *v)
{
	const struct vdc_upgrade_seen *seen = v->seen;

	for (size_t s = 0; s < seen->n_steps; s++) {
		const struct vdc_job_step *step = seen->steps[s];
		int64_t slot = seen->stride ? step->number / seen->stride : 0;

		if (!is_of_host(step))
			continue;
		if (upgrade_view_is_whole(v, step))
			v->tales[host_of(v, step->object_id)].whole = step;
		else
			note_step(&v->tales[host_of(v, step->object_id)], step);
		*vdc_map_add(v->by_slot, &slot, sizeof(slot)) = host_of(v, step->object_id);
	}
	for (size_t s = 0; s < seen->n_steps; s++)
		if (!is_of_host(seen->steps[s]))
			note_vm(v, seen->steps[s]);
}

static void count_moves(struct viewing *v)
{
	const struct vdc_upgrade_rows *rows = v->seen->rows;

	for (size_t m = 0; rows && m < rows->n_moves; m++) {
		size_t h = host_of(v, rows->moves[m]->from.id);

		v->view->run.moves++;
		if (h != SIZE_MAX)
			v->view->hosts[h].moves++;
	}
}

static enum vdc_run_host_status status_of_step(const struct viewing *v,
					       const struct vdc_job_step *step)
{
	switch (step->status) {
	case VDC_JOB_STARTED:
		return v->works ? VDC_RUN_HOST_WORKING : VDC_RUN_HOST_INTERRUPTED;
	case VDC_JOB_FINISHED:
		return VDC_RUN_HOST_UPGRADED;
	case VDC_JOB_FAILED:
		return VDC_RUN_HOST_FAILED;
	case VDC_JOB_SKIPPED:
		return VDC_RUN_HOST_SKIPPED;
	case VDC_JOB_QUEUED:
		return VDC_RUN_HOST_WAITING;
	default:
		return VDC_RUN_HOST_INTERRUPTED;
	}
}

static void tell_phase(struct viewing *v, struct vdc_upgrade_run_host *host,
		       const struct host_tale *tale)
{
	const struct vdc_job_step *last = tale->last;
	int64_t end = last->end_time;

	host->phase = vdc_arena_strdup(v->arena, last->action);
	host->since = last->start_time;
	if (host->status == VDC_RUN_HOST_WORKING || end == VDC_UNSET)
		end = v->seen->now;
	host->took = (end - tale->first->start_time) / VDC_SECOND;
}

static void tell_host(struct viewing *v, size_t h)
{
	struct vdc_upgrade_run_host *host = &v->view->hosts[h];
	const struct host_tale *tale = &v->tales[h];
	const char *reason = tale->failed ? tale->failed->message : NULL;

	host->status = tale->whole ? status_of_step(v, tale->whole) : VDC_RUN_HOST_WAITING;
	if (tale->last)
		tell_phase(v, host, tale);
	if (host->status == VDC_RUN_HOST_UPGRADED)
		return;
	if (tale->whole && tale->whole->message && tale->whole->status != VDC_JOB_STARTED)
		reason = tale->whole->message;
	else if (!reason && tale->last)
		reason = tale->last->message;
	host->reason = vdc_arena_strdup(v->arena, reason);
}

static void name_moves(struct viewing *v)
{
	v->view->moves = v->seen->moves;
	v->view->n_moves = v->seen->n_moves;
	for (size_t m = 0; m < v->view->n_moves; m++) {
		struct vdc_upgrade_run_move *move = v->view->moves[m];

		move->from.name = vdc_arena_strdup(
			v->arena, vdc_upgrade_host_name(v->seen->rows, move->from.id));
		move->to.name = vdc_arena_strdup(v->arena,
						 vdc_upgrade_host_name(v->seen->rows, move->to.id));
	}
}

void vdc_upgrade_view(const struct vdc_upgrade_seen *seen, struct vdc_arena *arena,
		      struct vdc_upgrade_view *ret)
{
	struct viewing v = { .seen = seen, .view = ret, .arena = arena };

	*ret = (struct vdc_upgrade_view){ 0 };
	vdc_upgrade_run_of(seen->job, seen->owner, seen->now, arena, &ret->run);
	ret->run.moves = ret->run.moves_done = ret->run.moves_failed = 0;
	v.open = vdc_upgrade_is_open(seen->job);
	v.works = v.open && seen->owner;
	v.by_id = vdc_map_new();
	v.by_slot = vdc_map_new();
	add_hosts(&v);
	note_steps(&v);
	count_moves(&v);
	for (size_t h = 0; h < ret->n_hosts; h++)
		tell_host(&v, h);
	name_moves(&v);
	upgrade_view_run(&v);
	vdc_map_free(v.by_id);
	vdc_map_free(v.by_slot);
}
