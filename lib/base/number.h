/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* A whole decimal number and nothing else. -EINVAL names TEXT. */
int vdc_int_parse(const char *text, int64_t *ret, struct vdc_err *err);
