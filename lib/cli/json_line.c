/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/json_line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "edge/json.h"
#include "model/kind.h"

struct vdc_json_line vdc_json_line(struct vdc_arena *arena)
{
	return (struct vdc_json_line){ arena, vdc_node_add(arena, NULL, "") };
}

void vdc_json_line_text(const struct vdc_json_line *line, const char *name, const char *text)
{
	if (text)
		vdc_node_add(line->arena, line->node, name)->text =
			vdc_arena_strdup(line->arena, text);
}

void vdc_json_line_number(const struct vdc_json_line *line, const char *name, int64_t number)
{
	struct vdc_node *node;

	if (number == VDC_UNSET)
		return;
	node = vdc_node_add(line->arena, line->node, name);
	node->text = vdc_arena_format(line->arena, "%" PRId64, number);
	node->type = VDC_NODE_NUMBER;
}

void vdc_json_line_time(const struct vdc_json_line *line, const char *name, int64_t time)
{
	char text[VDC_TIME_LEN + 1];

	if (time != VDC_UNSET)
		vdc_json_line_text(line, name, vdc_time_format(time, text));
}

int vdc_json_line_print(const struct vdc_json_line *line, struct vdc_err *err)
{
	vdc_autobuf text = { 0 };

	vdc_json_write(&text, line->node);
	puts(vdc_buf_str(&text));
	if (fflush(stdout))
		return vdc_err_set(err, -errno, "standard output: %s", strerror(errno));
	return 0;
}
