/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs whose turn it is are started, many at once, an errand each. */
#include <errno.h>
#include <string.h>

#include "act/ha_part.h"
#include "act/sync.h"
#include "base/setting.h"
#include "base/time.h"
#include "edge/shell.h"

enum { AT_ONCE = 16 };

#define SOON (3 * VDC_SECOND) /* after what says nothing about VM or host */
#define OLD_PROOF (60 * VDC_SECOND)
#define SCENE_AGE (10 * VDC_SECOND) /* then it is read anew */

static struct vdc_vm *vm_of(const struct ha_vm *one)
{
	return vdc_world_find(one->run->scene.world, &vdc_vm_kind, one->step->object_id);
}

/* Those that are under way take room already. */
static void reserve(const struct ha_vm *one)
{
	const struct vdc_scene *scene = &one->run->scene;
	const struct vdc_vm *vm = vm_of(one);
	const struct vdc_host *to =
		one->runs ? vdc_world_find(scene->world, &vdc_host_kind, one->to.id) : NULL;

	if (vm && to)
		vdc_placement_reserve(scene->placement, vm, to);
}

static void put(const struct ha_vm *one)
{
	const struct vdc_scene *scene = &one->run->scene;

	if (scene->world && vm_of(one))
		vdc_placement_put(scene->placement, vm_of(one),
				  vdc_world_find(scene->world, &vdc_host_kind, one->end.host_id));
}

int ha_open_scene(struct ha_run *run, struct vdc_err *err)
{
	int r;

	if (run->scene.world && vdc_time_monotonic() - run->scene.read < SCENE_AGE)
		return 0;
	vdc_scene_close(&run->scene);
	r = vdc_scene_open(run->db, &run->scene, err);
	for (size_t i = 0; i < run->n && !r; i++)
		reserve(run->vms[i]);
	return r;
}

int ha_choose(struct ha_vm *one, const struct vdc_host **ret, struct vdc_err *err)
{
	struct ha_run *run = one->run;
	const struct vdc_place_query query = {
		.vm = vm_of(one),
		.start = true,
		.again = true,
		.bans = one->bans,
		.n_bans = one->n_bans,
		.accept_unknown = run->options->accept_unknown,
	};
	struct vdc_place_result result;
	int r = query.vm ? vdc_place(run->scene.placement, &query, run->round, &result, err)
			 : vdc_err_set(err, -ENOENT, "it is gone");

	if (!r && !result.best)
		r = vdc_err_set(err, -EPERM, "%s", result.none);
	if (!r)
		*ret = result.best;
	return r;
}

/* Where it was begun and nobody saw how that went, if that host can be asked: there it goes on. */
static const struct vdc_host *begun_at(const struct ha_vm *one)
{
	const struct ha_job *job = one->job;

	if (one->step->status != VDC_JOB_STARTED || !one->memory.to)
		return NULL;
	for (size_t i = 0; i < job->n_hosts; i++)
		if (strcmp(job->hosts[i]->id, one->memory.to) == 0 &&
		    ha_is_asked(one, job->hosts[i]))
			return job->hosts[i];
	return NULL;
}

/* Whether the lock manager of HOST keeps a VM from running twice. */
static int check_lock_manager(const struct ha_vm *one, const struct vdc_host *host,
			      struct vdc_err *err)
{
	static const char *const ask[] = {
		"grep", "-Eqs", "^[[:space:]]*lock_manager[[:space:]]*=[[:space:]]*\"sanlock\"",
		"/etc/libvirt/qemu.conf", NULL
	};
	int64_t limit = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT);
	const struct vdc_target target = vdc_target_of(host, limit, one->run->round);
	const struct vdc_shell shell = { .address = target.shell, .argv = ask, .limit_us = limit };
	vdc_autoend end = { 0 };
	int r = target.shell || target.local ? vdc_shell_run(&shell, &end, err) : -ENOTSUP;

	if (!r && end.status == 0)
		return 0;
	return vdc_err_set(err, r ? r : -EPERM,
			   "%s, and host %s is not known to use the lock manager sanlock",
			   one->unsafe, host->name);
}

/* Its definition goes with it; where a lease is all that makes it safe, that must be in there. */
static int read_definition(struct ha_vm *one, const struct vdc_host *to, const char **ret,
			   struct vdc_err *err)
{
	struct ha_run *run = one->run;
	struct vdc_vm *read = vdc_object_new(&vdc_vm_kind, run->round);
	struct vdc_domain unused;
	const struct vdc_vm *vm;
	void *found;
	int r = vdc_store_get(run->db, &vdc_vm_kind, one->step->object_id, VDC_WITH_LONG,
			      run->round, &found, err);

