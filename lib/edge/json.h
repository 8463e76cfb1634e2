/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as trees of nodes (base/node.h): values through jansson, documents by base/json_node.h. */
#pragma once

#include "base/buf.h"
#include "base/node.h"
#include "base/source.h"

/*
 * One value. Null is no node, an array is a node for each of its elements under the array's name.
 * -EBADMSG with line and column for what is not JSON, for a member that is there twice, and for
 * more than VDC_OBJECT_MAX bytes.
 */
int vdc_json_parse(const char *text, size_t len, struct vdc_arena *arena, struct vdc_node **ret,
		   struct vdc_err *err);

/* A document of any size: each object that TAKER takes whole is parsed alone (base/frame.h), by
 * vdc_json_nodes(), which takes the same and makes the same of it. */
int vdc_json_read(struct vdc_source *source, const struct vdc_node_taker *taker,
		  struct vdc_err *err);

/* NODE as an object on one line, without a line feed. Its texts must be UTF-8. */
void vdc_json_write(struct vdc_buf *out, const struct vdc_node *node);

/* TEXT in quotes. */
void vdc_json_quote(struct vdc_buf *out, const char *text);
