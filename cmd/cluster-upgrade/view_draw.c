/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture: what it is about and how far it is, hosts by wave, VMs on their way, the log, keys. */
#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "view.h"

#define MIB (INT64_C(1) << 20)

enum { WIDE = 72, BAR = 20, LEAST_LOG = 4, LEAST_LINES = 8 };

static const unsigned host_looks[] = {
	[VDC_RUN_HOST_WAITING] = VDC_LOOK_DIM,	       [VDC_RUN_HOST_WORKING] = VDC_LOOK_BUSY,
	[VDC_RUN_HOST_INTERRUPTED] = VDC_LOOK_WARNING, [VDC_RUN_HOST_UPGRADED] = VDC_LOOK_GOOD,
	[VDC_RUN_HOST_FAILED] = VDC_LOOK_BAD,	       [VDC_RUN_HOST_SKIPPED] = VDC_LOOK_WARNING,
};

static const char *shorten_id(const struct view *view, const char *id)
{
	return vdc_arena_strndup(view->arena, id, 8);
}

static void draw_title(struct view *view)
{
	const struct vdc_upgrade_run *run = &view->now.run;
	struct vdc_screen *s = view->screen;

	vdc_screen_line(s, 0);
	vdc_screen_put(s, 0, VDC_LOOK_REVERSE | VDC_LOOK_BOLD, " %s ",
		       run->cluster.name ? run->cluster.name : "?");
	vdc_screen_put(s, 0, VDC_LOOK_REVERSE, " upgrade %s: %s", shorten_id(view, run->id),
		       view->f->away ? "the database is away, trying again"
				     : vdc_enum_word(&vdc_job_status_values, run->status));
	if (run->request > 0)
		vdc_screen_put(s, 0, VDC_LOOK_REVERSE, ", asked to %s",
			       vdc_enum_word(&vdc_job_request_values, run->request));
	if (run->owner)
		vdc_screen_put(s, 0, VDC_LOOK_REVERSE, " by %s", run->owner);
	vdc_screen_fill(s, VDC_LOOK_REVERSE);
}

static void draw_progress(struct view *view)
{
	const struct vdc_upgrade_run *run = &view->now.run;
	struct vdc_screen *s = view->screen;
	unsigned look = run->hosts_failed ? VDC_LOOK_WARNING : VDC_LOOK_GOOD;

	vdc_screen_line(s, 1);
	if (vdc_screen_columns(s) >= WIDE) {
		vdc_screen_put(s, 0, 0, "[");
		vdc_screen_bar(s, BAR, run->percent, look,
			       vdc_arena_format(view->arena, "%" PRId64 " %%", run->percent));
		vdc_screen_put(s, 0, 0, "] ");
	} else {
		vdc_screen_put(s, 0, look, "%" PRId64 "%% ", run->percent);
	}
	vdc_screen_put(s, 0, 0, "%" PRId64 "/%" PRId64 " hosts", run->hosts_done, run->hosts);
	if (run->hosts_failed)
		vdc_screen_put(s, 0, VDC_LOOK_BAD, ", %" PRId64 " failed", run->hosts_failed);
	if (run->wave != VDC_UNSET)
		vdc_screen_put(s, 0, 0, "  wave %" PRId64 "/%" PRId64, run->wave, run->waves);
	vdc_screen_put(s, 0, 0, "  %s", vdc_upgrade_time(run->elapsed, view->arena));
	if (run->left != VDC_UNSET)
		vdc_screen_put(s, 0, VDC_LOOK_DIM, ", about %s left",
			       vdc_upgrade_time(run->left, view->arena));
}

static void draw_waits(struct view *view)
{
	const struct vdc_upgrade_run *run = &view->now.run;
	bool alone =
		!run->owner && vdc_upgrade_is_open(vdc_upgrade_watch_seen(view->f->watch)->job);

	vdc_screen_line(view->screen, 2);
	if (run->waits)
		vdc_screen_put(view->screen, 0,
			       alone ? VDC_LOOK_WARNING | VDC_LOOK_BOLD : VDC_LOOK_PLAIN,
			       "waits for %s", run->waits);
}