	if (r)
		return r;
	vm = found;
	if (!vm->domain_xml)
		return vdc_err_set(err, -EPERM, "the database has no definition of it");
	*ret = vdc_arena_strdup(run->arena, vm->domain_xml);
	if (!one->unsafe)
		return 0;
	r = vdc_domain_read(vm->domain_xml, run->round, read, &unused, err);
	if (!r && !read->lease_storage_domain.id)
		r = vdc_err_set(err, -EPERM, "%s, and its definition has no lease", one->unsafe);
	return r ? r : check_lock_manager(one, to, err);
}

static void ask_others(struct ha_vm *one)
{
	const struct ha_job *job = one->job;

	one->tour.n_others = 0;
	one->others = vdc_arena_alloc(one->run->arena, (job->n_hosts + 1) * sizeof(*one->others));
	for (size_t i = 0; i < job->n_hosts; i++)
		if (strcmp(job->hosts[i]->id, one->to.id) != 0 && ha_is_asked(one, job->hosts[i]))
			one->others[one->tour.n_others++] =
				vdc_tour_host_of(job->hosts[i], one->run->arena);
	one->tour.others = one->others;
}

static int make_tour(struct ha_vm *one, struct vdc_err *err)
{
	const struct vdc_host *to = begun_at(one);
	const char *definition = NULL;
	int r = to ? 0 : ha_choose(one, &to, err);

	one->goes_on = begun_at(one);
	if (!r)
		r = read_definition(one, to, &definition, err);
	if (r)
		return r;
	one->to = vdc_tour_host_of(to, one->run->arena);
	one->tour = (struct vdc_tour){
		.power = {
			.vm_id = one->step->object_id,
			.vm_name = one->step->object_name,
			.definition = definition,
		},
		.to = &one->to,
		.redefine = true,
		.tells_start = true,
	};
	ask_others(one);
	return 0;
}

static bool is_banned(const struct ha_vm *one, const char *host_id)
{
	for (size_t i = 0; i < one->n_bans; i++)
		if (strcmp(one->bans[i].host_id, host_id) == 0)
			return true;
	return false;
}

/* A try came to nothing: a pause, and then all hosts are looked at again. */
static int fail(struct ha_vm *one, const char *why, struct vdc_err *err)
{
	const struct vdc_ha_rules *rules = &one->run->options->rules;
	int64_t now = vdc_time_now();

	one->memory.failures++;
	one->memory.next = vdc_ha_next(rules, one->memory.failures, now);
	one->memory.to = NULL;
	one->n_bans = 0;
	return ha_write_failed(one, why, one->memory.failures == rules->retries + 1, err);
}

/* It does not count as a try. */
static int wait_for(struct ha_vm *one, const char *why, struct vdc_err *err)
{
	one->memory.next = vdc_time_now() + SOON;
	one->memory.to = NULL;
	return ha_write_failed(one, why, false, err);
}

/* Nobody knows whether it was started: its step stays begun. */
static void ask_again(struct ha_vm *one, const char *why)
{
	one->memory.next = vdc_time_now() + SOON;
	one->step->message = vdc_arena_strdup(one->run->arena, why);
	ha_tell(one, VDC_WORK_WAITS, 0, one->step->message);
}

/* Nothing was begun, now or before, or nobody knows. */
static int lose(struct ha_vm *one, const char *why, struct vdc_err *err)
{
	if (!one->goes_on && one->end.of_failure != VDC_TOUR_STARTING)
		return wait_for(one, why, err);
	ask_again(one, why);
	return 0;
}

static int next_host(struct ha_vm *one, const struct vdc_err *failure, struct vdc_err *err)
{
	struct ha_run *run = one->run;

	if (one->n_bans == HA_BANS || is_banned(one, one->to.id))
		return fail(one, vdc_err_text(failure), err);
	one->bans[one->n_bans++] =
		(struct vdc_place_ban){ one->to.id,
					vdc_arena_strdup(run->arena, vdc_err_text(failure)) };
	one->memory.next = VDC_UNSET;
	one->memory.to = NULL;
	return ha_write_failed(one, vdc_err_text(failure), false, err);
}

