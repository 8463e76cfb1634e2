/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a terminal shows, and what is typed on it. */
#pragma once

enum vdc_look { /* several at once */
		VDC_LOOK_PLAIN = 0,
		VDC_LOOK_BOLD = 1 << 0,
		VDC_LOOK_DIM = 1 << 1,
		VDC_LOOK_REVERSE = 1 << 2,
		/* Colours, where there are any; at most one. */
		VDC_LOOK_GOOD = 1 << 3,
		VDC_LOOK_BUSY = 1 << 4,
		VDC_LOOK_WARNING = 1 << 5,
		VDC_LOOK_BAD = 1 << 6,
};

/* Characters are themselves; others lie behind all of Unicode. */
enum vdc_key {
	VDC_KEY_NONE = 0, /* nothing was typed in time */
	VDC_KEY_TAB = '\t',
	VDC_KEY_ESCAPE = 27,
	VDC_KEY_UP = 0x110000,
	VDC_KEY_DOWN,
	VDC_KEY_PAGE_UP,
	VDC_KEY_PAGE_DOWN,
	VDC_KEY_HOME,
	VDC_KEY_END,
	VDC_KEY_REDRAW,	   /* the size is another, or somebody wrote over it */
	VDC_KEY_INTERRUPT, /* Ctrl-C */
	VDC_KEY_GONE,	   /* the terminal is lost, or the process is to end */
};
