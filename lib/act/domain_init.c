/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/domain_init.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/errand.h"
#include "act/look.h"
#include "act/spm_command.h"
#include "act/spm_member.h"
#include "act/update.h"
#include "base/time.h"
#include "edge/shell.h"
#include "plan/domain_init.h"
#include "store/events.h"
#include "store/job.h"

enum {
	MOST_OUTPUT = 64 * 1024,
	NOT_FOUND = 127, /* of the shell: it is not installed there */
};

#define ACTION "domain-init"

/* Above the limit of what runs at the host: the child is killed when the shell does not end. */
#define MARGIN (10 * VDC_SECOND)

struct initing {
	struct vdc_domain_init *init;
	struct vdc_arena *arena;
	const struct vdc_storage_domain *before;
	struct vdc_storage_domain *after;
	struct vdc_buf document;
	struct vdc_job_lease *lease; /* of the job: of a domain there is one at a time */
	char *job;
};

/* The domain, the master of its data centre, and what follows from them. */
static int plan(struct vdc_db *db, struct initing *i, struct vdc_err *err)
{
	const struct vdc_domain_init *init = i->init;
	struct vdc_domain_init_question question = {
		.sector = init->sector,
		.hosts = init->hosts,
		.make_master = init->master,
	};
	struct vdc_spm_storage storage = { 0 };
	void *found;
	int r = vdc_store_get(db, &vdc_storage_domain_kind, init->domain, 0, i->arena, &found, err);

	if (r)
		return r;
	i->before = question.domain = found;
	if (i->before->data_center.id)
		r = vdc_spm_storage(db, i->before->data_center.id, i->arena, &storage, err);
	question.master = storage.master;
	return r ? r : vdc_plan_domain_init(&question, i->arena, &i->after, err);
}

static int choose_host(struct vdc_db *db, struct initing *i, struct vdc_err *err)
{
	const struct vdc_host *const *hosts;
	void *found;
	size_t n;
	int r;

	if (i->init->host) {
		r = vdc_store_get(db, &vdc_host_kind, i->init->host, 0, i->arena, &found, err);
		if (!r)
			i->init->by = found;
		return r;
	}
	r = vdc_spm_hosts(db, i->before->data_center.id, i->arena, &hosts, &n, err);
	for (size_t at = 0; at < n && !r && !i->init->by; at++)
		if (hosts[at]->status == VDC_HOST_UP)
			i->init->by = hosts[at];
	if (!r && !i->init->by)
		r = vdc_err_set(
			err, -EHOSTUNREACH,
			"no host of the data centre of storage domain %s is up; --host HOST "
			"names one that reaches it",
			i->before->name);
	return r;
}

static int make_document(struct initing *i, struct vdc_err *err)
{
	struct vdc_lockspace *space;
	struct vdc_lease_geometry geometry;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int r = vdc_storage_domain_geometry(i->after, &geometry, err);

	r = r ?: vdc_storage_domain_lockspace(i->after, 1, NULL, i->arena, &space, err);
	if (r)
		return r;
	i->init->most_hosts = vdc_storage_domain_most_hosts(i->after, &geometry);
	out = open_memstream(&text, &len);
	if (!out)
		vdc_out_of_memory();
	r = vdc_lockspaces_write(out, &(struct vdc_lockspaces){ &space, 1 }, err);
	fclose(out);
	vdc_buf_add(&i->document, text, len);
	free(text);
	return r;
}

/* In the child. */
static int run(void *ctx, struct vdc_errand *errand, struct vdc_virt *virt vdc_unused,
	       struct vdc_err *err)
{
	const struct initing *i = ctx;
	const char *limit = vdc_arena_format(i->arena, "--timeout=%llds",
					     (long long)(i->init->limit_us / VDC_SECOND));
	const char *const argv[] = {
		"spm-elect", "init", "--local", "--from", "-", limit, NULL,
	};
	const struct vdc_target target =
		vdc_target_of(i->init->by, i->init->limit_us + MARGIN / 2, i->arena);
	const struct vdc_shell shell = {
		.address = target.shell,
		.argv = argv,
		.input = i->document.data,
		.input_len = i->document.len,
		.limit_us = target.limit_us,
		.most_output = MOST_OUTPUT,
	};
	vdc_autoend end = { 0 };
	int r = vdc_errand_may(errand, err) ?: vdc_shell_run(&shell, &end, err);

