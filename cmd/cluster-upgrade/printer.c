/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* News of a run on standard output: a line for each, or a stream of JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/data_center_upgrade.h"
#include "base/map.h"
#include "base/time.h"
#include "cli/json_line.h"
#include "cluster_upgrade.h"

/* Between two lines of the progress of a migration. */
#define QUIET_TIME (10 * VDC_SECOND)

enum { STREAM_VERSION = 1 };

static const char *const move_words[] = {
	[VDC_MOVE_BEGUN] = "begun",	  [VDC_MOVE_ADOPTED] = "adopted",
	[VDC_MOVE_PROGRESS] = "progress", [VDC_MOVE_LATE] = "late",
	[VDC_MOVE_ENDED] = "ended",	  [VDC_MOVE_WAITS] = "waits",
};

static const char *const event_words[] = {
	[VDC_WORK_NOTE] = "note",
	[VDC_WORK_STEP] = "step",
	[VDC_WORK_MOVE] = "move",
	[VDC_WORK_WAITS] = "waits",
};

struct cluster_upgrade_printer {
	char *job;
	char *cluster; /* of a data centre: whose turn it is; NULL: no cluster's */
	bool json;
	struct vdc_arena *arena; /* of one line */
	struct vdc_map *said;	 /* VM -> when its progress was said, monotonic */
	int r;			 /* the first error */
	struct vdc_err err;
};

/* TIME 0: now */
static struct vdc_json_line begin_line(struct cluster_upgrade_printer *p, const char *event,
				       int64_t time)
{
	struct vdc_json_line line = vdc_json_line(p->arena);

	vdc_json_line_time(&line, "time", time ? time : vdc_time_now());
	vdc_json_line_text(&line, "event", event);
	vdc_json_line_text(&line, "cluster", p->cluster);
	return line;
}

static void print_json(struct cluster_upgrade_printer *p, const struct vdc_json_line *line)
{
	int r = vdc_json_line_print(line, &p->err);

	if (!p->r)
		p->r = r;
}

static void print_text(struct cluster_upgrade_printer *p, const char *text, int64_t time)
{
	int64_t seconds = (time ? time : vdc_time_now()) / VDC_SECOND;
	char shown[VDC_TIME_LEN + 1];

	printf("%s %s\n", vdc_time_format(seconds * VDC_SECOND, shown), text);
	if (fflush(stdout) && !p->r)
		p->r = vdc_err_set(&p->err, -errno, "standard output: %s", strerror(errno));
}

struct cluster_upgrade_printer *cluster_upgrade_printer_new(struct vdc_call *call, const char *job,
							    const struct vdc_kind *kind,
							    const char *name)
{
	struct cluster_upgrade_printer *p = vdc_alloc(sizeof(*p));
	struct vdc_json_line line;

	p->job = vdc_strdup(job);
	p->json = vdc_call_output(call) == VDC_OUTPUT_JSON;
	p->arena = vdc_arena_new();
	p->said = vdc_map_new();
	if (!p->json) {
		print_text(p,
			   vdc_arena_format(p->arena, "upgrade of %s %s: run %s", kind->word,
					    name ? name : "?", job),
			   0);
		return p;
	}
	line = vdc_json_line(p->arena);
	vdc_json_line_number(&line, "version", STREAM_VERSION);
	vdc_json_line_text(&line, "job", job);
	vdc_json_line_text(&line, kind->name, name);
	vdc_json_line_time(&line, "time", vdc_time_now());
	print_json(p, &line);
	return p;
}

void cluster_upgrade_printer_free(struct cluster_upgrade_printer *p)
{
	if (!p)
		return;
	vdc_map_free(p->said);
	vdc_arena_free(p->arena);
	free(p->cluster);
	free(p->job);
	free(p);
}

static bool is_too_soon(struct cluster_upgrade_printer *p, const struct vdc_work_news *news)
{
	const char *vm = news->kind == VDC_WORK_MOVE ? news->move->move->vm_id : NULL;
	int64_t now = vdc_time_monotonic();
	uint64_t *said;

	if (!vm)
		return false;
	said = vdc_map_add(p->said, vm, strlen(vm));
	if (news->move->news == VDC_MOVE_PROGRESS && now - (int64_t)*said < QUIET_TIME)
		return true;
	*said = (uint64_t)now;
	return false;
}

static int64_t or_unset(int64_t value)
{
	return value < 0 ? VDC_UNSET : value;
}

static void add_move(const struct vdc_json_line *line, const struct vdc_move_report *report)
{
	const struct vdc_move *move = report->move;
	bool ended = report->news == VDC_MOVE_ENDED;

	vdc_json_line_text(line, "vm", move->vm_name ? move->vm_name : move->vm_id);
	vdc_json_line_text(line, "from", move->from_name);
	vdc_json_line_text(line, "to", move->to_name);
	vdc_json_line_text(line, "news", move_words[report->news]);
	vdc_json_line_number(line, "done", or_unset(report->done));
	vdc_json_line_number(line, "total", or_unset(report->total));
	vdc_json_line_number(line, "rate", or_unset(report->rate));
	vdc_json_line_number(line, "left",
			     report->eta_us < 0 ? VDC_UNSET : report->eta_us / VDC_SECOND);
	vdc_json_line_text(line, "text", ended ? move->reason : report->text);
	if (!ended)
		return;
	vdc_json_line_text(line, "result", vdc_enum_word(&vdc_move_end_values, move->end));
	if (move->end == VDC_MOVE_DONE) {
		vdc_json_line_number(line, "took_ms", or_unset(move->took_us / 1000));
		vdc_json_line_number(line, "pause_ms", or_unset(move->downtime_ms));
	}
}

