/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new run: its job, and the mark on its cluster. */
#include <errno.h>

#include "act/upgrade_document.h"
#include "act/upgrade_work.h"
#include "base/time.h"
#include "edge/user.h"
#include "store/events.h"

struct beginning {
	const struct vdc_upgrade_rows *rows;
	struct vdc_job *job;
	struct vdc_arena *arena;
};

int vdc_upgrade_is_free(struct vdc_db *db, const char *cluster_id, const char *cluster,
			struct vdc_arena *arena, struct vdc_err *err)
{
	char *other, *owner = NULL;
	int r = vdc_job_open_about(db, VDC_UPGRADE_ACTION, cluster_id, NULL, arena, &other, err);

	if (!r && other)
		r = vdc_job_owner(db, other, arena, &owner, err);
	if (r || !other)
		return r;
	if (owner)
		return vdc_err_set(err, -EBUSY, "cluster %s is being upgraded by job %s: %s",
				   cluster, other, owner);
	return vdc_err_set(err, -EBUSY,
			   "the upgrade of cluster %s by job %s is not over and nobody carries it "
			   "out; cluster-upgrade resume %s goes on, abort %s ends it",
			   cluster, other, other, other);
}

static int mark_cluster(struct vdc_db *db, const struct beginning *b, struct vdc_err *err)
{
	struct vdc_cluster *part = vdc_object_new(&vdc_cluster_kind, b->arena);
	void *cluster;
	int r;

	part->id = b->job->object_id;
	part->upgrade_in_progress = 1;
	part->upgrade_percent_complete = 0;
	part->upgrade_correlation_id = b->job->correlation_id;
	r = vdc_store_put(db, &vdc_cluster_kind, part, b->arena, err);
	if (!r)
		r = vdc_store_get(db, &vdc_cluster_kind, part->id, 0, b->arena, &cluster, err);
	return r ? r
		 : vdc_event_note(db, VDC_SEVERITY_NORMAL, "cluster_upgrade_begun",
				  &vdc_cluster_kind, cluster, err, "%s has begun: job %s",
				  b->job->description, b->job->id);
}

/* Two of them cannot come to be: the transactions are one after the other. */
static int make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	const struct beginning *b = ctx;
	const struct vdc_ref *cluster = &b->rows->upgrade->cluster;
	int r = vdc_upgrade_is_free(db, cluster->id, cluster->name, b->arena, err);

	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, b->job, b->arena, err);
	return r ? r : mark_cluster(db, b, err);
}

int vdc_upgrade_begin(struct vdc_db *db, const struct vdc_upgrade_rows *rows,
		      const struct vdc_upgrade_options *options, struct vdc_arena *arena,
		      char **ret, struct vdc_err *err)
{
	const struct vdc_upgrade *upgrade = rows->upgrade;
	struct vdc_job *job = vdc_object_new(&vdc_job_kind, arena);
	struct beginning beginning = { rows, job, arena };
	int r;

	job->action = vdc_arena_strdup(arena, VDC_UPGRADE_ACTION);
	job->description = vdc_arena_format(arena, "upgrade of cluster %s", upgrade->cluster.name);
	job->status = VDC_JOB_STARTED;
	job->start_time = vdc_time_now();
	job->percent = 0;
	job->object_kind = vdc_arena_strdup(arena, vdc_cluster_kind.name);
	job->object_id = upgrade->cluster.id;
	job->object_name = upgrade->cluster.name;
	job->actor = vdc_arena_strdup(arena, vdc_user_caller());
	job->correlation_id = vdc_arena_strdup(arena, vdc_event_correlation());
	job->state = upgrade_options_text(options, arena);
	r = vdc_upgrade_document_text(rows, arena, &job->plan, err);
	if (!r)
		r = vdc_db_transaction(db, make, &beginning, err);
	if (!r)
		*ret = job->id;
	return r;
}
