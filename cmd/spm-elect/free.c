/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spm-elect free-leases: what a dead host holds is released. With --local: by this host, which is told what
 * by a document on standard input. */
#include <errno.h>
#include <stdio.h>

#include "act/spm_free.h"
#include "act/spm_free_local.h"
#include "base/log.h"
#include "base/setting.h"
#include "cli/list.h"
#include "cli/work.h"
#include "spm_elect.h"
#include "store/store.h"

#define JOB_ACTION "free-leases"

static int print(struct vdc_call *call, struct vdc_dead_lease *const *leases, size_t n,
		 struct vdc_err *err)
{
	struct vdc_list *list;
	int r = vdc_list_new(call, &vdc_dead_lease_kind, &list, err);

	for (size_t i = 0; i < n && !r; i++)
		r = vdc_list_add(list, leases[i], err);
	return r ? r : vdc_list_end(list, err);
}

static enum vdc_exit code_of(const struct vdc_dead_lease *lease)
{
	switch (lease->result) {
	case VDC_DEAD_LEASE_REFUSED:
		return VDC_EXIT_REFUSED;
	case VDC_DEAD_LEASE_AWAY:
		return VDC_EXIT_UNREACHABLE;
	case VDC_DEAD_LEASE_FAILED:
		return VDC_EXIT_FINDINGS;
	default:
		return VDC_EXIT_OK;
	}
}

static int free_here(struct vdc_call *call, struct vdc_err *err)
{
	const int64_t limit = vdc_int_option(call, "timeout",
					     vdc_setting_number(VDC_SETTING_FENCE_LEASES_TIMEOUT));
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_dead_leases leases;
	enum vdc_exit *codes;
	int r = vdc_dead_leases_read(stdin, "standard input", arena, &leases, err);

	if (!r)
		r = vdc_dead_leases_free(&leases, vdc_given(call, "dry-run"), limit, arena, err);
	if (r)
		return r;
	codes = vdc_arena_alloc(arena, (leases.n + 1) * sizeof(*codes));
	for (size_t i = 0; i < leases.n; i++)
		codes[i] = code_of(leases.all[i]);
	r = print(call, leases.all, leases.n, err);
	return r ? r : (int)vdc_work_exit(codes, leases.n);
}

static int exit_of(const struct vdc_spm_free *free)
{
	return free->code ? (int)vdc_exit_of(free->code) : VDC_EXIT_OK;
}

static int carry_out(struct vdc_call *call, struct vdc_job_lease *lease, struct vdc_spm_free *free,
		     struct vdc_err *err)
{
	int r = vdc_spm_free_leases(vdc_call_db(call), lease, free, vdc_call_arena(call), err);

	if (r)
		return r;
	return vdc_work_close_job(call, lease, exit_of(free), err);
}

static int do_job(struct vdc_call *call, const struct vdc_host *host, struct vdc_spm_free *free,
		  struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_job *job = vdc_job_new(JOB_ACTION, NULL, arena);
	struct vdc_db *db = vdc_call_db(call);
	struct vdc_job_lease *lease = NULL;
	struct vdc_work_watch watch;
	int r;

	vdc_job_about(job, &vdc_host_kind, host->id, host->name, arena);
	job->description = vdc_arena_format(arena, "leases of host %s are freed", host->name);
	r = vdc_job_create(db, job, arena, err);
	if (r)
		return r;
	vdc_work_begin(&watch, 0);
	free->told = vdc_work_told;
	free->told_ctx = &watch;
	r = vdc_job_acquire(db, job->id, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = carry_out(call, lease, free, err);
	vdc_job_release(lease, r == -EBUSY ? NULL : db);
	vdc_work_end(&watch);
	return r;
}

/* What is wrong is an error of the command, in its own words; what was done is a table. */
static int tell(struct vdc_call *call, const struct vdc_spm_free *free, struct vdc_err *err)
{
	int r = free->n ? print(call, free->leases, free->n, err) : 0;

	if (r)
		return r;
	if (!free->code) {
		vdc_log(VDC_LOG_NOTICE, "%s", free->text);
		return 0;
	}
	return vdc_err_set(err, free->code, "%s", free->text);
}

static int free_of(struct vdc_call *call, const char *name, struct vdc_err *err)
{
	struct vdc_spm_free free = { .number = 1 };
	const struct vdc_host *host;
	void *found;
	int r = vdc_call_open_db(call, VDC_NEEDS_DB_WRITE, err);

	if (!r)
		r = vdc_store_get(vdc_call_db(call), &vdc_host_kind, name, 0, vdc_call_arena(call),
				  &found, err);
	if (r)
		return r;
	host = found;
	free.host_id = host->id;
	free.limit_us = vdc_int_option(call, "timeout", 0);
	free.reason = vdc_text_option(call, "reason");
	r = vdc_spm_free_preview(vdc_call_db(call), &free, vdc_call_arena(call), err);
	/* What the database refuses, or knows as done, is no job. */
	if (!r && !free.end && !vdc_given(call, "dry-run"))
		r = do_job(call, host, &free, err);
	if (!r && !free.end)
		free.text = "it would be tried, after its fence agents were asked once more";
	return r ? r : tell(call, &free, err);
}

int spm_elect_free_leases(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *names;
	int n = vdc_call_operands(call, &names);

	if (vdc_given(call, "local") == (n > 0))
		return vdc_err_set(
			err, -EINVAL,
			"free-leases wants the name of a host, or --local and a document "
			"on standard input");
	return n ? free_of(call, names[0], err) : free_here(call, err);
}
