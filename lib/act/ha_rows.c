/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is shown of VMs that are to start elsewhere. */
#include <errno.h>
#include <string.h>

#include "act/ha_part.h"
#include "base/time.h"
#include "plan/vm_status.h"

static enum vdc_ha_state state_of(const struct ha_vm *one)
{
	static const enum vdc_ha_state states[] = {
		[VDC_HA_NOW] = VDC_HA_READY,	  [VDC_HA_BEGUN] = VDC_HA_STARTING,
		[VDC_HA_UNSAFE] = VDC_HA_REFUSED, [VDC_HA_PAUSE] = VDC_HA_RETRYING,
		[VDC_HA_BEHIND] = VDC_HA_WAITING,
	};

	if (one->over)
		return one->step->status == VDC_JOB_FINISHED ? VDC_HA_STARTED : VDC_HA_DROPPED;
	return one->step->status == VDC_JOB_STARTED && one->verdict.turn == VDC_HA_PAUSE
		       ? VDC_HA_STARTING
		       : states[one->verdict.turn];
}

static const char *reason_of(const struct ha_vm *one)
{
	switch (one->verdict.turn) {
	case VDC_HA_UNSAFE:
		return one->unsafe;
	case VDC_HA_BEHIND:
		return ha_behind(one);
	default:
		return one->step->message;
	}
}

static const char *host_name(const struct ha_vm *one, const char *id)
{
	const struct ha_job *job = one->job;

	for (size_t i = 0; i < job->n_hosts && id; i++)
		if (strcmp(job->hosts[i]->id, id) == 0)
			return job->hosts[i]->name;
	return NULL;
}

static struct vdc_ha_start *row_of(const struct ha_vm *one, struct vdc_arena *arena)
{
	struct vdc_ha_start *row = vdc_object_new(&vdc_ha_start_kind, arena);

	row->id = vdc_arena_strdup(arena, one->step->object_id);
	row->vm = vdc_arena_strdup(arena, one->step->object_name);
	row->priority = one->priority;
	row->state = state_of(one);
	row->from = vdc_arena_strdup(arena, one->job->host ? one->job->host->name : NULL);
	row->to = vdc_arena_strdup(arena, one->to.name ?: host_name(one, one->memory.to));
	row->lease = one->lease;
	row->failures = one->memory.failures;
	row->next = one->memory.next;
	row->job = vdc_arena_strdup(arena, one->job->id);
	row->reason = vdc_arena_strdup(arena, one->over ? one->step->message : reason_of(one));
	return row;
}

void ha_rows(struct ha_run *run, bool all, struct vdc_arena *arena, struct vdc_ha_rows *ret)
{
	*ret = (struct vdc_ha_rows){
		.rows = vdc_arena_alloc(arena, (run->n + 1) * sizeof(struct vdc_ha_start *)),
	};
	for (size_t i = 0; i < run->n; i++) {
		const struct ha_vm *one = run->vms[i];

		ret->left += !one->over;
		if (!all && !one->touched && !one->over)
			continue;
		ret->rows[ret->n] = row_of(one, arena);
		ret->started += ret->rows[ret->n++]->state == VDC_HA_STARTED;
	}
}

static int open_job(struct ha_run *run, struct ha_job *job, const char *host_id,
		    struct vdc_err *err)
{
	char *id = NULL;
	int r = vdc_job_open_about(run->db, VDC_HA_ACTION, host_id, NULL, run->arena, &id, err);

	*job = (struct ha_job){ .id = id, .host_id = host_id };
	return r;
}

/* Those that are there yet, as if it were known to be down. */
static int add_others(struct ha_run *run, struct ha_job *job, struct vdc_err *err)
{
	struct vdc_objects vms = { 0 };
	int r = !job->host || ha_answers(job->host)
			? 0
			: vdc_gather(run->db, &vdc_vm_kind, "host", job->host_id, run->arena, &vms,
				     err);

	for (size_t i = 0; i < vms.n && !r; i++) {
		struct vdc_vm *vm = vms.objects[i];
		struct vdc_job_step *step;

		if (!vdc_vm_is_active(vm->status) || !vdc_ha_wants(vm) || ha_find(run, job, vm->id))
			continue;
		step = vdc_object_new(&vdc_job_step_kind, run->arena);
		step->object_id = vm->id;
		step->object_name = vm->name;
		step->number = INT64_MAX;
		step->status = VDC_JOB_QUEUED;
		ha_add(run, job, step);
	}
	return r;
}

/* In the order in which they come, each counting where it goes. */
static int place_all(struct ha_run *run, struct vdc_err *err)
{
	int r = ha_open_scene(run, err);

	for (size_t i = 0; i < run->n && !r; i++) {
		struct ha_vm *one = run->vms[i];
		const struct vdc_host *to = NULL;
		struct vdc_err why = { 0 };

		if (one->over || one->verdict.turn == VDC_HA_UNSAFE)
			continue;
		if (ha_choose(one, &to, &why)) {
			one->step->message = vdc_arena_strdup(run->arena, vdc_err_text(&why));
			continue;
		}
		one->to.name = to->name;
		vdc_placement_put(
			run->scene.placement,
			vdc_world_find(run->scene.world, &vdc_vm_kind, one->step->object_id), to);
	}
	return r;
}

int vdc_ha_preview(struct vdc_db *db, const char *const *host_ids, size_t n, bool place,
		   const struct vdc_ha_options *options, struct vdc_arena *arena,
		   struct vdc_ha_rows *ret, struct vdc_err *err)
{
	struct ha_run run = {
		.db = db,
		.options = options,
		.arena = vdc_arena_new(),
		.jobs = vdc_arena_alloc(arena, (n + 1) * sizeof(*run.jobs)),
		.n_jobs = n,
	};
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = open_job(&run, &run.jobs[i], host_ids[i], err);
	if (!r)
		r = ha_look(&run, err); /* those of the jobs come first */
	for (size_t i = 0; i < n && !r && place; i++)
		r = add_others(&run, &run.jobs[i], err);
	if (!r)
		r = ha_look(&run, err);
	ha_sort(&run);
	ha_judge(&run);
	if (!r && place)
		r = place_all(&run, err);
	if (!r)
		ha_rows(&run, true, arena, ret);
	vdc_scene_close(&run.scene);
	vdc_arena_free(run.round);
	vdc_arena_free(run.arena);
	return r;
}
