/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The screen of a run: keys, and what happens meanwhile. Closing it does nothing to the run. */
#include "view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"

/* Times and bars go on between two looks at the database. */
#define TICK (VDC_SECOND / 4)

enum { LOG_MAX = 2000 };

size_t view_log_lines(const struct view *view)
{
	return view->log.len / sizeof(struct view_line);
}

static void forget_oldest(struct view *view)
{
	struct view_line *lines = (void *)view->log.data;
	size_t n = view_log_lines(view), gone = LOG_MAX / 4;

	if (n < LOG_MAX)
		return;
	for (size_t i = 0; i < gone; i++)
		free(lines[i].text);
	memmove(lines, lines + gone, (n - gone) * sizeof(*lines));
	view->log.len -= gone * sizeof(*lines);
	view->top[VIEW_LOG] -= view->top[VIEW_LOG] < gone ? view->top[VIEW_LOG] : gone;
}

void view_log(struct view *view, unsigned look, const char *text, int64_t time)
{
	time_t seconds = (time_t)((time ? time : vdc_time_now()) / VDC_SECOND);
	struct view_line line = { .look = look };
	char clock[16] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	forget_oldest(view);
	line.text = vdc_format("%s %s", clock, text);
	vdc_buf_add(&view->log, &line, sizeof(line));
}

static unsigned look_of(const struct vdc_work_news *news)
{
	if (news->kind == VDC_WORK_WAITS)
		return VDC_LOOK_WARNING;
	if (news->kind == VDC_WORK_STEP && news->status == VDC_JOB_FAILED)
		return VDC_LOOK_BAD;
	if (news->kind == VDC_WORK_MOVE && news->move->news == VDC_MOVE_ENDED &&
	    news->move->move->end != VDC_MOVE_DONE)
		return VDC_LOOK_BAD;
	return VDC_LOOK_PLAIN;
}

/* Bars show progress. */
static void told(void *ctx, const struct vdc_work_news *news)
{
	struct view *view = ctx;
	const char *line;

	if (news->kind == VDC_WORK_MOVE && news->move->news == VDC_MOVE_PROGRESS)
		return;
	line = cluster_upgrade_line(news, view->arena);
	if (line)
		view_log(view, look_of(news), line, news->time);
}

static void set_notice(struct view *view, char *text)
{
	free(view->notice);
	view->notice = text;
}

static void interrupt(struct view *view)
{
	static const char *const words[] = {
		" asked the run to stop after what moves now; Ctrl-C again aborts that",
		" asked the run to abort what moves",
	};
	struct vdc_err err = { 0 };
	size_t before = view->f->asked ? 1 : 0;

	if (following_interrupt(view->f, &err))
		set_notice(view, vdc_format(" %s", vdc_err_text(&err)));
	else
		set_notice(view, vdc_strdup(words[before]));
}

static void scroll(struct view *view, int64_t by)
{
	size_t *top = &view->top[view->pane];

	view->moved[view->pane] = true;
	if (by < 0)
		*top -= *top < (size_t)-by ? *top : (size_t)-by;
	else
		*top += (size_t)by; /* as far as it goes: the picture sees to that */
}

static void scroll_to(struct view *view, bool end)
{
	view->moved[view->pane] = !end;
	view->top[view->pane] = 0;
}

/* Returns whether the screen is to be closed. */
static bool take_key(struct view *view, int key)
{
	int64_t page = (int64_t)view->room[view->pane];

	if (key == VDC_KEY_NONE || key == VDC_KEY_REDRAW)
		return false;
	if (key != VDC_KEY_INTERRUPT)
		set_notice(view, NULL);
	if (view->help && key != VDC_KEY_INTERRUPT && key != VDC_KEY_GONE) {
		view->help = false;
		return false;
	}
	switch (key) {
	case 'q':
	case 'Q':
	case VDC_KEY_ESCAPE:
	case VDC_KEY_GONE:
		return true;
	case VDC_KEY_INTERRUPT:
		interrupt(view);
		break;
	case '?':
	case 'h':
		view->help = true;
		break;
	case VDC_KEY_TAB:
		view->pane = (view->pane + 1) % VIEW_PANES;
		break;
	case VDC_KEY_UP:
	case 'k':
		scroll(view, -1);
		break;
	case VDC_KEY_DOWN:
	case 'j':
		scroll(view, 1);
		break;
	case VDC_KEY_PAGE_UP:
		scroll(view, -page);
		break;
	case VDC_KEY_PAGE_DOWN:
	case ' ':
		scroll(view, page);
		break;
	case VDC_KEY_HOME:
	case VDC_KEY_END:
		scroll_to(view, key == VDC_KEY_END);
		break;
	}
	return false;
}

static void take_messages(struct view *view)
{
	char *line;

	while ((line = vdc_screen_said(view->screen))) {
		view_log(view, VDC_LOOK_WARNING, line, 0);
		free(line);
	}
}

/* 1: it was closed; 0: the run is over. */
static int show(struct view *view, struct vdc_err *err)
{
	unsigned from_start = view->f->flags & CLUSTER_UPGRADE_FROM_START;
	int r = 1, key = VDC_KEY_NONE;

	for (bool first = true;; first = false) {
		if (r == 1)
			vdc_upgrade_watch_tell(view->f->watch, from_start && first, told, view);
		take_messages(view);
		view_draw(view);
		if (following_is_over(view->f))
			return 0;
		key = vdc_screen_key(view->screen, TICK);
		if (take_key(view, key))
			return 1;
		r = following_look(view->f, err);
		if (r < 0)
			return r;
	}
}

static void free_log(struct view *view)
{
	struct view_line *lines = (void *)view->log.data;

	for (size_t i = 0; i < view_log_lines(view); i++)
		free(lines[i].text);
	vdc_buf_free(&view->log);
}

int cluster_upgrade_view(struct following *f, int *code, struct vdc_err *err)
{
	const char *run = f->parent ? f->parent : f->job;
	struct view view = { .f = f };
	int r;

	view.screen = vdc_screen_open();
	if (!view.screen)
		return -ENOTTY;
	view.arena = vdc_arena_new();
	r = show(&view, err);
	vdc_screen_close(view.screen);
	vdc_arena_free(view.arena);
	free(view.notice);
	free_log(&view);
	if (r < 0)
		return r;
	*code = r ? 0 : following_code(f);
	if (r)
		vdc_log(VDC_LOG_NOTICE,
			"run %s goes on; cluster-upgrade status --follow %s shows it again", run,
			run);
	else
		r = cluster_upgrade_print_status(f->call, vdc_upgrade_watch_seen(f->watch), err);
	return r < 0 ? r : 0;
}
