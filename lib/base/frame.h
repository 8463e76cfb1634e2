/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON of any size, cut into objects that are small enough to be parsed one by one. It follows
 * strings and brackets and nothing else, so that what it hands out must still be parsed.
 *
 * At the top there are objects one after another, or arrays of them. BEGIN decides about every
 * object that is not inside of a frame: whether it is one (VDC_TAKE_WHOLE, VDC_TAKE_NOT), or a
 * collection whose members are (VDC_TAKE_INSIDE); arrays outside of frames are always gone into,
 * and other members of a collection are frames too.
 */
#pragma once

#include "base/node.h"
#include "base/source.h"

struct vdc_frame_ops {
	void *ctx;
	/* An enum vdc_take, or a negative errno that ends the reading. */
	int (*begin)(void *ctx, const struct vdc_node_head *head, struct vdc_err *err);
	/* AT: the name it stands under ("" at the top), and its place. TAKE is what BEGIN said. */
	int (*frame)(void *ctx, const struct vdc_node *at, enum vdc_take take, const char *text,
		     size_t len, struct vdc_err *err);
};

/*
 * -EBADMSG with line and column for a document that is empty, cut off, longer than VDC_OBJECT_MAX
 * in one frame or VDC_VALUE_MAX in one string, deeper than VDC_DEPTH_MAX, that holds a control
 * character or what is not UTF-8, or that goes on behind its end with something else.
 */
int vdc_frame_read(struct vdc_source *source, const struct vdc_frame_ops *ops, struct vdc_err *err);

/* Line and column of the byte OFFSET in TEXT, which began at LINE and COLUMN. */
void vdc_frame_place(const char *text, size_t offset, unsigned *line, unsigned *column);
