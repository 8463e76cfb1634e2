/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* News of a run as a line for people. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "cluster_upgrade.h"
#include "plan/upgrade_view.h"

#define MIB (INT64_C(1) << 20)

static void add_subject(struct vdc_buf *line, const struct vdc_work_news *news)
{
	if (news->vm)
		vdc_buf_printf(line, "VM %s: ", news->vm);
	else if (news->host)
		vdc_buf_printf(line, "host %s: ", news->host);
}

static void add_text(struct vdc_buf *line, const char *before, const char *text)
{
	if (text && *text)
		vdc_buf_printf(line, "%s%s", before, text);
}

static void add_bytes(struct vdc_buf *line, const struct vdc_move_report *report,
		      struct vdc_arena *arena)
{
	vdc_buf_printf(line, "%" PRId64 " of %" PRId64 " MiB", report->done / MIB,
		       report->total / MIB);
	if (report->rate >= 0)
		vdc_buf_printf(line, ", %" PRId64 " MiB/s", report->rate / MIB);
	if (report->eta_us >= 0)
		vdc_buf_printf(line, ", %s left",
			       vdc_upgrade_time(report->eta_us / VDC_SECOND, arena));
}

static void add_end(struct vdc_buf *line, const struct vdc_move *move, struct vdc_arena *arena)
{
	vdc_buf_puts(line, vdc_enum_word(&vdc_move_end_values, move->end));
	if (move->end == VDC_MOVE_DONE && move->took_us > 0)
		vdc_buf_printf(line, " in %s", vdc_upgrade_time(move->took_us / VDC_SECOND, arena));
	if (move->end == VDC_MOVE_DONE && move->downtime_ms >= 0)
		vdc_buf_printf(line, ", paused for %" PRId64 " ms", move->downtime_ms);
	add_text(line, ": ", move->reason);
}

static void add_move(struct vdc_buf *line, const struct vdc_move_report *report,
		     struct vdc_arena *arena)
{
	const struct vdc_move *move = report->move;

	vdc_buf_printf(line, "VM %s: ", move->vm_name ? move->vm_name : move->vm_id);
	if (move->from_name && move->to_name)
		vdc_buf_printf(line, "%s to %s: ", move->from_name, move->to_name);
	switch (report->news) {
	case VDC_MOVE_BEGUN:
		vdc_buf_puts(line, "migration begun");
		break;
	case VDC_MOVE_ADOPTED:
		vdc_buf_puts(line, "a migration is under way already: waiting for it");
		break;
	case VDC_MOVE_PROGRESS:
		add_bytes(line, report, arena);
		break;
	case VDC_MOVE_LATE:
		vdc_buf_puts(line,
			     "its time is up, and post-copy cannot be cancelled: waiting for it");
		break;
	case VDC_MOVE_WAITS:
		vdc_buf_puts(line, "waiting");
		add_text(line, ": ", report->text);
		break;
	case VDC_MOVE_ENDED:
		add_end(line, move, arena);
		break;
	}
}

const char *cluster_upgrade_line(const struct vdc_work_news *news, struct vdc_arena *arena)
{
	vdc_autobuf line = { 0 };

	if (news->kind == VDC_WORK_MOVE) {
		if (news->move->news == VDC_MOVE_PROGRESS && news->move->total <= 0)
			return NULL;
		add_move(&line, news->move, arena);
		return vdc_arena_strdup(arena, vdc_buf_str(&line));
	}
	/* One line for each step: that it began is told by the host's, and waits say what lasts. */
	if (news->kind == VDC_WORK_STEP && news->status == VDC_JOB_STARTED &&
	    !(news->action && strcmp(news->action, "upgrade") == 0))
		return NULL;
	add_subject(&line, news);
	switch (news->kind) {
	case VDC_WORK_STEP:
		vdc_buf_printf(&line, "%s: %s", news->action,
			       vdc_enum_word(&vdc_job_status_values, news->status));
		add_text(&line, ": ", news->text);
		break;
	case VDC_WORK_WAITS:
		add_text(&line, "waiting for ", news->text);
		break;
	case VDC_WORK_NOTE:
	case VDC_WORK_MOVE:
		add_text(&line, "", news->text);
		break;
	}
	return vdc_arena_strdup(arena, vdc_buf_str(&line));
}