static void print_event(struct cluster_upgrade_printer *p, const struct vdc_work_news *news)
{
	struct vdc_json_line line = begin_line(p, event_words[news->kind], news->time);

	if (news->kind == VDC_WORK_MOVE) {
		add_move(&line, news->move);
	} else {
		vdc_json_line_text(&line, "host", news->host);
		vdc_json_line_text(&line, "vm", news->vm);
		vdc_json_line_text(&line, "text", news->text);
	}
	if (news->kind == VDC_WORK_STEP) {
		vdc_json_line_text(&line, "action", news->action);
		vdc_json_line_text(&line, "status",
				   vdc_enum_word(&vdc_job_status_values, news->status));
	}
	print_json(p, &line);
}

void cluster_upgrade_told(void *ctx, const struct vdc_work_news *news)
{
	struct cluster_upgrade_printer *p = ctx;
	const char *text;

	vdc_arena_reset(p->arena);
	if (is_too_soon(p, news))
		return;
	if (p->json) {
		print_event(p, news);
		return;
	}
	text = cluster_upgrade_line(news, p->arena);
	if (text)
		print_text(p, text, news->time);
}

static void set_cluster(struct cluster_upgrade_printer *p, const char *cluster)
{
	free(p->cluster);
	p->cluster = vdc_strdup(cluster);
}

static void print_turn(struct cluster_upgrade_printer *p, const struct vdc_job_step *step,
		       bool of_cluster)
{
	const char *child = vdc_data_center_child(step);
	struct vdc_json_line line = begin_line(p, of_cluster ? "cluster" : "step", 0);

	if (!of_cluster)
		vdc_json_line_text(&line, "action", step->action);
	vdc_json_line_text(&line, "job", child);
	vdc_json_line_text(&line, "status", vdc_enum_word(&vdc_job_status_values, step->status));
	if (step->status != VDC_JOB_STARTED)
		vdc_json_line_text(&line, "text", step->message);
	print_json(p, &line);
}

static const char *turn_text(const struct cluster_upgrade_printer *p,
			     const struct vdc_job_step *step)
{
	const char *child = vdc_data_center_child(step);

	if (step->status != VDC_JOB_STARTED)
		return vdc_arena_format(
			p->arena, "%s%s%s", vdc_enum_word(&vdc_job_status_values, step->status),
			step->message ? ": " : "", step->message ? step->message : "");
	return child ? vdc_arena_format(p->arena, "run %s", child) : "its turn has come";
}

void cluster_upgrade_told_turn(struct cluster_upgrade_printer *p, const struct vdc_job_step *step)
{
	bool of_cluster = strcmp(step->action, VDC_UPGRADE_ACTION) == 0;

	vdc_arena_reset(p->arena);
	if (step->status == VDC_JOB_QUEUED || (!of_cluster && step->status == VDC_JOB_STARTED))
		return;
	set_cluster(p, of_cluster ? step->object_name : NULL);
	if (p->json)
		print_turn(p, step, of_cluster);
	else
		print_text(p,
			   vdc_arena_format(p->arena, "%s %s: %s%s",
					    of_cluster ? vdc_cluster_kind.word
						       : vdc_data_center_kind.word,
					    step->object_name,
					    of_cluster ? "" : "raise_level: ", turn_text(p, step)),
			   0);
	if (step->status != VDC_JOB_STARTED)
		set_cluster(p, NULL);
}

int cluster_upgrade_printer_error(const struct cluster_upgrade_printer *p, struct vdc_err *err)
{
	return p->r ? vdc_err_set(err, p->r, "%s", vdc_err_text(&p->err)) : 0;
}

int cluster_upgrade_printer_end(struct cluster_upgrade_printer *p, enum vdc_job_status status,
				int code, const char *text, struct vdc_err *err)
{
	const char *word = vdc_enum_word(&vdc_job_status_values, status);
	struct vdc_json_line line;

	vdc_arena_reset(p->arena);
	if (!p->json) {
		print_text(p,
			   vdc_arena_format(p->arena, "run %s: %s%s%s", p->job, word,
					    text ? ": " : "", text ? text : ""),
			   0);
		return cluster_upgrade_printer_error(p, err);
	}
	line = begin_line(p, "end", 0);
	vdc_json_line_text(&line, "status", word);
	vdc_json_line_number(&line, "exit_code", code);
	vdc_json_line_text(&line, "text", text);
	print_json(p, &line);
	return cluster_upgrade_printer_error(p, err);
}
