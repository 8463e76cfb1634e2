/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the VMs now, and whose turn it is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/ha_part.h"
#include "base/time.h"
#include "plan/dead_lease.h"
#include "plan/host_status.h"
#include "plan/vm_status.h"

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

struct ha_vm *ha_find(const struct ha_run *run, const struct ha_job *job, const char *vm_id)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->vms[i]->job == job && is_same(run->vms[i]->step->object_id, vm_id))
			return run->vms[i];
	return NULL;
}

static struct ha_vm *add_vm(struct ha_run *run, struct ha_job *job)
{
	struct ha_vm *one = vdc_arena_alloc(run->arena, sizeof(*one));

	if (run->n == run->size) {
		struct ha_vm **grown;

		run->size = run->size ? 2 * run->size : 16;
		grown = vdc_arena_alloc(run->arena, run->size * sizeof(struct ha_vm *));
		if (run->n)
			memcpy(grown, run->vms, run->n * sizeof(struct ha_vm *));
		run->vms = grown;
	}
	*one = (struct ha_vm){ .run = run, .job = job, .told = vdc_time_monotonic() };
	run->vms[run->n++] = one;
	return one;
}

static void fill(struct ha_vm *one, const struct vdc_job_step *step)
{
	struct vdc_arena *arena = one->run->arena;

	one->step = vdc_object_copy(&vdc_job_step_kind, step, arena);
	one->memory = vdc_ha_memory_read(step->state, arena);
	one->over = false;
	one->n_bans = 0;
}

void ha_add(struct ha_run *run, struct ha_job *job, const struct vdc_job_step *step)
{
	fill(add_vm(run, job), step);
}

static bool is_open(const struct vdc_job_step *step)
{
	return step->status == VDC_JOB_QUEUED || step->status == VDC_JOB_STARTED;
}

/* Others put VMs into the job while it is carried out, and back into it. */
static void take_step(struct ha_run *run, struct ha_job *job, const struct vdc_job_step *step)
{
	struct ha_vm *one = ha_find(run, job, step->object_id);

	if (one && !(one->over && is_open(step)))
		return;
	if (!one && !is_open(step))
		return;
	if (one)
		fill(one, step);
	else
		ha_add(run, job, step);
}

