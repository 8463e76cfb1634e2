/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a VM of a drain is started, and which hosts must say that it does not run there. */
#include <errno.h>
#include <string.h>

#include "act/drain_power_part.h"

static const struct vdc_host *host_of(const struct drain_powering *all, const char *id)
{
	return vdc_world_find(all->scene.world, &vdc_host_kind, id);
}

/* Where it starts: what was chosen before, by the plan or by whoever began it, if that still goes. */
static int choose(struct drain_power_job *job, const struct vdc_host **ret, struct vdc_err *err)
{
	struct drain_powering *all = job->all;
	const struct drain_vm *one = job->one;
	const struct vdc_vm *vm = vdc_world_find(all->scene.world, &vdc_vm_kind, one->vm->id);
	const struct vdc_place_query query = {
		.vm = vm,
		.start = true,
		.again = true,
		.bans = job->bans,
		.n_bans = job->n_bans,
		.accept_unknown = all->run->options->migrate.accept_unknown == 1,
		.any_load = all->run->options->migrate.any_load,
	};
	const struct vdc_host *wish = host_of(all, one->to_id);
	struct vdc_place_result result;
	const char *why = NULL;
	int r = 0;

	if (!vm)
		return vdc_err_set(err, -ENOENT, "it is gone");
	if (wish && (one->begun || !vdc_place_refuses(all->scene.placement, &query, wish,
						      all->run->arena, &why))) {
		*ret = wish;
	} else if (one->how == DRAIN_BY_START) {
		r = vdc_err_set(err, -EPERM, "host %s cannot take it: %s", one->host->host->name,
				why ?: "it is unknown");
	} else {
		r = vdc_place(all->scene.placement, &query, all->run->arena, &result, err);
		*ret = r ? NULL : result.best;
		if (!r && !result.best)
			r = vdc_err_set(err, -EPERM, "%s", result.none);
	}
	if (!r)
		vdc_placement_reserve(all->scene.placement, vm, *ret);
	return r;
}

static bool is_asked(const struct drain_power_job *job, const struct vdc_host *host)
{
	const struct vdc_host *home = job->one->host->host;
	bool tried = false;

	if ((job->tour.from && strcmp(job->from.id, host->id) == 0) ||
	    (job->tour.to && strcmp(job->to.id, host->id) == 0))
		return false;
	for (size_t i = 0; i < job->n_bans; i++)
		tried = tried || (job->was_begun[i] && strcmp(job->bans[i].host_id, host->id) == 0);
	/* Its drain was cut off as it was to be started somewhere: that host may run it. */
	if (host->status == VDC_HOST_NON_RESPONSIVE && job->one->how == DRAIN_BY_START &&
	    job->one->vm->run_strategy == VDC_RUN_ALWAYS &&
	    job->one->host->before == VDC_HOST_PREPARING_FOR_MAINTENANCE)
		tried = true;
	/* One that was seen where it ran is on no other: if one of them does not answer, that has
	 * to do. */
	return tried || ((!job->tries || job->one->how == DRAIN_BY_START) && host->cluster.id &&
			 home->cluster.id && strcmp(host->cluster.id, home->cluster.id) == 0 &&
			 (host->status == VDC_HOST_UP ||
			  host->status == VDC_HOST_PREPARING_FOR_MAINTENANCE));
}

static void ask_others(struct drain_power_job *job)
{
	struct vdc_arena *arena = job->all->run->arena;
	void *const *hosts;
	size_t n = vdc_world_all(job->all->scene.world, &vdc_host_kind, &hosts);

	job->tour.n_others = 0;
	job->others = vdc_arena_alloc(arena, (n + 1) * sizeof(*job->others));
	for (size_t i = 0; i < n && job->tour.to; i++)
		if (is_asked(job, hosts[i]))
			job->others[job->tour.n_others++] = vdc_tour_host_of(hosts[i], arena);
	job->tour.others = job->others;
}

int drain_make_tour(struct drain_power_job *job, struct vdc_err *err)
{
	struct drain_run *run = job->all->run;
	struct drain_vm *one = job->one;
	const struct vdc_host *to = NULL, *from = host_of(job->all, one->from_id);
	int r = one->how == DRAIN_BY_STOP ? 0 : choose(job, &to, err);

	if (r)
		return r;
	job->tour = (struct vdc_tour){
		.power = {
			.vm_id = one->vm->id,
			.vm_name = one->vm->name,
			.definition = one->vm->domain_xml,
			.shutdown_us = run->options->shutdown_us,
			.force_off = run->options->force_off,
			.limit_option = "--shutdown-timeout",
		},
	};
	if (from) {
		job->from = vdc_tour_host_of(from, run->arena);
		job->tour.from = &job->from;
	}
	if (to) {
		job->to = vdc_tour_host_of(to, run->arena);
		job->tour.to = &job->to;
		one->to_id = job->to.id;
	}
	ask_others(job);
	return 0;
}
