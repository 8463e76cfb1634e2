/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream of JSON on standard output: one object on each line, written at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/node.h"

struct vdc_json_line {
	struct vdc_arena *arena;
	struct vdc_node *node;
};

struct vdc_json_line vdc_json_line(struct vdc_arena *arena);
/* Nothing where there is no text, or the number is VDC_UNSET. */
void vdc_json_line_text(const struct vdc_json_line *line, const char *name, const char *text);
void vdc_json_line_number(const struct vdc_json_line *line, const char *name, int64_t number);
void vdc_json_line_time(const struct vdc_json_line *line, const char *name, int64_t time);
/* -EPIPE: nobody reads any more. */
int vdc_json_line_print(const struct vdc_json_line *line, struct vdc_err *err);
