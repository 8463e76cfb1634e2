/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* A whole decimal number and nothing else. -EINVAL names TEXT. */
int vdc_int_parse(const char *text, int64_t *ret, struct vdc_err *err);

enum { VDC_INT_LEN = 20 };
/* VALUE in decimal digits, as printf's PRId64 in a fraction of its time. Returns OUT. */
const char *vdc_int_text(int64_t value, char out[VDC_INT_LEN + 1]);

/* The shortest text that reads back as the same number. */
char *vdc_real_text(struct vdc_arena *arena, double value);
