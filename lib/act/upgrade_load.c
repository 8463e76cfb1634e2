/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run as its job has it: plan, options, and how far each host is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/upgrade_document.h"
#include "act/upgrade_work.h"
#include "base/words.h"
#include "store/store.h"

static int read_plan(struct upgrade_run *run, struct vdc_err *err)
{
	char *text = run->job->plan;
	FILE *in;
	int r;

	if (!text || !*text)
		return vdc_err_set(err, -EBADMSG, "job %s has no plan", run->job->id);
	in = fmemopen(text, strlen(text), "r");
	if (!in)
		return vdc_err_set(err, -errno, "the plan of job %s: %m", run->job->id);
	r = vdc_upgrade_document_read(in, "the plan", run->arena, &run->rows, err);
	fclose(in);
	return r ? vdc_err_prefix(err, "job %s: ", run->job->id) : 0;
}

static int by_wave(const void *a, const void *b)
{
	const struct vdc_upgrade_host_row *one = ((const struct upgrade_host *)a)->row;
	const struct vdc_upgrade_host_row *other = ((const struct upgrade_host *)b)->row;

	if (one->wave != other->wave)
		return one->wave < other->wave ? -1 : 1;
	return strcmp(one->id, other->id);
}

static bool gets_image(const struct upgrade_run *run, const char *id)
{
	const char *images = run->options.images;

	return images && (strcmp(images, "*") == 0 || vdc_words_have(images, id));
}

static void make_hosts(struct upgrade_run *run)
{
	run->hosts = vdc_arena_alloc(run->arena, (run->rows.n_hosts + 1) * sizeof(*run->hosts));
	for (size_t i = 0; i < run->rows.n_hosts; i++) {
		const struct vdc_upgrade_host_row *row = run->rows.hosts[i];

		if (row->wave == VDC_UNSET)
			continue;
		run->hosts[run->n_hosts++] = (struct upgrade_host){
			.run = run,
			.row = row,
			.image = gets_image(run, row->id),
		};
	}
	/* The same order whoever reads the plan: the numbers of the steps depend on it. */
	qsort(run->hosts, run->n_hosts, sizeof(*run->hosts), by_wave);
	for (size_t i = 0; i < run->n_hosts; i++) {
		struct upgrade_host *host = &run->hosts[i];

		host->number = (int64_t)(i + 1) * VDC_UPGRADE_NUMBERS;
		for (size_t k = 0; k < VDC_UPGRADE_N_PHASES; k++)
			host->steps[k] = *(struct vdc_job_step *)vdc_object_new(&vdc_job_step_kind,
										run->arena);
	}
}

static int take_step(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		     struct vdc_err *err vdc_unused)
{
	struct upgrade_run *run = ctx;
	const struct vdc_job_step *step = object;
	int64_t place = step->number / VDC_UPGRADE_NUMBERS;
	int64_t phase = step->number % VDC_UPGRADE_NUMBERS;

	if (place == 0 && phase < UPGRADE_N_STEPS)
		run->steps[phase] = *step;
	else if (place >= 1 && place <= (int64_t)run->n_hosts && phase < VDC_UPGRADE_N_PHASES)
		run->hosts[place - 1].steps[phase] = *step;
	return 0;
}

static bool is_done(const struct vdc_job_step *step)
{
	return step->status == VDC_JOB_FINISHED || step->status == VDC_JOB_SKIPPED;
}

static void place_host(struct upgrade_host *host)
{
	const struct vdc_job_step *all = &host->steps[0];

	host->tries = all->tries == VDC_UNSET ? 0 : all->tries;
	host->settled = all->status == VDC_JOB_FINISHED || all->status == VDC_JOB_FAILED;
	host->failed = all->status == VDC_JOB_FAILED;
	host->at = VDC_UPGRADE_CHECK;
	while (host->at < VDC_UPGRADE_ROLL_BACK && is_done(&host->steps[host->at]))
		host->at++;
}

int upgrade_reload(struct upgrade_host *host, struct vdc_err *err)
{
	struct upgrade_run *run = host->run;
	void *object = NULL;
	int r = vdc_store_get(run->db, &vdc_host_kind, host->row->id, 0, run->arena, &object, err);

	host->host = object;
	return r == -ENOENT ? 0 : r;
}

static int read_cluster(struct upgrade_run *run, struct vdc_err *err)
{
	void *object;
	int r = vdc_store_get(run->db, &vdc_cluster_kind, run->job->object_id, 0, run->arena,
			      &object, err);

	if (!r)
		run->cluster = object;
	for (size_t i = 0; i < run->n_hosts && !r; i++)
		r = upgrade_reload(&run->hosts[i], err);
	return r;
}

int upgrade_load(struct upgrade_run *run, struct vdc_err *err)
{
	int r;

	upgrade_options_parse(run->job->state, run->arena, &run->options);
	run->steps = vdc_arena_alloc(run->arena, UPGRADE_N_STEPS * sizeof(*run->steps));
	for (size_t i = 0; i < UPGRADE_N_STEPS; i++)
		run->steps[i] =
			*(struct vdc_job_step *)vdc_object_new(&vdc_job_step_kind, run->arena);
	r = read_plan(run, err);
	if (r)
		return r;
	make_hosts(run);
	r = vdc_store_each_of(run->db, &vdc_job_step_kind,
			      vdc_kind_field(&vdc_job_step_kind, "job"), run->job->id,
			      VDC_WITH_LONG, run->arena, take_step, run, err);
	for (size_t i = 0; i < run->n_hosts; i++)
		place_host(&run->hosts[i]);
	return r ? r : read_cluster(run, err);
}