static int errand_ended(void *ctx, const struct vdc_err *failure, struct vdc_err *err)
{
	struct ha_vm *one = ctx;
	struct ha_run *run = one->run;
	int r;

	one->runs = one->end.settles = false;
	run->running--;
	if (failure->code)
		vdc_scene_close(&run->scene); /* what counted for it counts no more */
	switch (failure->code) {
	case 0:
		put(one);
		r = ha_write_started(one, one->end.host_id, err);
		break;
	case -EBUSY:
		return vdc_err_set(err, -EBUSY, "%s", vdc_err_text(failure));
	case -ENOLCK:
		one->locked = vdc_time_now();
		r = wait_for(one, vdc_err_text(failure), err);
		break;
	case -EIO:
		r = next_host(one, failure, err);
		break;
	default:
		r = lose(one, vdc_err_text(failure), err);
	}
	return r ? r : ha_begin_next(run, err);
}

static int run_tour(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt,
		    struct vdc_err *err)
{
	const struct ha_vm *one = ctx;

	return vdc_tour_make(&one->tour, errand, virt, err);
}

static int errand_told(void *ctx, const char *data, size_t len, struct vdc_err *err)
{
	struct ha_vm *one = ctx;

	return vdc_tour_take(data, len, &one->end, err);
}

static int run_errand(struct ha_vm *one, struct vdc_err *err)
{
	struct ha_run *run = one->run;
	int64_t limit = vdc_setting_number(VDC_SETTING_HA_START_TIMEOUT);
	int64_t tour = vdc_tour_limit(&one->tour);

	one->call = (struct vdc_errand_call){
		.host = one->to.name,
		.uri = one->to.uri,
		.connect_us = vdc_setting_number(VDC_SETTING_CONNECT_TIMEOUT),
		.limit_us = tour < limit ? tour : limit,
		.db = run->db,
		.lease = one->job->lease,
		.ctx = one,
		.run = run_tour,
		.told = errand_told,
	};
	one->end = (struct vdc_tour_end){ 0 };
	one->runs = true;
	one->began = one->told = vdc_time_monotonic();
	run->running++;
	reserve(one);
	return vdc_errand_add(run->pool, &one->call, errand_ended, run->arena, err);
}

static int begin(struct ha_vm *one, struct vdc_err *err)
{
	struct vdc_err why = { 0 };
	const char *refusal = NULL;
	int r = ha_open_scene(one->run, err);

	if (r)
		return r;
	one->touched = true;
	one->locked = 0;
	r = make_tour(one, &why);
	if (r == -EPERM && one->step->status != VDC_JOB_STARTED)
		return fail(one, vdc_err_text(&why), err);
	if (r) {
		ask_again(one, vdc_err_text(&why));
		return 0;
	}
	r = ha_write_begin(one, &refusal, err);
	if (!r && refusal)
		ask_again(one, refusal);
	if (r || refusal)
		return r;
	ha_tell(one, VDC_WORK_STEP, VDC_JOB_STARTED,
		vdc_arena_format(one->run->round, "on host %s", one->to.name));
	return run_errand(one, err);
}

static bool waits_for_nothing_else(const struct ha_run *run, const struct ha_job *job)
{
	for (size_t i = 0; i < run->n; i++)
		if (run->vms[i]->job == job && run->vms[i]->verdict.turn == VDC_HA_NOW)
			return true;
	return false;
}

/*
 * A proof grows old: somebody may have switched the host on since, and nobody looked. One that does
 * not answer now is as down as it was.
 */
static int ask_old(struct ha_run *run, struct vdc_err *err)
{
	struct vdc_sync_options options = vdc_sync_options();
	int64_t now = vdc_time_monotonic();
	struct vdc_sync_summary summary;
	int r = 0;

	for (size_t i = 0; i < run->n_jobs && !r; i++) {
		struct ha_job *job = &run->jobs[i];
		const struct vdc_host *host = job->host;

		if (!host || !vdc_host_is_known_down(host) ||
		    vdc_time_now() - host->proven_down < OLD_PROOF ||
		    (job->asked && now - job->asked < OLD_PROOF) ||
		    !waits_for_nothing_else(run, job))
			continue;
		job->asked = now;
		r = vdc_sync(run->db, &options, &job->host_id, 1, &summary, err)
			    ?: ha_look(run, err);
	}
	ha_judge(run);
	return r;
}

int ha_begin_next(struct ha_run *run, struct vdc_err *err)
{
	int r = ha_look(run, err);

	ha_sort(run);
	ha_judge(run);
	if (!r && !run->stopping)
		r = ask_old(run, err);
	for (size_t i = 0; i < run->n && !r && !run->stopping; i++)
		if (run->vms[i]->verdict.turn == VDC_HA_NOW && run->running < AT_ONCE)
			r = begin(run->vms[i], err);
	return r;
}
