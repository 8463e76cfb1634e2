/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fixes that are work of other commands: theirs are the jobs, and who may do them when. */
#include <errno.h>
#include <string.h>

#include "act/drain.h"
#include "act/storage_health.h"
#include "act/updates.h"
#include "act/upgrade_fix_part.h"
#include "base/time.h"
#include "model/storage_domain.h"

/* What another command would leave in its job. */
int fix_close_job(struct vdc_db *db, const struct vdc_job_lease *lease, enum vdc_job_status status,
		  const char *message, struct vdc_arena *arena, struct vdc_err *err)
{
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);

	job->status = status;
	job->end_time = vdc_time_now();
	job->exit_code = status == VDC_JOB_FINISHED ? 0 : 1;
	job->percent = 100;
	job->message = vdc_arena_strdup(arena, message);
	return vdc_job_update(lease, db, job, arena, err);
}

static void release(const struct fixing *fixing, struct vdc_job_lease *lease, int r)
{
	vdc_job_release(lease, r == -EBUSY ? NULL : fixing->db);
}

static int end(const struct fixing *fixing, struct vdc_job_lease *lease, const char *failure, int r,
	       struct vdc_err *err)
{
	if (!r)
		r = fix_close_job(fixing->db, lease, failure ? VDC_JOB_FAILED : VDC_JOB_FINISHED,
				  failure, fixing->arena, err);
	release(fixing, lease, r);
	return r || !failure ? r : vdc_err_set(err, -EIO, "%s", failure);
}

static void told_move(void *ctx, const struct vdc_move_report *report)
{
	const struct fixing *fixing = ctx;
	const struct vdc_work_news news = { .kind = VDC_WORK_MOVE, .move = report };

	if (fixing->options->told)
		fixing->options->told(fixing->options->ctx, &news);
}

int fix_move(const struct fixing *fixing, struct vdc_err *err)
{
	const struct vdc_vm *vm = fixing->fix->object;
	struct vdc_migrate_options options = vdc_migrate_options();
	struct fixing telling = *fixing;
	struct vdc_job_lease *lease = NULL;
	struct vdc_move move = {
		.vm_id = vm->id,
		.vm_name = vm->name,
		.to_id = fixing->fix->to->id,
		.number = 1,
	};
	char *job;
	int r = vdc_move_job(fixing->db, VDC_MOVE_ACTION,
			     vdc_arena_format(fixing->arena, "to=%s\n", move.to_id), &move, 1,
			     fixing->arena, &job, err);

	if (!r)
		r = vdc_job_acquire(fixing->db, job, VDC_JOB_TTL, &lease, err);
	options.accept_unknown = fixing->options->accept_unknown;
	options.stop_fd = -1;
	options.told = told_move;
	options.ctx = &telling;
	if (!r)
		r = vdc_move_vms(fixing->db, lease, &options, &move, 1, fixing->arena, err);
	return end(fixing, lease,
		   move.end == VDC_MOVE_DONE ? NULL : move.reason ?: "it did not move", r, err);
}

static int make_job(const struct fixing *fixing, char **ret, struct vdc_err *err)
{
	const struct vdc_host *host = fixing->fix->object;
	const char *plan = vdc_arena_format(fixing->arena, "leave=1\nhosts=%s\n", host->id);
	struct vdc_job *job = vdc_job_new(VDC_MAINTENANCE_ACTION, plan, fixing->arena);
	int r;

	job->description = vdc_arena_format(fixing->arena, "host %s is to return from maintenance",
					    host->name);
	vdc_job_about(job, &vdc_host_kind, host->id, host->name, fixing->arena);
	r = vdc_job_create(fixing->db, job, fixing->arena, err);
	*ret = job->id;
	return r;
}

