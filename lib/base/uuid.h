/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs as text: 36 characters, lower case (RFC 4122). */
#pragma once

#include <stdbool.h>

enum { VDC_UUID_LEN = 36 };

bool vdc_uuid_valid(const char *s);
int vdc_uuid_random(char out[VDC_UUID_LEN + 1]); /* version 4; -EIO when the kernel gives no bytes */
