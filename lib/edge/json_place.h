/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in a text a node stands that jansson made of it: looked up only for an error. */
#pragma once

#include "base/node.h"

/* LINE and COLUMN are those of TEXT, which is ROOT, and become those of NODE's value. */
void vdc_json_place(const char *text, size_t len, const struct vdc_node *root,
		    const struct vdc_node *node, unsigned *line, unsigned *column);
