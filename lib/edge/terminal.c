/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/terminal.h"

#include <unistd.h>

#include "base/log.h"
#include "edge/module.h"
#include "edge/terminal_ops.h"

struct vdc_terminal *vdc_terminal_open(void)
{
	const struct vdc_terminal_ops *ops;
	struct vdc_err why = { 0 };
	const void *table;

	if (!isatty(STDERR_FILENO))
		return NULL;
	if (vdc_module_table("terminal", "vdc_terminal_module", &table, &why) < 0) {
		vdc_debug("%s", why.msg);
		return NULL;
	}
	ops = table;
	return ops->open();
}

void vdc_terminal_line(struct vdc_terminal *terminal, const char *text)
{
	terminal->ops->line(terminal, text);
}

void vdc_terminal_close(struct vdc_terminal *terminal)
{
	if (terminal)
		terminal->ops->close(terminal);
}
