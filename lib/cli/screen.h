/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A full screen for a command that shows something for long: lines of cells, put one after another,
 * and keys. What is said on standard error meanwhile (the log, other libraries) would spoil it: it is
 * kept, can be read, and appears when the screen is closed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/key.h"

struct vdc_screen;

/* NULL: standard input and output are no terminal, or it cannot be drawn on. One at a time. */
struct vdc_screen *vdc_screen_open(void);
void vdc_screen_close(struct vdc_screen *screen); /* NULL is fine */

int vdc_screen_lines(const struct vdc_screen *screen);
int vdc_screen_columns(const struct vdc_screen *screen);

/* A new picture, which vdc_screen_show shows. */
void vdc_screen_clear(struct vdc_screen *screen);
void vdc_screen_show(struct vdc_screen *screen);

/* Where the next cells go; they stop at the right edge. */
void vdc_screen_line(struct vdc_screen *screen, int line);
/* WIDTH cells, filled up with spaces; negative: filled up on the left; 0: as many as it takes. */
void vdc_screen_put(struct vdc_screen *screen, int width, unsigned look, const char *fmt, ...)
	vdc_printf(4, 5);
/* A bar of WIDTH cells, so many PERCENT of it full, with TEXT in it. */
void vdc_screen_bar(struct vdc_screen *screen, int width, int64_t percent, unsigned look,
		    const char *text);
/* Spaces up to the right edge. */
void vdc_screen_fill(struct vdc_screen *screen, unsigned look);

int vdc_screen_key(struct vdc_screen *screen, int64_t limit_us); /* enum vdc_key */

/* The next line that was said on standard error meanwhile; NULL: none. The caller frees it. */
char *vdc_screen_said(struct vdc_screen *screen);
