/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes in bytes as people write them: units are powers of 1024 (K, M, G, T, P, also KiB). */
#pragma once

#include <stdint.h>

#include "base/err.h"

enum { VDC_SIZE_LEN = 23 };

/* "64G", "2560MiB", "512"; a bare number is bytes, "1.5G" is fine. -EINVAL names TEXT. */
int vdc_size_parse(const char *text, int64_t *ret, struct vdc_err *err);

/* "64 GiB", "1.5 GiB", "512 B": at most one digit after the point. Returns OUT. */
const char *vdc_size_format(int64_t bytes, char out[VDC_SIZE_LEN + 1]);
