/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/ha_job.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "act/apply.h"
#include "base/time.h"
#include "base/words.h"
#include "plan/ha_queue.h"
#include "plan/host_status.h"

char *vdc_ha_memory_write(const struct vdc_ha_memory *memory, struct vdc_arena *arena)
{
	vdc_autobuf out = { 0 };

	vdc_buf_printf(&out, "since=%" PRId64 "\n", memory->since);
	if (memory->next != VDC_UNSET)
		vdc_buf_printf(&out, "next=%" PRId64 "\n", memory->next);
	if (memory->to)
		vdc_buf_printf(&out, "to=%s\n", memory->to);
	if (memory->failures)
		vdc_buf_printf(&out, "failures=%" PRId64 "\n", memory->failures);
	if (memory->moving)
		vdc_buf_puts(&out, "moving=1\n");
	return vdc_arena_strdup(arena, vdc_buf_str(&out));
}

static int64_t number_in(const char *state, const char *name, int64_t otherwise,
			 struct vdc_arena *arena)
{
	const char *value = vdc_line_value(state, name, arena);

	return value ? strtoll(value, NULL, 10) : otherwise;
}

struct vdc_ha_memory vdc_ha_memory_read(const char *state, struct vdc_arena *arena)
{
	return (struct vdc_ha_memory){
		.since = number_in(state, "since", 0, arena),
		.next = number_in(state, "next", VDC_UNSET, arena),
		.to = vdc_line_value(state, "to", arena),
		.failures = number_in(state, "failures", 0, arena),
		.moving = number_in(state, "moving", 0, arena) == 1,
	};
}

static bool is_open(const struct vdc_job_step *step)
{
	return step->status == VDC_JOB_QUEUED || step->status == VDC_JOB_STARTED;
}

int vdc_ha_list_begin(struct vdc_db *db, const struct vdc_host *host, struct vdc_arena *arena,
		      struct vdc_ha_list *ret, struct vdc_err *err)
{
	struct vdc_ha_list list = {
		.host = host,
		.arena = arena,
		.now = vdc_time_now(),
		.next = 1,
	};
	struct vdc_objects steps = { 0 };
	int r = vdc_job_open_about(db, VDC_HA_ACTION, host->id, NULL, arena, &list.job, err);

	if (!r && list.job)
		r = vdc_gather(db, &vdc_job_step_kind, "job", list.job, arena, &steps, err);
	for (size_t i = 0; i < steps.n && !r; i++) {
		const struct vdc_job_step *step = steps.objects[i];

		if (step->number >= list.next)
			list.next = step->number + 1;
		list.open += is_open(step);
	}
	list.steps = steps.objects;
	list.n_steps = steps.n;
	if (!r)
		*ret = list;
	return r;
}

static int make_job(struct vdc_db *db, struct vdc_ha_list *list, struct vdc_err *err)
{
	struct vdc_job *job = vdc_job_new(VDC_HA_ACTION, "", list->arena);
	int r;

	job->description = vdc_arena_format(list->arena, "HA VMs of host %s are to start elsewhere",
					    list->host->name);
	vdc_job_about(job, &vdc_host_kind, list->host->id, list->host->name, list->arena);
	r = vdc_store_put(db, &vdc_job_kind, job, list->arena, err);
	if (!r)
		list->job = job->id;
	return r;
}

static struct vdc_job_step *step_of(const struct vdc_ha_list *list, const struct vdc_vm *vm)
{
	for (size_t i = 0; i < list->n_steps; i++) {
		struct vdc_job_step *step = list->steps[i];

		if (step->object_id && strcmp(step->object_id, vm->id) == 0)
			return step;
	}
	return NULL;
}

/* One whose migration nobody saw end may have arrived. */
static int is_moving(struct vdc_db *db, struct vdc_ha_list *list, const struct vdc_vm *vm,
		     bool *ret, struct vdc_err *err)
{
	char *job = NULL;
	int r = vdc_job_open_step(db, "migrate", vm->id, "", list->arena, &job, err);

	*ret = job || vm->status == VDC_VM_MIGRATING;
	return r;
}

/* What was tried before its host was known to be down says nothing about now. */
static int queue_anew(struct vdc_db *db, const struct vdc_ha_list *list, struct vdc_job_step *step,
		      struct vdc_err *err)
{
	struct vdc_ha_memory memory = vdc_ha_memory_read(step->state, list->arena);

	if (!vdc_host_is_known_down(list->host))
		return 0;
	memory.since = list->now;
	memory.next = VDC_UNSET;
	memory.failures = 0;
	step->state = vdc_ha_memory_write(&memory, list->arena);
	return vdc_store_put(db, &vdc_job_step_kind, step, list->arena, err);
}

int vdc_ha_list_add(struct vdc_db *db, struct vdc_ha_list *list, const struct vdc_vm *vm,
		    struct vdc_err *err)
{
	struct vdc_ha_memory memory = { .since = list->now, .next = VDC_UNSET };
	struct vdc_job_step *step = step_of(list, vm);
	int r;

	if (step && step->status == VDC_JOB_STARTED)
		return 0;
	if (step && step->status == VDC_JOB_QUEUED)
		return queue_anew(db, list, step, err);
	r = is_moving(db, list, vm, &memory.moving, err);
	if (!r && !list->job)
		r = make_job(db, list, err);
	if (r)
		return r;
	if (!step) {
		step = vdc_object_new(&vdc_job_step_kind, list->arena);
		step->job.id = list->job;
		step->number = list->next++;
		step->action = vdc_arena_strdup(list->arena, VDC_HA_STEP);
		step->object_kind = vdc_arena_strdup(list->arena, vdc_vm_kind.name);
		step->object_id = vm->id;
	}
	step->object_name = vm->name;
	step->status = VDC_JOB_QUEUED;
	step->state = vdc_ha_memory_write(&memory, list->arena);
	list->open++;
	return vdc_store_put(db, &vdc_job_step_kind, step, list->arena, err);
}

struct enlisting {
	const char *host_id;
	struct vdc_arena *arena;
	char *job;
};

static int enlist(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct enlisting *e = ctx;
	struct vdc_ha_list list;
	struct vdc_objects vms = { 0 };
	void *host;
	int r = vdc_store_get(db, &vdc_host_kind, e->host_id, 0, e->arena, &host, err);

	if (!r)
		r = vdc_ha_list_begin(db, host, e->arena, &list, err);
	if (!r && ((struct vdc_host *)host)->status == VDC_HOST_NON_RESPONSIVE)
		r = vdc_gather(db, &vdc_vm_kind, "host", e->host_id, e->arena, &vms, err);
	for (size_t i = 0; i < vms.n && !r; i++) {
		const struct vdc_vm *vm = vms.objects[i];

		if (vm->status == VDC_VM_UNKNOWN && vdc_ha_wants(vm) && vm->lease_storage_domain.id)
			r = vdc_ha_list_add(db, &list, vm, err);
	}
	if (!r)
		e->job = list.open ? list.job : NULL;
	return r;
}

int vdc_ha_enlist_leased(struct vdc_db *db, const char *host_id, struct vdc_arena *arena,
			 char **job, struct vdc_err *err)
{
	struct enlisting e = { host_id, arena, NULL };
	int r = vdc_db_transaction(db, enlist, &e, err);

	if (!r)
		*job = e.job;
	return r;
}
