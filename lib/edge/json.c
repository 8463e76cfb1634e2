/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edge/json.h"

#include <errno.h>

#include "base/frame.h"
#include "base/json_node.h"
#include "edge/json_ops.h"
#include "edge/json_place.h"
#include "edge/module.h"

int vdc_json_parse(const char *text, size_t len, struct vdc_arena *arena, struct vdc_node **ret,
		   struct vdc_err *err)
{
	const struct vdc_node at = { .name = "", .line = 1, .column = 1 };
	static const struct vdc_json_ops *ops;
	const void *table;

	if (len > VDC_OBJECT_MAX)
		return vdc_err_set(err, -EBADMSG, "more than 16 MiB of JSON");
	if (!ops) {
		int r = vdc_module_table("json", "vdc_json_module", &table, err);

		if (r < 0)
			return r;
		ops = table;
	}
	return ops->parse(text, len, &at, arena, ret, err);
}

struct reading {
	const struct vdc_node_taker *taker;
	struct vdc_arena *passed; /* for what only must be JSON */
};

static int ask(void *ctx, const struct vdc_node_head *head, struct vdc_err *err)
{
	const struct vdc_node_taker *taker = ((const struct reading *)ctx)->taker;

	return taker->begin(taker->ctx, head, err);
}

static int take_frame(void *ctx, const struct vdc_node *at, enum vdc_take take, const char *text,
		      size_t len, struct vdc_err *err)
{
	const struct reading *reading = ctx;
	const struct vdc_node_taker *taker = reading->taker;
	const struct vdc_node *about;
	struct vdc_node *node;
	int r;

	if (take != VDC_TAKE_WHOLE) {
		vdc_arena_reset(reading->passed);
		return vdc_json_nodes(text, len, at, reading->passed, &node, err);
	}
	r = vdc_json_nodes(text, len, at, taker->arena, &node, err);
	if (r < 0)
		return r;
	about = node;
	r = taker->node(taker->ctx, node, &about, err);
	if (r < 0 && err && !err->line) {
		err->line = at->line;
		err->column = at->column;
		vdc_json_place(text, len, node, about, &err->line, &err->column);
	}
	return r;
}

int vdc_json_read(struct vdc_source *source, const struct vdc_node_taker *taker,
		  struct vdc_err *err)
{
	vdc_autoarena *passed = vdc_arena_new();
	struct reading reading = { .taker = taker, .passed = passed };
	const struct vdc_frame_ops ops = { .ctx = &reading, .begin = ask, .frame = take_frame };

	return vdc_frame_read(source, &ops, err);
}
