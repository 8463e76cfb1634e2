/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a secret can be read here and now. What is read is wiped at once. */
#pragma once

#include "base/err.h"

/* As vdc_secret_read() of edge/secret_ref.h, whose messages hold no secret. */
int vdc_secret_check(const char *reference, struct vdc_err *err);
