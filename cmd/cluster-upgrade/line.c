/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* News of a run as a line for people. */
#include <string.h>

#include "base/buf.h"
#include "cli/work.h"
#include "cluster_upgrade.h"

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

const char *cluster_upgrade_line(const struct vdc_work_news *news, struct vdc_arena *arena)
{
	vdc_autobuf line = { 0 };

	if (news->kind == VDC_WORK_MOVE)
		return vdc_work_move_line(news->move, arena);
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
