/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units, and vdsm's figures for block domains, by which thin disks grow in tests. */
#pragma once

#include "base/time.h"
#include "plan/extend_disk.h"

#define MIB (INT64_C(1) << 20)
#define GIB (1024 * MIB)
#define S VDC_SECOND

static const struct vdc_extend_rules preset = { .chunk = 2560 * MIB,
						.percent = 20,
						.extent = 128 * MIB };
