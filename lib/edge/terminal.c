/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* After the others: term.h defines macros of common names. */
#include <curses.h>
#include <term.h>

#include "base/buf.h"

struct vdc_terminal {
	TERMINAL *info;
	const char *start_of_line;
	const char *clear_to_end;
};

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 ? NULL : value;
}

struct vdc_terminal *vdc_terminal_open(void)
{
	struct vdc_terminal *terminal;
	int why;

	if (!isatty(STDERR_FILENO) || setupterm(NULL, STDERR_FILENO, &why) != 0)
		return NULL;
	terminal = vdc_alloc(sizeof(*terminal));
	terminal->info = cur_term;
	terminal->start_of_line = capability("cr");
	terminal->clear_to_end = capability("el");
	if (terminal->start_of_line && terminal->clear_to_end)
		return terminal;
	del_curterm(terminal->info);
	free(terminal);
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

/* As much of TEXT as fits into WIDTH columns; what cannot be shown becomes '?'. */
static void add_columns(struct vdc_buf *out, const char *text, int width)
{
	mbstate_t state = { 0 };
	size_t left = strlen(text);

	while (left && width > 0) {
		wchar_t c;
		size_t len = mbrtowc(&c, text, left, &state);
		int cells = len <= left ? wcwidth(c) : -1;

		if (cells < 0) {
			state = (mbstate_t){ 0 };
			len = 1;
			vdc_buf_putc(out, '?');
			cells = 1;
		} else if (cells <= width) {
			vdc_buf_add(out, text, len);
		}
		width -= cells;
		text += len;
		left -= len;
	}
}

static int put(int c)
{
	return putc(c, stderr);
}

void vdc_terminal_line(struct vdc_terminal *terminal, const char *text)
{
	vdc_autobuf line = { 0 };

	/* The last column stays free: some terminals go on to the next line there. */
	add_columns(&line, text, width_of_stderr() - 1);
	tputs(terminal->start_of_line, 1, put);
	fputs(vdc_buf_str(&line), stderr);
	tputs(terminal->clear_to_end, 1, put);
	fflush(stderr);
}

void vdc_terminal_close(struct vdc_terminal *terminal)
{
	if (!terminal)
		return;
	vdc_terminal_line(terminal, "");
	del_curterm(terminal->info);
	free(terminal);
}