int fix_activate(const struct fixing *fixing, struct vdc_err *err)
{
	struct vdc_drain_options options = {
		.migrate = vdc_migrate_options(),
		.shutdown_us = fixing->options->shutdown_us,
		.told = fixing->options->told,
		.ctx = fixing->options->ctx,
	};
	struct vdc_activate_host host = { .id = vdc_object_id(fixing->fix->object), .number = 1 };
	struct vdc_job_lease *lease = NULL;
	char *job;
	int r = make_job(fixing, &job, err);

	options.migrate.stop_fd = -1;
	if (!r)
		r = vdc_job_acquire(fixing->db, job, VDC_JOB_TTL, &lease, err);
	if (!r)
		r = vdc_activate_hosts(fixing->db, lease, &options, &host, 1, fixing->arena, err);
	return end(fixing, lease,
		   host.end == VDC_ACTIVATE_UP ? NULL : host.reason ?: "it does not come back", r,
		   err);
}

static int data_center_of(const struct fixing *fixing, const char **ret, struct vdc_err *err)
{
	const struct vdc_host *host = fixing->fix->object;
	void *cluster;
	int r;

	if (fixing->fix->kind == &vdc_storage_domain_kind) {
		*ret = ((const struct vdc_storage_domain *)fixing->fix->object)->data_center.id;
		return 0;
	}
	r = vdc_store_get(fixing->db, &vdc_cluster_kind, host->cluster.id, 0, fixing->arena,
			  &cluster, err);
	if (!r)
		*ret = ((const struct vdc_cluster *)cluster)->data_center.id;
	return r;
}

int fix_storage(const struct fixing *fixing, struct vdc_err *err)
{
	const char *id = vdc_object_id(fixing->fix->object);
	bool of_host = fixing->fix->kind == &vdc_host_kind;
	struct vdc_storage_options options = vdc_storage_options();
	struct vdc_storage_part part = {
		.hosts = &id,
		.n_hosts = of_host,
		.domains = &id,
		.n_domains = !of_host,
	};
	struct vdc_storage_health health = { 0 };
	struct vdc_job_lease *lease = NULL;
	int r = data_center_of(fixing, &part.data_center_id, err);

	options.recover = true;
	if (!r)
		r = vdc_storage_begin(fixing->db, &lease, err);
	if (!r)
		r = vdc_storage_check(fixing->db, lease, &options, &part, fixing->arena, &health,
				      err);
	if (!r)
		r = vdc_storage_end(fixing->db, lease, err);
	release(fixing, lease, r);
	if (!r && health.findings.n)
		r = vdc_err_set(err, -EIO, "%s", health.findings.items[0]->text);
	return r;
}

static void keep_failure(void *ctx, const struct vdc_updates_report *report)
{
	if (report->failure)
		vdc_err_set(ctx, report->failure->code, "host %s: %s", report->host,
			    vdc_err_text(report->failure));
}

int fix_updates(const struct fixing *fixing, struct vdc_err *err)
{
	const char *cluster = vdc_object_id(fixing->fix->object), **ids;
	struct vdc_updates_options options = vdc_updates_options();
	struct vdc_updates_summary summary = { 0 };
	struct vdc_err failure = { 0 };
	struct vdc_scene scene = { 0 };
	void *const *hosts;
	size_t n = 0, n_hosts;
	int r = vdc_scene_open(fixing->db, &scene, err);

	if (r)
		return r;
	n_hosts = vdc_world_all(scene.world, &vdc_host_kind, &hosts);
	ids = vdc_arena_alloc(fixing->arena, (n_hosts + 1) * sizeof(*ids));
	for (size_t i = 0; i < n_hosts; i++) {
		const struct vdc_host *host = hosts[i];

		if (host->cluster.id && strcmp(host->cluster.id, cluster) == 0)
			ids[n++] = host->id;
	}
	options.told = keep_failure;
	options.ctx = &failure;
	r = vdc_updates_look(fixing->db, &options, ids, n, &summary, err);
	vdc_scene_close(&scene);
	if (!r && summary.failed)
		r = vdc_err_set(err, failure.code, "%s", vdc_err_text(&failure));
	return r;
}
