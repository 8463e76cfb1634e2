/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-tui gives to edge/tui.c; the calls are those of edge/tui.h. */
#pragma once

#include "edge/tui.h"

struct vdc_tui_ops {
	struct vdc_tui *(*open)(void); /* both streams are a terminal */
	void (*close)(struct vdc_tui *tui);
	void (*size)(const struct vdc_tui *tui, int *lines, int *columns);
	void (*clear)(struct vdc_tui *tui);
	int (*put)(struct vdc_tui *tui, int line, int column, int width, unsigned look,
		   const char *text);
	void (*show)(struct vdc_tui *tui);
	int (*key)(struct vdc_tui *tui, int64_t limit_us);
};

/* What every screen begins with. */
struct vdc_tui {
	const struct vdc_tui_ops *ops;
};

extern const struct vdc_tui_ops vdc_tui_module;
