/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-terminal gives to edge/terminal.c; the calls are those of edge/terminal.h. */
#pragma once

#include "edge/terminal.h"

struct vdc_terminal_ops {
	struct vdc_terminal *(*open)(void); /* standard error is a terminal */
	void (*line)(struct vdc_terminal *terminal, const char *text);
	void (*close)(struct vdc_terminal *terminal);
};

/* What every terminal begins with. */
struct vdc_terminal {
	const struct vdc_terminal_ops *ops;
};

extern const struct vdc_terminal_ops vdc_terminal_module;
