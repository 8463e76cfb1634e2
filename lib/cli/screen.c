/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/screen.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cells.h"
#include "edge/tui.h"

struct vdc_screen {
	struct vdc_tui *tui;
	int line, column;
	int said;   /* a file in memory in the place of standard error; -1 */
	int error;  /* standard error itself */
	off_t read; /* what vdc_screen_said has returned */
};

static void catch_stderr(struct vdc_screen *screen)
{
	screen->error = -1;
	screen->said = memfd_create("stderr", MFD_CLOEXEC);
	if (screen->said < 0)
		return;
	screen->error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (screen->error >= 0)
		dup2(screen->said, STDERR_FILENO);
}

static void release_stderr(struct vdc_screen *screen)
{
	char part[4096];
	ssize_t n;

	if (screen->error >= 0) {
		dup2(screen->error, STDERR_FILENO);
		close(screen->error);
		lseek(screen->said, 0, SEEK_SET);
		while ((n = read(screen->said, part, sizeof(part))) > 0)
			fwrite(part, 1, (size_t)n, stderr);
	}
	if (screen->said >= 0)
		close(screen->said);
}

struct vdc_screen *vdc_screen_open(void)
{
	struct vdc_tui *tui = vdc_tui_open();
	struct vdc_screen *screen;

	if (!tui)
		return NULL;
	screen = vdc_alloc(sizeof(*screen));
	screen->tui = tui;
	catch_stderr(screen);
	return screen;
}

void vdc_screen_close(struct vdc_screen *screen)
{
	if (!screen)
		return;
	vdc_tui_close(screen->tui);
	release_stderr(screen);
	free(screen);
}

int vdc_screen_lines(const struct vdc_screen *screen)
{
	int lines, columns;

	vdc_tui_size(screen->tui, &lines, &columns);
	return lines;
}

int vdc_screen_columns(const struct vdc_screen *screen)
{
	int lines, columns;

	vdc_tui_size(screen->tui, &lines, &columns);
	return columns;
}

void vdc_screen_clear(struct vdc_screen *screen)
{
	vdc_tui_clear(screen->tui);
	vdc_screen_line(screen, 0);
}

void vdc_screen_show(struct vdc_screen *screen)
{
	vdc_tui_show(screen->tui);
}

void vdc_screen_line(struct vdc_screen *screen, int line)
{
	screen->line = line;
	screen->column = 0;
}

static void put(struct vdc_screen *screen, int width, unsigned look, const char *text)
{
	screen->column += vdc_tui_put(screen->tui, screen->line, screen->column, width, look, text);
}

static void put_spaces(struct vdc_screen *screen, int n, unsigned look)
{
	static const char spaces[] = "                                ";

	for (; n > 0; n -= (int)sizeof(spaces) - 1)
		put(screen, n, look, spaces);
}

void vdc_screen_put(struct vdc_screen *screen, int width, unsigned look, const char *fmt, ...)
{
	int most = width < 0 ? -width : width, cells;
	vdc_autobuf cut = { 0 };
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	cells = vdc_cells_add(&cut, text, most ? most : (int)sizeof(text));
	if (width < 0)
		put_spaces(screen, most - cells, look);
	put(screen, cells, look, vdc_buf_str(&cut));
	if (width > 0)
		put_spaces(screen, most - cells, look);
}

void vdc_screen_bar(struct vdc_screen *screen, int width, int64_t percent, unsigned look,
		    const char *text)
{
	int full = (int)((percent < 0 ? 0 : percent > 100 ? 100 : percent) * width / 100);
	int before = (width - (int)strlen(text)) / 2;
	vdc_autobuf all = { 0 };

	for (int i = 0; i < width; i++) {
		int at = i - (before > 0 ? before : 0);

		vdc_buf_putc(&all, at >= 0 && at < (int)strlen(text) ? text[at] : ' ');
	}
	put(screen, full, look | VDC_LOOK_REVERSE, vdc_buf_str(&all));
	/* Without reverse video (a terminal may lack it) the brackets still tell where it ends. */
	put(screen, width - full, look, vdc_buf_str(&all) + full);
}

void vdc_screen_fill(struct vdc_screen *screen, unsigned look)
{
	put_spaces(screen, vdc_screen_columns(screen) - screen->column, look);
}

int vdc_screen_key(struct vdc_screen *screen, int64_t limit_us)
{
	return vdc_tui_key(screen->tui, limit_us);
}

char *vdc_screen_said(struct vdc_screen *screen)
{
	char line[1024];
	ssize_t n;
	char *end;

	if (screen->error < 0)
		return NULL;
	fflush(stderr);
	n = pread(screen->said, line, sizeof(line) - 1, screen->read);
	if (n <= 0)
		return NULL;
	line[n] = '\0';
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	screen->read += end ? end - line + 1 : n;
	return vdc_strdup(line);
}
