/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade status, of a data centre */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "act/data_center_upgrade.h"
#include "status.h"
#include "store/store.h"

struct showing {
	struct vdc_call *call;
	const struct vdc_upgrade_seen *seen;
	struct vdc_upgrade_run run;
	struct vdc_upgrade_run *clusters;
	const void **rows;  /* all of them */
	const void **begun; /* the data centre, and those that have a run */
	size_t n_rows, n_begun;
	const char *current; /* run of the cluster whose turn it is; NULL: none */
	size_t done, skipped, failed;
};

static int read_child(struct showing *show, const struct vdc_job_step *step,
		      struct vdc_upgrade_run *ret, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(show->call);
	const char *id = vdc_data_center_child(step);
	char *owner = NULL;
	void *job;
	int r = id ? vdc_store_get(vdc_call_db(show->call), &vdc_job_kind, id, 0, arena, &job, err)
		   : -ENOENT;

	if (!r)
		r = vdc_job_owner(vdc_call_db(show->call), id, arena, &owner, err);
	if (!r)
		vdc_upgrade_run_of(job, owner, show->seen->now, arena, ret);
	return r;
}

static int add_cluster(struct showing *show, const struct vdc_job_step *step, struct vdc_err *err)
{
	struct vdc_upgrade_run *row = &show->clusters[show->n_rows];
	int r = read_child(show, step, row, err);

	if (r && r != -ENOENT)
		return r;
	if (r) {
		*row = *(struct vdc_upgrade_run *)vdc_object_new(&vdc_upgrade_run_kind,
								 vdc_call_arena(show->call));
		row->cluster = (struct vdc_ref){ step->object_id, step->object_name };
		row->status = step->status;
		row->message = step->message;
	} else {
		show->begun[show->n_begun++] = row;
		if (step->status == VDC_JOB_STARTED)
			show->current = row->id;
	}
	show->rows[show->n_rows++] = row;
	show->done += step->status == VDC_JOB_FINISHED;
	show->skipped += step->status == VDC_JOB_SKIPPED;
	show->failed += step->status == VDC_JOB_FAILED;
	return 0;
}

static int read_clusters(struct showing *show, struct vdc_err *err)
{
	const struct vdc_upgrade_seen *seen = show->seen;
	struct vdc_arena *arena = vdc_call_arena(show->call);
	int r = 0;

	show->clusters = vdc_arena_alloc(arena, (seen->n_steps + 1) * sizeof(*show->clusters));
	show->rows = vdc_arena_alloc(arena, (seen->n_steps + 1) * sizeof(*show->rows));
	show->begun = vdc_arena_alloc(arena, (seen->n_steps + 1) * sizeof(*show->begun));
	show->begun[show->n_begun++] = &show->run;
	for (size_t i = 0; i < seen->n_steps && !r; i++)
		if (strcmp(seen->steps[i]->action, VDC_UPGRADE_ACTION) == 0)
			r = add_cluster(show, seen->steps[i], err);
	return r;
}

static int print_text(struct showing *show, const struct vdc_upgrade_seen *current,
		      struct vdc_err *err)
{
	const struct status_rows table = {
		.kind = &vdc_upgrade_run_kind,
		.rows = show->rows,
		.n = show->n_rows,
		.output = "cluster,status,percent,id,message",
	};
	int r;

	status_head(&show->run, vdc_call_arena(show->call));
	printf("%" PRId64 " %%: %zu of %zu clusters upgraded, %zu failed; %zu had nothing to "
	       "upgrade\n",
	       show->run.percent, show->done, show->n_rows, show->failed, show->skipped);
	status_state(&show->run);
	r = status_table(show->call, &table, err);
	if (r || !current)
		return r;
	putchar('\n');
	return cluster_upgrade_print_status(show->call, current, err);
}

static int write_document(struct showing *show, const struct vdc_upgrade_seen *current,
			  struct vdc_err *err)
{
	struct status_rows tables[3] = { { &vdc_upgrade_run_kind, show->begun, show->n_begun,
					   NULL } };
	struct vdc_upgrade_view view;
	const void **hosts;

	if (!current)
		return status_document(show->call, tables, 1, err);
	vdc_upgrade_view(current, vdc_call_arena(show->call), &view);
	hosts = vdc_arena_alloc(vdc_call_arena(show->call), (view.n_hosts + 1) * sizeof(*hosts));
	for (size_t h = 0; h < view.n_hosts; h++)
		hosts[h] = &view.hosts[h];
	tables[1] = (struct status_rows){ &vdc_upgrade_run_host_kind, hosts, view.n_hosts, NULL };
	tables[2] = (struct status_rows){ &vdc_upgrade_run_move_kind, (void *)view.moves,
					  view.n_moves, NULL };
	return status_document(show->call, tables, 3, err);
}

static int print(struct showing *show, const struct vdc_upgrade_seen *current, struct vdc_err *err)
{
	return vdc_call_output(show->call) == VDC_OUTPUT_TABLE ? print_text(show, current, err)
							       : write_document(show, current, err);
}

int cluster_upgrade_print_data_center(struct vdc_call *call, const struct vdc_upgrade_seen *seen,
				      struct vdc_err *err)
{
	struct showing show = { .call = call, .seen = seen };
	struct vdc_upgrade_watch *watch;
	int r;

	vdc_upgrade_run_of(seen->job, seen->owner, seen->now, vdc_call_arena(call), &show.run);
	r = read_clusters(&show, err);
	if (r || !show.current)
		return r ? r : print(&show, NULL, err);
	r = vdc_upgrade_watch_new(vdc_call_db(call), show.current, &watch, err);
	if (r)
		return r;
	r = vdc_upgrade_watch_look(watch, err);
	if (!r)
		r = print(&show, vdc_upgrade_watch_seen(watch), err);
	vdc_upgrade_watch_free(watch);
	return r;
}
