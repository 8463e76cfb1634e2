/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cluster-upgrade status */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "cli/list_table.h"
#include "doc/doc.h"
#include "status.h"

enum { FAILURES_MAX = 20 };

void status_head(const struct vdc_upgrade_run *run, struct vdc_arena *arena)
{
	const struct vdc_ref *object = run->data_center.id ? &run->data_center : &run->cluster;
	char since[VDC_TIME_LEN + 1];

	printf("upgrade of %s %s, run %s: %s\n",
	       run->data_center.id ? vdc_data_center_kind.word : vdc_cluster_kind.word,
	       object->name ? object->name : "?", run->id,
	       vdc_enum_word(&vdc_job_status_values, run->status));
	if (run->start_time != VDC_UNSET)
		printf("%s %s by %s, %s%s\n", run->end_time == VDC_UNSET ? "since" : "began",
		       vdc_time_format(run->start_time / VDC_SECOND * VDC_SECOND, since),
		       run->actor ? run->actor : "?", run->end_time == VDC_UNSET ? "" : "took ",
		       vdc_upgrade_time(run->elapsed, arena));
}

static void print_counts(const struct vdc_upgrade_run *run, struct vdc_arena *arena)
{
	printf("%" PRId64 " %%: %" PRId64 " of %" PRId64 " hosts upgraded, %" PRId64
	       " failed; %" PRId64 " of %" PRId64 " VMs moved, %" PRId64 " failed",
	       run->percent, run->hosts_done, run->hosts, run->hosts_failed, run->moves_done,
	       run->moves, run->moves_failed);
	if (run->wave != VDC_UNSET && run->end_time == VDC_UNSET)
		printf("; wave %" PRId64 " of %" PRId64, run->wave, run->waves);
	if (run->left != VDC_UNSET)
		printf("; about %s left", vdc_upgrade_time(run->left, arena));
	putchar('\n');
}

void status_state(const struct vdc_upgrade_run *run)
{
	bool open = run->end_time == VDC_UNSET && run->exit_code == VDC_UNSET;

	if (run->owner)
		printf("carried out by %s\n", run->owner);
	else if (open || run->waits)
		printf("nobody carries it out: cluster-upgrade resume %s goes on\n", run->id);
	if (run->request > 0)
		printf("it was asked to %s\n",
		       vdc_enum_word(&vdc_job_request_values, run->request));
	if (run->waits && run->owner)
		printf("waits for %s\n", run->waits);
	if (run->message)
		printf("%s\n", run->message);
	if (run->status == VDC_JOB_FAILED)
		printf("cluster-upgrade resume %s tries again what failed\n", run->id);
}

int status_table(struct vdc_call *call, const struct status_rows *rows, struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_list_table *table;
	struct vdc_columns columns;
	int r = vdc_columns_of_output(rows->kind, rows->output, arena, &columns, err);

	if (r || !rows->n)
		return r;
	putchar('\n');
	table = vdc_list_table_new(&columns, arena, true);
	for (size_t i = 0; i < rows->n; i++)
		vdc_list_table_add(table, rows->rows[i]);
	r = vdc_list_table_print(table, err);
	vdc_list_table_free(table);
	return r;
}

static void print_failures(const struct vdc_upgrade_seen *seen)
{
	size_t n = 0;

	for (size_t s = 0; s < seen->n_steps; s++) {
		const struct vdc_job_step *step = seen->steps[s];

		if (step->status != VDC_JOB_FAILED || !step->object_kind ||
		    strcmp(step->object_kind, "vm") != 0 || ++n > FAILURES_MAX)
			continue;
		printf("%sVM %s: %s failed%s%s\n", n == 1 ? "\n" : "",
		       step->object_name ? step->object_name : step->object_id, step->action,
		       step->message ? ": " : "", step->message ? step->message : "");
	}
	if (n > FAILURES_MAX)
		printf("and %zu more: inventory list steps --select 'job=%s && status=failed'\n",
		       n - FAILURES_MAX, seen->job->id);
}

int status_document(struct vdc_call *call, const struct status_rows *tables, size_t n,
		    struct vdc_err *err)
{
	struct vdc_doc_writer *writer;
	int r = vdc_doc_writer_new(
		stdout, vdc_call_output(call) == VDC_OUTPUT_JSON ? VDC_DOC_JSON : VDC_DOC_XML,
		&writer, err);
	int closed;

	if (r)
		return r;
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < tables[t].n && !r; i++)
			r = vdc_doc_write(writer, tables[t].kind, tables[t].rows[i], err);
	closed = vdc_doc_writer_close(writer, r ? NULL : err);
	return r ? r : closed;
}

int cluster_upgrade_print_status(struct vdc_call *call, const struct vdc_upgrade_seen *seen,
				 struct vdc_err *err)
{
	struct vdc_arena *arena = vdc_call_arena(call);
	struct vdc_upgrade_view view;
	const void **hosts;
	const void *run = &view.run;
	int r;

	vdc_upgrade_view(seen, arena, &view);
	hosts = vdc_arena_alloc(arena, (view.n_hosts + 1) * sizeof(*hosts));
	for (size_t h = 0; h < view.n_hosts; h++)
		hosts[h] = &view.hosts[h];
	const struct status_rows tables[] = {
		{ &vdc_upgrade_run_kind, &run, 1, NULL },
		{ &vdc_upgrade_run_host_kind, hosts, view.n_hosts, NULL },
		{ &vdc_upgrade_run_move_kind, (void *)view.moves, view.n_moves, NULL },
	};

	if (vdc_call_output(call) != VDC_OUTPUT_TABLE)
		return status_document(call, tables, VDC_COUNT(tables), err);
	status_head(&view.run, arena);
	print_counts(&view.run, arena);
	status_state(&view.run);
	r = status_table(call, &tables[1], err);
	if (!r)
		r = status_table(call, &tables[2], err);
	if (!r)
		print_failures(seen);
	return r;
}

int cluster_upgrade_status(struct vdc_call *call, struct vdc_err *err)
{
	const char *const *words;
	const char *word = vdc_call_operands(call, &words) ? words[0] : NULL, *job;
	const struct vdc_upgrade_seen *seen;
	struct vdc_upgrade_watch *watch;
	int r = cluster_upgrade_find(call, word, &job, err);

	if (r)
		return r;
	if (vdc_given(call, "follow"))
		return cluster_upgrade_attach(call, job, 0, err);
	r = vdc_upgrade_watch_new(vdc_call_db(call), job, &watch, err);
	if (r)
		return r;
	r = vdc_upgrade_watch_look(watch, err);
	if (!r) {
		seen = vdc_upgrade_watch_seen(watch);
		r = cluster_upgrade_is_of_data_center(seen->job)
			    ? cluster_upgrade_print_data_center(call, seen, err)
			    : cluster_upgrade_print_status(call, seen, err);
	}
	vdc_upgrade_watch_free(watch);
	return r;
}