static int add_host(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		    struct vdc_err *err vdc_unused)
{
	vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

/* The hosts of its cluster, without what is long. */
static int look_at_hosts(struct ha_run *run, struct ha_job *job, struct vdc_err *err)
{
	vdc_autobuf hosts = { 0 };
	int r = vdc_store_each_of(run->db, &vdc_host_kind,
				  vdc_kind_field(&vdc_host_kind, "cluster"), job->host->cluster.id,
				  0, run->round, add_host, &hosts, err);

	job->n_hosts = hosts.len / sizeof(void *);
	job->hosts = vdc_arena_alloc(run->round, hosts.len + sizeof(void *));
	if (hosts.len)
		memcpy(job->hosts, hosts.data, hosts.len);
	return r;
}

static int look_at_job(struct ha_run *run, struct ha_job *job, struct vdc_err *err)
{
	struct vdc_objects steps = { 0 };
	void *host = NULL;
	int r = vdc_store_get(run->db, &vdc_host_kind, job->host_id, 0, run->round, &host, err);

	if (r && r != -ENOENT)
		return r;
	job->host = host;
	job->n_hosts = 0;
	r = host ? look_at_hosts(run, job, err) : 0;
	if (r)
		return r;
	r = job->id ? vdc_gather(run->db, &vdc_job_step_kind, "job", job->id, run->round, &steps,
				 err)
		    : 0;
	for (size_t i = 0; i < steps.n && !r; i++) {
		const struct vdc_job_step *step = steps.objects[i];

		if (is_same(step->action, VDC_HA_STEP) && step->object_id)
			take_step(run, job, step);
	}
	return r;
}

/* Such a host is asked whether it runs the VM; without its answer nothing starts. */
bool ha_answers(const struct vdc_host *host)
{
	switch (host->status) {
	case VDC_HOST_UP:
	case VDC_HOST_PREPARING_FOR_MAINTENANCE:
	case VDC_HOST_NON_OPERATIONAL:
	case VDC_HOST_MAINTENANCE:
	case VDC_HOST_INITIALIZING:
	case VDC_HOST_ERROR:
		return true;
	default:
		return false;
	}
}

static const char *may_run_there(const struct ha_vm *one, const struct vdc_host *host)
{
	return vdc_host_is_known_down(host) || ha_answers(host)
		       ? NULL
		       : vdc_arena_format(one->run->round,
					  "host %s may be running it and is not known to be down",
					  host->name);
}

static const struct vdc_host *host_of(const struct ha_job *job, const char *id)
{
	for (size_t i = 0; i < job->n_hosts; i++)
		if (is_same(job->hosts[i]->id, id))
			return job->hosts[i];
	return NULL;
}

/* A host where a start was begun that nobody saw end; the whole cluster if it was about to move. */
static const char *why_lost(const struct ha_vm *one)
{
	const struct ha_job *job = one->job;
	const struct vdc_host *to = host_of(job, one->memory.to);
	const char *why = NULL;

	if (one->step->status == VDC_JOB_STARTED && to)
		why = may_run_there(one, to);
	for (size_t i = 0; one->memory.moving && i < job->n_hosts && !why; i++)
		if (job->hosts[i]->status != VDC_HOST_MAINTENANCE)
			why = may_run_there(one, job->hosts[i]);
	return why;
}

/* A lease makes up for the host that it ran on, and for no other. */
static void judge_safety(struct ha_vm *one)
{
	const char *lost = why_lost(one);
	bool was_unsafe = one->unsafe;

	one->unsafe = lost ?: may_run_there(one, one->job->host);
	/* What was tried before its host was known to be down says nothing about now. */
	if (was_unsafe && !one->unsafe && !one->runs) {
		one->memory.since = vdc_time_now();
		one->memory.next = VDC_UNSET;
		one->memory.failures = 0;
		one->n_bans = 0;
	}
	/* What the dead host held was freed since: it is not waited for any longer. */
	if (one->locked && !one->runs && vdc_dead_host_is_freed(one->job->host) &&
	    one->job->host->leases_freed > one->locked) {
		one->memory.next = VDC_UNSET;
		one->locked = 0;
	}
	one->lease = !lost && one->vm->lease_storage_domain.id;
	one->priority = one->vm->priority != VDC_UNSET ? one->vm->priority : 0;
}

bool ha_is_asked(const struct ha_vm *one, const struct vdc_host *host)
{
	bool own = is_same(one->job->host_id, host->id);

	if (own && one->unsafe) /* it has a lease */
		return false;
	if (host->status == VDC_HOST_MAINTENANCE && !own && !is_same(one->memory.to, host->id))
		return false; /* it is empty, and may be off */
	return ha_answers(host) && !(own && vdc_host_is_known_down(host));
}

/* Where it runs without our doing; NULL: nowhere, or nobody knows. */
static const char *runs_at(const struct ha_vm *one)
{
	const struct vdc_vm *vm = one->vm;

	if (!vm->host.id || !vdc_vm_is_active(vm->status) || vm->status == VDC_VM_UNKNOWN)
		return NULL;
	if (is_same(vm->host.id, one->job->host_id) && one->unsafe)
		return NULL;
	return vm->host.id;
}

/* What needs nobody's work any more. */
static int settle(struct ha_vm *one, struct vdc_err *err)
{
	const char *where = one->vm ? runs_at(one) : NULL;

	if (!one->vm)
		return ha_write_over(one, VDC_JOB_SKIPPED, "it is gone", err);
	if (!one->job->host)
		return ha_write_over(one, VDC_JOB_FAILED,
				     "its host was removed and may be running it: start it by hand",
				     err);
	if (where)
		return ha_write_started(one, where, err);
	if (!vdc_ha_wants(one->vm))
		return ha_write_over(one, VDC_JOB_SKIPPED, "it is not to run any more", err);
	return 0;
}

static int look_at_vm(struct ha_vm *one, struct vdc_err *err)
{
	struct ha_run *run = one->run;
	void *vm = NULL;
	int r = vdc_store_get(run->db, &vdc_vm_kind, one->step->object_id, 0, run->round, &vm, err);

	if (r && r != -ENOENT)
		return r;
	one->vm = vm;
	if (vm && one->job->host)
		judge_safety(one);
	return one->job->lease && !one->runs ? settle(one, err) : 0;
}

/* VMs of other hosts that failed, which another process cares for. */
static void take_urgent(void *ctx, const char *job_id, int64_t priority)
{
	struct ha_run *run = ctx;

	for (size_t i = 0; i < run->n_jobs; i++)
		if (is_same(run->jobs[i].id, job_id))
			return;
	if (priority > run->foreign)
		run->foreign = priority;
}

static int look_at_others(struct ha_run *run, struct vdc_err *err)
{
	int r = 0;

	run->foreign = INT64_MIN;
	for (size_t i = 0; i < run->n_jobs && !r; i++)
		if (run->jobs[i].host)
			r = vdc_job_each_urgent(run->db, VDC_HA_ACTION, VDC_HA_STEP,
						run->jobs[i].host->cluster.id, take_urgent, run,
						err);
	return r;
}

int ha_look(struct ha_run *run, struct vdc_err *err)
{
	int r = 0;

	vdc_arena_free(run->round);
	run->round = vdc_arena_new();
	for (size_t i = 0; i < run->n_jobs && !r; i++)
		r = look_at_job(run, &run->jobs[i], err);
	for (size_t i = 0; i < run->n && !r; i++)
		if (!run->vms[i]->over)
			r = look_at_vm(run->vms[i], err);
	return r ? r : look_at_others(run, err);
}

static struct vdc_ha_entry entry_of(const struct ha_vm *one)
{
	return (struct vdc_ha_entry){
		.priority = one->priority,
		.since = one->memory.since,
		.next = one->memory.next,
		.safe = !one->unsafe,
		.lease = one->lease,
		.begun = one->runs,
		.launched = one->runs && one->end.settles,
		.over = one->over,
	};
}

void ha_judge(struct ha_run *run)
{
	struct vdc_ha_verdict *verdicts =
		vdc_arena_alloc(run->round, (run->n + 1) * sizeof(*verdicts));

	struct vdc_ha_entry *entries = vdc_arena_alloc(run->round, (run->n + 1) * sizeof(*entries));

	for (size_t i = 0; i < run->n; i++)
		entries[i] = entry_of(run->vms[i]);
	entries[run->n] = (struct vdc_ha_entry){
		.priority = run->foreign,
		.safe = run->foreign != INT64_MIN,
		.begun = true,
	};
	vdc_ha_judge(entries, run->n + 1, &run->options->rules, vdc_time_now(), verdicts);
	for (size_t i = 0; i < run->n; i++)
		run->vms[i]->verdict = verdicts[i];
}

const char *ha_behind(const struct ha_vm *one)
{
	const struct ha_run *run = one->run;

	return one->verdict.behind < run->n
		       ? vdc_arena_format(run->round, "VM %s has a higher priority",
					  run->vms[one->verdict.behind]->step->object_name)
		       : "a VM of another host that failed has a higher priority";
}

static int by_priority(const void *a, const void *b)
{
	const struct ha_vm *x = *(struct ha_vm *const *)a, *y = *(struct ha_vm *const *)b;
	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	if (x->memory.since != y->memory.since)
		return x->memory.since < y->memory.since ? -1 : 1;
	return x->step->number < y->step->number ? -1 : x->step->number > y->step->number;
}

void ha_sort(struct ha_run *run)
{
	if (run->n)
		qsort(run->vms, run->n, sizeof(struct ha_vm *), by_priority);
}
