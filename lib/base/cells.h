/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text in the cells of a terminal: a character takes none, one or two. */
#pragma once

#include "base/buf.h"

/*
 * Adds as much of TEXT as fits into CELLS to OUT, and returns how many that takes. What a terminal
 * cannot show, or would act upon, becomes '?'.
 */
int vdc_cells_add(struct vdc_buf *out, const char *text, int cells);