static void draw_host(struct view *view, int line, const struct vdc_upgrade_run_host *host)
{
	struct vdc_screen *s = view->screen;
	unsigned look = host_looks[host->status];
	int name = vdc_screen_columns(s) >= WIDE ? 16 : 8;

	vdc_screen_line(s, line);
	if (vdc_screen_columns(s) >= WIDE)
		vdc_screen_put(s, -4, VDC_LOOK_DIM, "%s",
			       host->wave == VDC_UNSET
				       ? "-"
				       : vdc_arena_format(view->arena, "%" PRId64, host->wave));
	vdc_screen_put(s, 0, 0, " ");
	vdc_screen_put(s, name, look, "%s", host->name);
	vdc_screen_put(s, 12, look, " %s",
		       vdc_enum_word(&vdc_run_host_status_values, host->status));
	vdc_screen_put(s, 10, look, " %s",
		       host->phase && host->status != VDC_RUN_HOST_UPGRADED ? host->phase : "");
	vdc_screen_put(s, -8, 0, "%s",
		       host->took == VDC_UNSET ? "" : vdc_upgrade_time(host->took, view->arena));
	vdc_screen_put(s, -6, 0, "%s",
		       host->moves || host->moved
			       ? vdc_arena_format(view->arena, "%" PRId64 "/%" PRId64, host->moved,
						  host->moves)
			       : "");
	if (host->reason)
		vdc_screen_put(s, 0, look, "  %s", host->reason);
}

/* The first line that is shown: where work is, unless somebody scrolled. */
static size_t first_host(const struct view *view, size_t room)
{
	size_t n = view->now.n_hosts, top = view->top[VIEW_HOSTS], most = n > room ? n - room : 0;

	for (size_t h = 0; h < n && !view->moved[VIEW_HOSTS]; h++) {
		if (view->now.hosts[h].status == VDC_RUN_HOST_WORKING ||
		    view->now.hosts[h].status == VDC_RUN_HOST_WAITING) {
			top = h > 1 ? h - 1 : 0;
			break;
		}
	}
	return top < most ? top : most;
}

static void draw_heading(struct view *view, int line, enum view_pane pane, const char *text)
{
	vdc_screen_line(view->screen, line);
	vdc_screen_put(view->screen, 0,
		       VDC_LOOK_BOLD | (view->pane == pane ? VDC_LOOK_BUSY : VDC_LOOK_PLAIN), "%s",
		       text);
}

static int draw_hosts(struct view *view, int line, int room)
{
	size_t shown = room > 1 ? (size_t)room - 1 : 0, n = view->now.n_hosts;

	if (room < 1 || !n)
		return line;
	view->room[VIEW_HOSTS] = shown;
	view->top[VIEW_HOSTS] = first_host(view, shown);
	draw_heading(view, line++, VIEW_HOSTS,
		     vdc_screen_columns(view->screen) >= WIDE
			     ? "WAVE HOST             STATUS      PHASE         TIME   VMs  REASON"
			     : " HOST     STATUS      PHASE");
	if (n > shown) {
		vdc_screen_put(view->screen, 0, VDC_LOOK_DIM, "  (%zu-%zu of %zu)",
			       view->top[VIEW_HOSTS] + 1, view->top[VIEW_HOSTS] + shown, n);
	}
	for (size_t h = view->top[VIEW_HOSTS]; h < n && shown; h++, shown--)
		draw_host(view, line++, &view->now.hosts[h]);
	return line;
}

static void draw_move(struct view *view, int line, const struct vdc_upgrade_run_move *move)
{
	struct vdc_screen *s = view->screen;
	int64_t percent = move->total > 0 ? move->done * 100 / move->total : 0;

	vdc_screen_line(s, line);
	vdc_screen_put(s, 0, 0, " ");
	vdc_screen_put(s, vdc_screen_columns(s) >= WIDE ? 14 : 8, VDC_LOOK_BUSY, "%s",
		       move->vm.name ? move->vm.name : move->vm.id);
	if (move->from.name && move->to.name)
		vdc_screen_put(s, vdc_screen_columns(s) >= WIDE ? 14 : 0, 0, " %s > %s ",
			       move->from.name, move->to.name);
	else
		vdc_screen_put(s, 14, 0, " %s ", move->action);
	if (move->total <= 0)
		return;
	if (vdc_screen_columns(s) >= WIDE) {
		vdc_screen_put(s, 0, 0, "[");
		vdc_screen_bar(s, 10, percent, VDC_LOOK_BUSY,
			       vdc_arena_format(view->arena, "%" PRId64 " %%", percent));
		vdc_screen_put(s, 0, 0, "]");
	}
	vdc_screen_put(s, -6, 0, "%" PRId64, move->done / MIB);
	vdc_screen_put(s, 0, 0, "/%" PRId64 " MiB", move->total / MIB);
	if (move->rate != VDC_UNSET)
		vdc_screen_put(s, 0, 0, "  %" PRId64 " MiB/s", move->rate / MIB);
	if (move->left != VDC_UNSET)
		vdc_screen_put(s, 0, VDC_LOOK_DIM, "  %s left",
			       vdc_upgrade_time(move->left, view->arena));
}

