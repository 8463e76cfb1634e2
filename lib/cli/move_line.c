/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What befalls a migration, as a line for people. */
#include <inttypes.h>

#include "base/time.h"
#include "cli/work.h"
#include "plan/upgrade_view.h"

#define MIB (INT64_C(1) << 20)

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

static void add_reason(struct vdc_buf *line, const char *reason)
{
	if (reason && *reason)
		vdc_buf_printf(line, ": %s", reason);
}

static void add_end(struct vdc_buf *line, const struct vdc_move *move, struct vdc_arena *arena)
{
	vdc_buf_puts(line, vdc_enum_word(&vdc_move_end_values, move->end));
	if (move->end == VDC_MOVE_DONE && move->took_us > 0)
		vdc_buf_printf(line, " in %s", vdc_upgrade_time(move->took_us / VDC_SECOND, arena));
	if (move->end == VDC_MOVE_DONE && move->downtime_ms >= 0)
		vdc_buf_printf(line, ", paused for %" PRId64 " ms", move->downtime_ms);
	add_reason(line, move->reason);
}

static void add_news(struct vdc_buf *line, const struct vdc_move_report *report,
		     struct vdc_arena *arena)
{
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
		add_reason(line, report->text);
		break;
	case VDC_MOVE_ENDED:
		add_end(line, report->move, arena);
		break;
	}
}

const char *vdc_work_move_line(const struct vdc_move_report *report, struct vdc_arena *arena)
{
	const struct vdc_move *move = report->move;
	vdc_autobuf line = { 0 };

	if (report->news == VDC_MOVE_PROGRESS && report->total <= 0)
		return NULL;
	vdc_buf_printf(&line, "VM %s: ", move->vm_name ? move->vm_name : move->vm_id);
	if (move->from_name && move->to_name)
		vdc_buf_printf(&line, "%s to %s: ", move->from_name, move->to_name);
	add_news(&line, report, arena);
	return vdc_arena_strdup(arena, vdc_buf_str(&line));
}
