/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade list, cluster-upgrade history; and finding a run, or what is to be upgraded. */
#include <errno.h>
#include <string.h>

#include "act/data_center_upgrade.h"
#include "base/buf.h"
#include "cli/list.h"
#include "cluster_upgrade.h"
#include "plan/upgrade_view.h"
#include "store/store.h"

enum { ID_LEN = 36, PREFIX_LEN = 4 };

bool cluster_upgrade_is_of_data_center(const struct vdc_job *job)
{
	return strcmp(job->action, VDC_DATA_CENTER_UPGRADE_ACTION) == 0;
}

static int take(void *ctx, const struct vdc_kind *kind vdc_unused, void *object,
		struct vdc_err *err vdc_unused)
{
	const struct vdc_job *job = object;

	if (strcmp(job->action, VDC_UPGRADE_ACTION) == 0 || cluster_upgrade_is_of_data_center(job))
		vdc_buf_add(ctx, &object, sizeof(object));
	return 0;
}

/* All upgrades there were, in the arena of the call. */
static int read_jobs(struct vdc_call *call, struct vdc_buf *jobs, struct vdc_err *err)
{
	return vdc_store_each(vdc_call_db(call), &vdc_job_kind, 0, vdc_call_arena(call), take, jobs,
			      err);
}

static bool is_about(const struct vdc_job *job, const char *word)
{
	return (job->object_name && strcmp(job->object_name, word) == 0) ||
	       (job->object_id && strcmp(job->object_id, word) == 0);
}

/* The newer one; that of a cluster before that of a data centre of the same name. */
static bool is_better(const struct vdc_job *job, const struct vdc_job *than, const char *word)
{
	if (than && word &&
	    cluster_upgrade_is_of_data_center(job) != cluster_upgrade_is_of_data_center(than))
		return cluster_upgrade_is_of_data_center(than);
	return !than || job->start_time > than->start_time;
}

/* An id may be cut short as long as it is one run's. */
static int find_prefix(const struct vdc_buf *jobs, const char *word, const struct vdc_job **ret,
		       struct vdc_err *err)
{
	struct vdc_job *const *job = (void *)jobs->data;
	size_t len = strlen(word);

	for (size_t i = 0; i < jobs->len / sizeof(*job) && len >= PREFIX_LEN; i++) {
		if (strncmp(job[i]->id, word, len) != 0)
			continue;
		if (*ret)
			return vdc_err_set(err, -EINVAL, "the ids of several runs begin with %s",
					   word);
		*ret = job[i];
	}
	return 0;
}

static int find(const struct vdc_buf *jobs, const char *word, const struct vdc_job **ret,
		struct vdc_err *err)
{
	struct vdc_job *const *job = (void *)jobs->data;

	for (size_t i = 0; i < jobs->len / sizeof(*job); i++)
		if ((word ? is_about(job[i], word) : !job[i]->parent) &&
		    is_better(job[i], *ret, word))
			*ret = job[i];
	return *ret || !word ? 0 : find_prefix(jobs, word, ret, err);
}

int cluster_upgrade_object(struct vdc_call *call, const char *word,
			   struct vdc_data_center **data_center, struct vdc_err *err)
{
	struct vdc_err no_cluster = { 0 }, no_data_center = { 0 };
	void *object;
	int r = vdc_store_get(vdc_call_db(call), &vdc_cluster_kind, word, 0, vdc_call_arena(call),
			      &object, &no_cluster);

	*data_center = NULL;
	if (r != -ENOENT)
		return r ? vdc_err_set(err, r, "%s", vdc_err_text(&no_cluster)) : 0;
	r = vdc_store_get(vdc_call_db(call), &vdc_data_center_kind, word, 0, vdc_call_arena(call),
			  &object, &no_data_center);
	if (r == -ENOENT)
		return vdc_err_set(err, r, "%s; %s", vdc_err_text(&no_cluster),
				   vdc_err_text(&no_data_center));
	if (r)
		return vdc_err_set(err, r, "%s", vdc_err_text(&no_data_center));
	*data_center = object;
	return 0;
}

/* What else could be meant by a word that finds no run. */
static int found_none(struct vdc_call *call, const char *word, struct vdc_err *err)
{
	struct vdc_data_center *data_center;
	void *job;
	int r;

	if (!word)
		return vdc_err_set(err, -ENOENT, "no upgrade has been run");
	if (strlen(word) == ID_LEN) {
		r = vdc_store_get(vdc_call_db(call), &vdc_job_kind, word, 0, vdc_call_arena(call),
				  &job, NULL);
		return vdc_err_set(err, r ? -ENOENT : -EINVAL,
				   r ? "there is no run %s" : "job %s is no upgrade", word);
	}
	r = cluster_upgrade_object(call, word, &data_center, err);
	return r ? r
		 : vdc_err_set(err, -ENOENT, "no upgrade of %s %s has been run",
			       data_center ? vdc_data_center_kind.word : vdc_cluster_kind.word,
			       word);
}

int cluster_upgrade_find(struct vdc_call *call, const char *word, const char **ret,
			 struct vdc_err *err)
{
	const struct vdc_job *job = NULL;
	vdc_autobuf jobs = { 0 };
	int r = read_jobs(call, &jobs, err);

	if (!r)
		r = find(&jobs, word, &job, err);
	if (!r && !job)
		r = found_none(call, word, err);
	if (!r)
		*ret = job->id;
	return r;
}

static int add_run(struct vdc_call *call, struct vdc_list *list, const struct vdc_job *job,
		   int64_t now, struct vdc_err *err)
{
	struct vdc_upgrade_run run;
	char *owner = NULL;
	int r = vdc_job_owner(vdc_call_db(call), job->id, vdc_call_arena(call), &owner, err);

	if (r)
		return r;
	vdc_upgrade_run_of(job, owner, now, vdc_call_arena(call), &run);
	return vdc_list_add(list, &run, err);
}

static int by_start(const void *a, const void *b)
{
	const struct vdc_job *x = *(struct vdc_job *const *)a, *y = *(struct vdc_job *const *)b;

	return x->start_time == y->start_time  ? strcmp(x->id, y->id)
	       : x->start_time < y->start_time ? -1
					       : 1;
}

static int print_runs(struct vdc_call *call, bool open, const char *about, struct vdc_err *err)
{
	vdc_autobuf jobs = { 0 };
	struct vdc_list *list;
	struct vdc_job **job;
	bool any = false;
	int64_t now = 0;
	int r = vdc_list_new(call, &vdc_upgrade_run_kind, &list, err);

	if (!r)
		r = read_jobs(call, &jobs, err);
	if (!r)
		r = vdc_db_now(vdc_call_db(call), &now, err);
	job = (void *)jobs.data;
	if (jobs.len)
		qsort(job, jobs.len / sizeof(*job), sizeof(*job), by_start);
	for (size_t i = 0; i < jobs.len / sizeof(*job) && !r; i++) {
		if (about && !is_about(job[i], about))
			continue;
		any = true;
		if (vdc_upgrade_is_open(job[i]) == open)
			r = add_run(call, list, job[i], now, err);
	}
	if (!r && about && !any)
		r = found_none(call, about, err);
	return r ? r : vdc_list_end(list, err);
}

int cluster_upgrade_list(struct vdc_call *call, struct vdc_err *err)
{
	return print_runs(call, true, NULL, err);
}

int cluster_upgrade_history(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;

	return print_runs(call, false, vdc_call_operands(call, &words) ? words[0] : NULL, err);
}