static int draw_moves(struct view *view, int line, int room)
{
	size_t n = view->now.n_moves;

	if (!n || room < 2)
		return line;
	draw_heading(view, line++, VIEW_PANES, "ON THEIR WAY");
	for (size_t m = 0; m < n && room > 1; m++, room--) {
		if (room == 2 && m + 1 < n) {
			vdc_screen_line(view->screen, line++);
			vdc_screen_put(view->screen, 0, VDC_LOOK_DIM, " and %zu more", n - m);
			break;
		}
		draw_move(view, line++, view->now.moves[m]);
	}
	return line;
}

static void draw_log(struct view *view, int line, int room)
{
	const struct view_line *lines = (const void *)view->log.data;
	size_t n = view_log_lines(view), shown = room > 1 ? (size_t)room - 1 : 0;
	size_t most = n > shown ? n - shown : 0;

	if (room < 1)
		return;
	view->room[VIEW_LOG] = shown;
	if (!view->moved[VIEW_LOG] || view->top[VIEW_LOG] > most)
		view->top[VIEW_LOG] = most;
	if (view->top[VIEW_LOG] == most)
		view->moved[VIEW_LOG] = false;
	draw_heading(view, line++, VIEW_LOG, "LOG");
	if (view->moved[VIEW_LOG])
		vdc_screen_put(view->screen, 0, VDC_LOOK_DIM, "  (%zu more below)",
			       most - view->top[VIEW_LOG]);
	for (size_t i = view->top[VIEW_LOG]; i < n && shown; i++, shown--) {
		vdc_screen_line(view->screen, line++);
		vdc_screen_put(view->screen, 0, lines[i].look, "%s", lines[i].text);
	}
}

static void draw_keys(struct view *view, int line)
{
	static const char keys[] = " q close, the run goes on   Ctrl-C stop   Tab, arrows scroll   "
				   "? help";

	vdc_screen_line(view->screen, line);
	vdc_screen_put(view->screen, 0, VDC_LOOK_REVERSE, "%s", view->notice ? view->notice : keys);
	vdc_screen_fill(view->screen, VDC_LOOK_REVERSE);
}

static void draw_help(struct view *view)
{
	static const char *const lines[] = {
		"q, Esc          close this view; the run goes on, and",
		"                cluster-upgrade status --follow shows it again",
		"Ctrl-C          ask the run to stop after what moves now;",
		"                once more: abort what moves",
		"Tab             scroll hosts, or the log",
		"arrows, j k     one line",
		"PgUp, PgDn      one page",
		"Home, End       to the beginning; to the end, and follow it",
		"Ctrl-L          draw everything again",
		"Ctrl-Z          stop the view; fg brings it back",
		"",
		"any key: back",
	};

	for (size_t i = 0; i < VDC_COUNT(lines); i++) {
		vdc_screen_line(view->screen, (int)i + 2);
		vdc_screen_put(view->screen, 0, 0, "  %s", lines[i]);
	}
}

/* Hosts first, as many as there are; a part of what is left for VMs, the rest for the log. */
static void draw_body(struct view *view, int line, int end)
{
	int room = end - line, hosts = (int)view->now.n_hosts + 1, moves;

	moves = view->now.n_moves ? (int)view->now.n_moves + 1 : 0;
	if (moves > room / 3)
		moves = room / 3;
	if (hosts > room - moves - LEAST_LOG && room > 2 * LEAST_LOG)
		hosts = room - moves - LEAST_LOG;
	if (hosts > room)
		hosts = room;
	line = draw_hosts(view, line, hosts);
	line = draw_moves(view, line, end - line < moves ? end - line : moves);
	draw_log(view, line, end - line);
}

void view_draw(struct view *view)
{
	int lines = vdc_screen_lines(view->screen);

	vdc_arena_reset(view->arena);
	vdc_upgrade_view(vdc_upgrade_watch_seen(view->f->watch), view->arena, &view->now);
	vdc_screen_clear(view->screen);
	draw_title(view);
	if (view->help) {
		draw_help(view);
	} else {
		draw_progress(view);
		draw_waits(view);
		draw_body(view, 3, lines < LEAST_LINES ? lines : lines - 1);
		if (lines >= LEAST_LINES)
			draw_keys(view, lines - 1);
	}
	vdc_screen_show(view->screen);
}
