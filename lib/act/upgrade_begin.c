/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new run: its job, and the mark on its cluster. */
#include "act/upgrade_document.h"
#include "act/upgrade_job.h"
#include "act/upgrade_work.h"
#include "store/events.h"

int vdc_upgrade_is_free(struct vdc_db *db, const char *cluster_id, const char *cluster,
			struct vdc_arena *arena, struct vdc_err *err)
{
	return upgrade_is_free(db, VDC_UPGRADE_ACTION, &vdc_cluster_kind, cluster_id, cluster,
			       arena, err);
}

static int mark_cluster(struct vdc_db *db, const struct upgrade_beginning *b, struct vdc_err *err)
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
int upgrade_begin_in(struct vdc_db *db, const struct upgrade_beginning *b, struct vdc_err *err)
{
	int r = vdc_upgrade_is_free(db, b->job->object_id, b->job->object_name, b->arena, err);

	if (!r)
		r = vdc_store_put(db, &vdc_job_kind, b->job, b->arena, err);
	return r ? r : mark_cluster(db, b, err);
}

static int make(struct vdc_db *db, void *ctx, struct vdc_err *err)
{
	return upgrade_begin_in(db, ctx, err);
}

int upgrade_beginning(const struct vdc_upgrade_rows *rows,
		      const struct vdc_upgrade_options *options, struct vdc_arena *arena,
		      struct upgrade_beginning *ret, struct vdc_err *err)
{
	const struct vdc_ref *cluster = &rows->upgrade->cluster;
	struct vdc_job *job = vdc_job_new(VDC_UPGRADE_ACTION, NULL, arena);

	vdc_job_about(job, &vdc_cluster_kind, cluster->id, cluster->name, arena);
	job->description = vdc_arena_format(arena, "upgrade of cluster %s", cluster->name);
	job->percent = 0;
	job->state = upgrade_options_text(options, arena);
	*ret = (struct upgrade_beginning){ job, arena };
	return vdc_upgrade_document_text(rows, arena, &job->plan, err);
}

int vdc_upgrade_begin(struct vdc_db *db, const struct vdc_upgrade_rows *rows,
		      const struct vdc_upgrade_options *options, struct vdc_arena *arena,
		      char **ret, struct vdc_err *err)
{
	struct upgrade_beginning beginning;
	int r = upgrade_beginning(rows, options, arena, &beginning, err);

	if (!r)
		r = vdc_db_transaction(db, make, &beginning, err);
	if (!r)
		*ret = beginning.job->id;
	return r;
}
