/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line at the bottom of the terminal that is drawn again and again. terminfo is behind it. */
#pragma once

struct vdc_terminal;

/* Standard error's terminal; NULL when there is none or it cannot clear a line (TERM=dumb). */
struct vdc_terminal *vdc_terminal_open(void);
void vdc_terminal_close(struct vdc_terminal *terminal); /* clears the line; NULL is fine */

/* The line becomes TEXT, cut to the terminal's width; "" clears it. */
void vdc_terminal_line(struct vdc_terminal *terminal, const char *text);
