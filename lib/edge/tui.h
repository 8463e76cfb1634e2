/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The whole screen of a terminal to draw on. ncurses is behind it. While it is open, signals come as
 * keys: Ctrl-C, a hang-up, another size; Ctrl-Z stops the process with the terminal as it was, and
 * draws anew when it goes on. The terminal is given back at the end however that comes, unless the
 * process is killed.
 */
#pragma once

#include <stdint.h>

#include "base/key.h"

struct vdc_tui;

/* Standard input and output; NULL when they are no terminal, or it cannot be drawn on (TERM=dumb).
 * One at a time. */
struct vdc_tui *vdc_tui_open(void);
void vdc_tui_close(struct vdc_tui *tui); /* NULL is fine */

void vdc_tui_size(const struct vdc_tui *tui, int *lines, int *columns);
void vdc_tui_clear(struct vdc_tui *tui);
/* TEXT from there on, cut to WIDTH cells; returns how many it took. LOOK: enum vdc_look. */
int vdc_tui_put(struct vdc_tui *tui, int line, int column, int width, unsigned look,
		const char *text);
void vdc_tui_show(struct vdc_tui *tui); /* what was drawn */

/* Waits so long for a key (enum vdc_key). */
int vdc_tui_key(struct vdc_tui *tui, int64_t limit_us);
