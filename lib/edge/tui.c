/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/tui.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/module.h"
#include "edge/tui_ops.h"

static struct vdc_tui *open_one;

/* exit() from anywhere. */
static void close_at_exit(void)
{
	vdc_tui_close(open_one);
}

struct vdc_tui *vdc_tui_open(void)
{
	static bool registered;
	const struct vdc_tui_ops *ops;
	struct vdc_err why = { 0 };
	const void *table;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return NULL;
	if (vdc_module_table("tui", "vdc_tui_module", &table, &why) < 0) {
		vdc_debug("%s", why.msg);
		return NULL;
	}
	ops = table;
	open_one = ops->open();
	if (open_one && !registered)
		registered = atexit(close_at_exit) == 0;
	return open_one;
}

void vdc_tui_close(struct vdc_tui *tui)
{
	if (!tui)
		return;
	open_one = NULL;
	tui->ops->close(tui);
}

void vdc_tui_size(const struct vdc_tui *tui, int *lines, int *columns)
{
	tui->ops->size(tui, lines, columns);
}

void vdc_tui_clear(struct vdc_tui *tui)
{
	tui->ops->clear(tui);
}

int vdc_tui_put(struct vdc_tui *tui, int line, int column, int width, unsigned look,
		const char *text)
{
	return tui->ops->put(tui, line, column, width, look, text);
}

void vdc_tui_show(struct vdc_tui *tui)
{
	tui->ops->show(tui);
}

int vdc_tui_key(struct vdc_tui *tui, int64_t limit_us)
{
	return tui->ops->key(tui, limit_us);
}
