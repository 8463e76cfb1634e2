/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/progress.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "edge/terminal.h"

enum { WORTH_A_LINE = 2 * 1000 * 1000, WORTH_DRAWING = 200 * 1000, REDRAW = 50 * 1000 };

struct vdc_progress {
	struct vdc_terminal *terminal; /* NULL: lines */
	int64_t start;
	int64_t drawn;
	size_t total;
	size_t done;
	char step[256];
};

static struct vdc_progress *current; /* the one whose line messages must not overwrite */

static void clear_for_message(void)
{
	if (current && current->terminal && current->drawn) {
		vdc_terminal_line(current->terminal, "");
		current->drawn = 0;
	}
}

struct vdc_progress *vdc_progress_new(size_t total)
{
	struct vdc_progress *progress = vdc_alloc(sizeof(*progress));

	progress->start = vdc_time_monotonic();
	progress->total = total;
	if (vdc_log_most() > VDC_LOG_ERROR)
		progress->terminal = vdc_terminal_open();
	current = progress;
	vdc_log_before(clear_for_message);
	return progress;
}

void vdc_progress_free(struct vdc_progress *progress)
{
	if (!progress)
		return;
	vdc_log_before(NULL);
	current = NULL;
	vdc_terminal_close(progress->terminal);
	free(progress);
}

static const char *line_of(const struct vdc_progress *progress, char *out, size_t size)
{
	if (progress->total)
		snprintf(out, size, "[%zu/%zu] %s", progress->done, progress->total,
			 progress->step);
	else
		snprintf(out, size, "%s", progress->step);
	return out;
}

static void draw(struct vdc_progress *progress, bool news)
{
	int64_t now = vdc_time_monotonic();
	char line[sizeof(progress->step) + 64];

	if (!progress->terminal || now - progress->start < WORTH_DRAWING)
		return;
	if (!news && now - progress->drawn < REDRAW)
		return;
	vdc_terminal_line(progress->terminal, line_of(progress, line, sizeof(line)));
	progress->drawn = now;
}

static void say(const struct vdc_progress *progress)
{
	char line[sizeof(progress->step) + 64];

	if (vdc_time_monotonic() - progress->start >= WORTH_A_LINE)
		vdc_log(VDC_LOG_NOTICE, "%s", line_of(progress, line, sizeof(line)));
}

void vdc_progress_step(struct vdc_progress *progress, const char *fmt, ...)
{
	char step[sizeof(progress->step)];
	va_list args;
	bool news;

	va_start(args, fmt);
	vsnprintf(step, sizeof(step), fmt, args);
	va_end(args);
	news = strcmp(step, progress->step) != 0;
	memcpy(progress->step, step, sizeof(step));
	if (progress->terminal)
		draw(progress, news);
	else if (news)
		say(progress);
}

void vdc_progress_within(struct vdc_progress *progress, const char *fmt, ...)
{
	va_list args;

	if (!progress->terminal)
		return;
	va_start(args, fmt);
	vsnprintf(progress->step, sizeof(progress->step), fmt, args);
	va_end(args);
	draw(progress, false);
}

void vdc_progress_done(struct vdc_progress *progress, size_t done)
{
	progress->done = done;
	draw(progress, false);
}
