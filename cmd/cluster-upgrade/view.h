/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The screen of a run: what cmd/cluster-upgrade/view*.c share. */
#pragma once

#include "base/buf.h"
#include "cli/screen.h"
#include "follow.h"

enum view_pane { VIEW_HOSTS, VIEW_LOG, VIEW_PANES };

struct view_line { /* of the log */
	char *text;
	unsigned look;
};

struct view {
	struct following *f;
	struct vdc_screen *screen;
	struct vdc_arena *arena; /* of the picture */
	struct vdc_upgrade_view now;
	struct vdc_buf log;	 /* struct view_line */
	enum view_pane pane;	 /* which one scrolls */
	bool moved[VIEW_PANES];	 /* somebody scrolled it: it does not follow by itself */
	size_t top[VIEW_PANES];	 /* first line that is shown */
	size_t room[VIEW_PANES]; /* lines that were shown */
	bool help;
	char *notice; /* in the place of the keys, until the next key */
};

void view_draw(struct view *view);
/* TEXT at the end of the log, with the time of day; TIME 0: now. */
void view_log(struct view *view, unsigned look, const char *text, int64_t time);
size_t view_log_lines(const struct view *view);
