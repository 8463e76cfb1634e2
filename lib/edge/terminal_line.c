/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module vdc-terminal: the line itself, through terminfo. */
#include "edge/terminal_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* After the others: term.h defines macros of common names. */
#include <curses.h>
#include <term.h>

#include "base/cells.h"

struct terminfo {
	struct vdc_terminal terminal;
	TERMINAL *info;
	const char *start_of_line;
	const char *clear_to_end;
};

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 ? NULL : value;
}

static struct vdc_terminal *open_stderr(void)
{
	struct terminfo *found;
	int why;

	if (setupterm(NULL, STDERR_FILENO, &why) != 0)
		return NULL;
	found = vdc_alloc(sizeof(*found));
	found->terminal.ops = &vdc_terminal_module;
	found->info = cur_term;
	found->start_of_line = capability("cr");
	found->clear_to_end = capability("el");
	if (found->start_of_line && found->clear_to_end)
		return &found->terminal;
	del_curterm(found->info);
	free(found);
	return NULL;
}

static int width_of_stderr(void)
{
	struct winsize size;
	int width = 0;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	return width > 0 ? width : 80;
}

static int put(int c)
{
	return putc(c, stderr);
}

static void draw(struct vdc_terminal *terminal, const char *text)
{
	const struct terminfo *info = (const struct terminfo *)terminal;
	vdc_autobuf line = { 0 };

	/* The last column stays free: some terminals go on to the next line there. */
	vdc_cells_add(&line, text, width_of_stderr() - 1);
	tputs(info->start_of_line, 1, put);
	fputs(vdc_buf_str(&line), stderr);
	tputs(info->clear_to_end, 1, put);
	fflush(stderr);
}

static void close_terminal(struct vdc_terminal *terminal)
{
	struct terminfo *info = (struct terminfo *)terminal;

	draw(terminal, "");
	del_curterm(info->info);
	free(info);
}

const struct vdc_terminal_ops vdc_terminal_module = {
	.open = open_stderr,
	.line = draw,
	.close = close_terminal,
};