	if (r || !end.status)
		return r;
	r = end.status == NOT_FOUND ? -ENOENT : vdc_spm_command_code(end.status);
	return vdc_err_set(err, r, "%s", vdc_spm_complaint(&end));
}

static int tell_host(struct vdc_db *db, struct initing *i, struct vdc_err *err)
{
	const struct vdc_errand_call call = {
		.host = i->init->by->name,
		.limit_us = i->init->limit_us + MARGIN,
		.db = db,
		.lease = i->lease,
		.ctx = i,
		.run = run,
	};

	return vdc_errand_run(&call, err);
}

static int count_master(struct vdc_db *db, const struct initing *i, struct vdc_err *err)
{
	const void *before;
	void *after;
	struct vdc_data_center *center;
	int r = vdc_update_read(db, &vdc_data_center_kind, i->before->data_center.id, 0, i->arena,
				&before, &after, err);

	if (r)
		return r;
	center = after;
	center->master_version =
		center->master_version == VDC_UNSET ? 1 : center->master_version + 1;
	return vdc_update(db, &vdc_data_center_kind, before, after, i->arena, NULL, err);
}

static int find_job(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct initing *i = ctx;
	struct vdc_job *job = vdc_job_new(ACTION, "", i->arena);

	job->description = vdc_arena_format(i->arena, "making storage domain %s ready for leases",
					    i->before->name);
	vdc_job_about(job, &vdc_storage_domain_kind, i->before->id, i->before->name, i->arena);
	return vdc_job_open_or_new(db, job, i->arena, &i->job, err);
}

/* Two at once could each find nothing and make what the other's hosts use already. */
static int begin_job(struct vdc_db *db, struct initing *i, struct vdc_err *err)
{
	int r = vdc_db_transaction(db, find_job, i, err);

	r = r ?: vdc_job_acquire(db, i->job, VDC_JOB_TTL, &i->lease, err);
	return r == -EBUSY ? vdc_err_prefix(err, "storage domain %s is made ready by another one: ",
					    i->before->name)
			   : r;
}

static void end_job(struct vdc_db *db, struct initing *i, int result, const struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, i->arena);

	job->status = result ? VDC_JOB_FAILED : VDC_JOB_FINISHED;
	job->end_time = vdc_time_now();
	job->message = result && err ? vdc_arena_strdup(i->arena, vdc_err_text(err)) : NULL;
	if (i->lease)
		vdc_job_update(i->lease, db, job, i->arena, NULL);
	vdc_job_release(i->lease, db);
}

/* In a transaction: meanwhile another one may have become the master. */
static int record(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	struct initing *i = ctx;
	int r = vdc_job_guard(i->lease, db, err) ?: plan(db, i, err);

	r = r ?: vdc_update(db, &vdc_storage_domain_kind, i->before, i->after, i->arena, NULL, err);
	if (!r && vdc_is_true(i->after->master) && !vdc_is_true(i->before->master))
		r = count_master(db, i, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "storage_domain_initialized",
				  &vdc_storage_domain_kind, i->after, err,
				  "storage domain %s is ready for leases%s, by host %s: sectors of "
				  "%lld bytes, areas of %lld MiB, I/O time-out %lld s",
				  i->after->name,
				  vdc_is_true(i->after->master) ? " and that of the manager" : "",
				  i->init->by->name, (long long)i->after->block_size,
				  (long long)(i->after->alignment >> 20),
				  (long long)i->after->io_timeout);
}

int vdc_domain_init(struct vdc_db *db, struct vdc_domain_init *init, struct vdc_arena *arena,
		    struct vdc_err *err)
{
	struct initing i = { .init = init, .arena = arena };
	int r = plan(db, &i, err);

	r = r ?: choose_host(db, &i, err);
	r = r ?: make_document(&i, err);
	if (!r && !init->dry_run) {
		r = begin_job(db, &i, err);
		r = r ?: tell_host(db, &i, err);
		r = r ?: vdc_db_transaction(db, record, &i, err);
		end_job(db, &i, r, err);
	}
	vdc_buf_free(&i.document);
	if (!r)
		init->after = i.after;
	return r;
}
