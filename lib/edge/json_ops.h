/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module vdc-json gives to edge/json.c. */
#pragma once

#include "edge/json.h"

struct vdc_json_ops {
	/* The value under the name and at the place of AT. */
	int (*parse)(const char *text, size_t len, const struct vdc_node *at,
		     struct vdc_arena *arena, struct vdc_node **ret, struct vdc_err *err);
};

extern const struct vdc_json_ops vdc_json_module;
