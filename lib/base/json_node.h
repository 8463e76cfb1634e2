/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON (RFC 8259) into nodes at once, for the bulk of large documents: no tree of another library
 * stands between the text and the nodes. What it takes and what it makes of it is the same as that
 * of vdc_json_parse() (edge/json.h), and a test holds the two together.
 */
#pragma once

#include "base/node.h"

/*
 * One value under the name and at the place of AT. TEXT is UTF-8, as frames are (base/frame.h). Null
 * is no node, an array is a node for each of its elements under the array's name. -EBADMSG with line
 * and column for what is not JSON, for a member that is there twice, a NUL in a text, an integer
 * beyond 64 bits, a real number beyond double, for more than VDC_DEPTH_MAX levels, and for nodes of
 * more than VDC_NODES_MAX bytes.
 */
int vdc_json_nodes(const char *text, size_t len, const struct vdc_node *at, struct vdc_arena *arena,
		   struct vdc_node **ret, struct vdc_err *err);
