/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-tui: the screen, through ncurses. What signals do stands in edge/tui_signal.c. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* After the others: term.h defines macros of common names. */
#include "base/cells.h"
#include "base/time.h"
#include "edge/tui_ops.h"
#include "edge/tui_signal.h"

#include <curses.h>
#include <term.h>
#undef lines
#undef columns

struct curses {
	struct vdc_tui tui;
	SCREEN *screen;
	struct tui_signals signals;
	bool colours;
};

enum { GOOD = 1, BUSY, WARNING, BAD }; /* pairs of colours */

static bool can_draw(void)
{
	const char *move = tigetstr("cup");

	return move && move != (const char *)-1;
}

static void set_up_colours(struct curses *c)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	init_pair(GOOD, COLOR_GREEN, -1);
	init_pair(BUSY, COLOR_CYAN, -1);
	init_pair(WARNING, COLOR_YELLOW, -1);
	init_pair(BAD, COLOR_RED, -1);
	c->colours = true;
}

static struct vdc_tui *open_curses(void)
{
	struct curses *c = vdc_alloc(sizeof(*c));

	c->tui.ops = &vdc_tui_module;
	fflush(stdout);
	tui_signals_take(&c->signals);
	if (c->signals.fd >= 0)
		c->screen = newterm(NULL, stdout, stdin);
	if (!c->screen || !can_draw()) {
		if (c->screen) {
			endwin();
			delscreen(c->screen);
		}
		tui_signals_give_back(&c->signals);
		free(c);
		return NULL;
	}
	set_up_colours(c);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	return &c->tui;
}

static void close_curses(struct vdc_tui *tui)
{
	struct curses *c = (struct curses *)tui;

	endwin();
	delscreen(c->screen);
	tui_signals_give_back(&c->signals);
	free(c);
}

static void size_of(const struct vdc_tui *tui vdc_unused, int *lines, int *columns)
{
	getmaxyx(stdscr, *lines, *columns);
}

static void clear_all(struct vdc_tui *tui vdc_unused)
{
	erase();
}

static attr_t attributes(unsigned look)
{
	return (look & VDC_LOOK_BOLD ? A_BOLD : A_NORMAL) | (look & VDC_LOOK_DIM ? A_DIM : 0) |
	       (look & VDC_LOOK_REVERSE ? A_REVERSE : 0);
}

static short pair_of(unsigned look)
{
	if (look & VDC_LOOK_BAD)
		return BAD;
	if (look & VDC_LOOK_WARNING)
		return WARNING;
	if (look & VDC_LOOK_BUSY)
		return BUSY;
	return look & VDC_LOOK_GOOD ? GOOD : 0;
}

static int put(struct vdc_tui *tui, int line, int column, int width, unsigned look,
	       const char *text)
{
	const struct curses *c = (const struct curses *)tui;
	int lines, columns, used;
	vdc_autobuf shown = { 0 };

	getmaxyx(stdscr, lines, columns);
	if (line < 0 || line >= lines || column < 0 || column >= columns)
		return 0;
	used = vdc_cells_add(&shown, text, width < columns - column ? width : columns - column);
	attr_set(attributes(look), c->colours ? pair_of(look) : 0, NULL);
	mvaddstr(line, column, vdc_buf_str(&shown));
	attr_set(A_NORMAL, 0, NULL);
	return used;
}

static void show(struct vdc_tui *tui vdc_unused)
{
	refresh();
}

static int take_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
	return VDC_KEY_REDRAW;
}

static int signal_key(struct curses *c)
{
	switch (tui_signals_read(&c->signals)) {
	case SIGINT:
		return VDC_KEY_INTERRUPT;
	case SIGTSTP:
		endwin();
		tui_signals_stop();
		return take_size();
	case SIGWINCH:
	case SIGCONT:
		return take_size();
	case 0:
		return VDC_KEY_NONE;
	default:
		return VDC_KEY_GONE;
	}
}

static int translate(int key)
{
	static const struct {
		int from, to;
	} keys[] = {
		{ KEY_UP, VDC_KEY_UP },		{ KEY_DOWN, VDC_KEY_DOWN },
		{ KEY_PPAGE, VDC_KEY_PAGE_UP }, { KEY_NPAGE, VDC_KEY_PAGE_DOWN },
		{ KEY_HOME, VDC_KEY_HOME },	{ KEY_END, VDC_KEY_END },
		{ KEY_RESIZE, VDC_KEY_REDRAW }, { 3, VDC_KEY_INTERRUPT },
	};

	for (size_t i = 0; i < VDC_COUNT(keys); i++)
		if (keys[i].from == key)
			return keys[i].to;
	if (key == 12)
		return take_size(); /* Ctrl-L */
	return key > 0 && key < KEY_MIN ? key : VDC_KEY_NONE;
}

static int read_key(struct vdc_tui *tui, int64_t limit_us)
{
	struct curses *c = (struct curses *)tui;
	struct pollfd fds[] = { { .fd = c->signals.fd, .events = POLLIN },
				{ .fd = STDIN_FILENO, .events = POLLIN } };
	int key = getch(); /* what was read already */

	if (key != ERR)
		return translate(key);
	if (poll(fds, VDC_COUNT(fds), (int)(limit_us / 1000)) <= 0)
		return VDC_KEY_NONE;
	if (fds[0].revents)
		return signal_key(c);
	key = fds[1].revents & POLLIN ? getch() : ERR;
	if (key == ERR && fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
		return VDC_KEY_GONE;
	return key == ERR ? VDC_KEY_NONE : translate(key);
}

const struct vdc_tui_ops vdc_tui_module = {
	.open = open_curses,
	.close = close_curses,
	.size = size_of,
	.clear = clear_all,
	.put = put,
	.show = show,
	.key = read_key,
};
